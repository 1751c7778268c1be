import type { Logger } from 'pino';
import { refreshAccountFacts } from './account-facts';
import { refreshCatalogue } from './refresh-catalogue';
import { decideConnect, isConnected, portalTakenMeanwhile, refusal, type ConnectOutcome } from './connect-outcomes';
import type { Gateway } from './open-crm';
import { readAccount, type HubSpotAccount } from '../hubspot/catalogue/account';
import { HubSpotError } from '../hubspot/client/errors';
import {
  OPTIONAL_SCOPES,
  OPTIONAL_SCOPE_USES,
  REQUIRED_SCOPES,
  UNUSED_SCOPES,
  type HubSpotOAuth,
  type TokenGrant,
  type TokenInfo,
} from '../hubspot/client/oauth';
import type { Limiter } from '../hubspot/client/limiter';
import type { HubSpotTransport } from '../hubspot/client/transport';
import type { Actor } from '../store/audit/actor';
import { audited, recordAudit, type AuditedTransaction } from '../store/audit/record-audit';
import { connectedEvent, disconnectedEvent } from './connection-events';
import {
  deleteConnection,
  findConnection,
  findWorkspaceOfPortal,
  saveConnection,
  type ConnectionRow,
} from '../store/connections/connections';
import { endReviewsOfOtherAccounts } from '../store/fields/reviews';
import { requestRemainingDeletions } from '../store/meetings/delete-meeting';
import { eraseMirror, trackLinked } from '../store/mirror/erase-mirror';
import { requeueMany } from '../store/meetings/requeue-many';
import { isUniqueViolation } from '../store/failures';
import type { DbPool } from '../store/database';
import type { Tokens } from './tokens';

/** `GET /api/v1/connection`. */
export interface ConnectionDocument {
  readonly state: 'none' | 'connected' | 'reauthorize';
  readonly portal: {
    id: number;
    domain: string | null;
    uiDomain: string;
    accountType: string | null;
    timeZone: string;
    /** The data center, such as `eu1`; null where it is unknown. */
    dataLocation: string | null;
    /** Whether the account erases activities permanently; null where that is unknown. */
    erasesActivities: boolean | null;
  } | null;
  readonly connectedBy: string | null;
  /** ISO 8601. */
  readonly connectedAt: string | null;
  readonly grantedScopes: string[];
  readonly missingScopes: { scope: string; costs: string }[];
  /** Scopes that are granted and not used by this version. */
  readonly unusedScopes: string[];
  readonly lastError: string | null;
}

/** What HubSpot has granted to a workspace. `info` is null if it could not be read. */
interface Granted {
  readonly workspaceId: string;
  readonly actor: Actor;
  readonly grant: TokenGrant;
  readonly account: HubSpotAccount;
  readonly info: TokenInfo | null;
  readonly scopes: readonly string[];
}

/** Reasons for needing attention that a new authorisation resolves. */
const RESOLVED_BY_CONNECTING = [
  'not_connected',
  'reauthorize',
  'missing_scope',
  'app_misconfigured',
  'key_missing',
] as const;

/**
 * Connects workspaces to HubSpot accounts, one to one. Two workspaces on one account would write the same meetings twice,
 * and Disconnect in one would uninstall the app for the other. A workspace must disconnect before it connects another
 * account, so that one wrong click cannot move a team's meetings to another CRM.
 */
export class Connections {
  readonly #db: DbPool;
  readonly #oauth: HubSpotOAuth;
  readonly #transport: HubSpotTransport;
  readonly #tokens: Tokens;
  readonly #limiter: Limiter;
  readonly #gateway: Gateway;
  readonly #log: Logger;

  constructor(dependencies: {
    db: DbPool;
    oauth: HubSpotOAuth;
    transport: HubSpotTransport;
    tokens: Tokens;
    limiter: Limiter;
    gateway: Gateway;
    log: Logger;
  }) {
    this.#db = dependencies.db;
    this.#oauth = dependencies.oauth;
    this.#transport = dependencies.transport;
    this.#tokens = dependencies.tokens;
    this.#limiter = dependencies.limiter;
    this.#gateway = dependencies.gateway;
    this.#log = dependencies.log;
  }

  /**
   * Completes an authorisation: exchanges the code, decides, stores the encrypted tokens, and requests the syncs of meetings
   * that needed the connection. Stores nothing unless the outcome is `connected` or `reconnected`.
   */
  async connect({
    workspaceId,
    code,
    redirectUri,
    codeVerifier,
    actor,
  }: {
    workspaceId: string;
    code: string;
    redirectUri: string;
    codeVerifier: string;
    actor: Actor;
  }): Promise<ConnectOutcome> {
    try {
      const grant = await this.#oauth.exchangeCode({ code, redirectUri, codeVerifier });
      const [{ account, headers }, info] = await Promise.all([
        readAccount(this.#transport, grant.accessToken),
        this.#whoConnected(grant),
      ]);
      // Learn the account's rate limit now, so that the first sync does not discover it through a 429.
      await this.#limiter.learn(account.portalId, 'requests', headers);
      const scopes = grant.scopes ?? info?.scopes ?? REQUIRED_SCOPES;
      return await this.#store({ workspaceId, actor, grant, account, info, scopes });
    } catch (error) {
      if (error instanceof HubSpotError) return refusal(error);
      // Two workspaces connected one account at the same time, and the unique index rejected the second.
      if (isUniqueViolation(error)) return portalTakenMeanwhile();
      throw error;
    }
  }

  async #store(granted: Granted): Promise<ConnectOutcome> {
    const { workspaceId, grant, scopes } = granted;
    const { portalId } = granted.account;
    const outcome = await this.#db.transaction().execute(async (transaction) => {
      const before = await findConnection(transaction, workspaceId);
      const decided = decideConnect(
        { workspaceId, portalId, scopes },
        {
          connectedPortal: before?.portal_id ?? null,
          ownerOfPortal: await findWorkspaceOfPortal(transaction, portalId),
        },
      );
      if (isConnected(decided)) await this.#save(transaction, granted, before);
      return decided;
    });
    if (outcome.outcome === 'other_portal') await this.#leaveUnused(portalId, grant);
    if (isConnected(outcome)) {
      await trackLinked(this.#db, workspaceId, portalId);
      await this.#learnCatalogue(workspaceId);
    }
    return outcome;
  }

  async #save(
    transaction: AuditedTransaction,
    { workspaceId, actor, grant, account, info, scopes }: Granted,
    before: ConnectionRow | null,
  ): Promise<void> {
    const { portalId, uiDomain, timeZone, accountType } = account;
    await saveConnection(transaction, {
      workspaceId,
      portalId,
      hubDomain: info?.hubDomain ?? null,
      uiDomain,
      timeZone,
      accountType,
      userId: grant.userId ?? info?.userId ?? null,
      userEmail: info?.userEmail ?? null,
      scopes,
      tokens: this.#tokens.seal(workspaceId, grant),
    });
    await requestRemainingDeletions(transaction, workspaceId, portalId);
    await endReviewsOfOtherAccounts(transaction, workspaceId, portalId);
    await recordAudit(transaction, actor, connectedEvent({ workspaceId, portalId, scopes }, before));
    for (const code of RESOLVED_BY_CONNECTING)
      await requeueMany(transaction, workspaceId, { kind: 'reason', code }, 'retry');
  }

  /** Returns the connection as the API and the settings page show it. */
  async describe(workspaceId: string): Promise<ConnectionDocument> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null) {
      return {
        state: 'none',
        portal: null,
        connectedBy: null,
        connectedAt: null,
        grantedScopes: [],
        missingScopes: [],
        unusedScopes: [],
        lastError: null,
      };
    }
    const missing = [...REQUIRED_SCOPES, ...OPTIONAL_SCOPES].filter((scope) => !connection.scopes.includes(scope));
    return {
      state: connection.state,
      portal: {
        id: connection.portal_id,
        domain: connection.hub_domain,
        uiDomain: connection.ui_domain,
        accountType: connection.account_type,
        timeZone: connection.time_zone,
        dataLocation: connection.data_location,
        erasesActivities: connection.erases_activities,
      },
      connectedBy: connection.user_email,
      connectedAt: connection.connected_at.toISOString(),
      grantedScopes: connection.scopes,
      missingScopes: missing.map((scope) => ({
        scope,
        costs: OPTIONAL_SCOPE_USES[scope] ?? 'Meetings cannot be written until it is granted.',
      })),
      unusedScopes: UNUSED_SCOPES.filter((scope) => connection.scopes.includes(scope)),
      lastError: connection.last_error,
    };
  }

  /**
   * Uninstalls the app from the account, revokes the refresh token and deletes both tokens. The tokens are deleted even when
   * HubSpot cannot be reached, because that is what a person who disconnects wants most.
   *
   * @param options - `eraseMirror`: also delete the data read from the account, or without a connection, from earlier ones
   */
  async disconnect(workspaceId: string, actor: Actor, options: { readonly eraseMirror?: boolean } = {}): Promise<void> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection !== null) {
      await this.#leave(workspaceId, connection);
      const forget = (transaction: AuditedTransaction) => deleteConnection(transaction, workspaceId);
      await audited(this.#db, actor, forget, () => disconnectedEvent(connection));
    }
    if (options.eraseMirror !== true) return;
    const portals = await audited(
      this.#db,
      actor,
      (transaction) => eraseMirror(transaction, workspaceId, connection?.portal_id ?? null),
      (accounts) => ({ workspaceId, action: 'connection.delete_data', before: { accounts } }),
    );
    this.#log.info({ workspaceId, portals }, 'the mirror was deleted');
  }

  async #leave(workspaceId: string, connection: ConnectionRow): Promise<void> {
    try {
      const { accessToken } = await this.#tokens.access(workspaceId);
      await this.#oauth.uninstall(accessToken);
      await this.#oauth.revoke(this.#tokens.refreshToken(connection));
    } catch (error) {
      this.#log.warn(
        { workspaceId, portalId: connection.portal_id, error: String(error) },
        'disconnected here, but the app could not be uninstalled from HubSpot',
      );
    }
  }

  /** Reads the catalogue in advance, so that the first sync of each host need not. Syncs also work without it. */
  async #learnCatalogue(workspaceId: string): Promise<void> {
    try {
      const connected = await this.#gateway.connect(workspaceId);
      await refreshCatalogue({ db: this.#db, log: this.#log }, connected);
      await refreshAccountFacts({ db: this.#db, log: this.#log }, workspaceId, connected, { again: true });
    } catch (error) {
      this.#log.warn({ workspaceId, error: String(error) }, 'the catalogue of the account could not be read');
    }
  }

  /** Only the token introspection has the account's domain and the user's address. Connecting works without them. */
  async #whoConnected(grant: TokenGrant): Promise<TokenInfo | null> {
    try {
      return await this.#oauth.introspect(grant.accessToken);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'the HubSpot user who connected could not be read');
      return null;
    }
  }

  /** Uninstalls the app from an account that we refused to connect. */
  async #leaveUnused(portalId: number, grant: TokenGrant): Promise<void> {
    if ((await findWorkspaceOfPortal(this.#db, portalId)) !== null) return;
    await this.#oauth.uninstall(grant.accessToken).catch((error: unknown) => {
      this.#log.warn({ portalId, error: String(error) }, 'the app could not be uninstalled from a refused account');
    });
  }
}
