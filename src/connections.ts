import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { refreshCatalogue } from './catalogue';
import {
  missingScopes,
  otherPortal,
  portalTaken,
  portalTakenMeanwhile,
  refusal,
  type ConnectOutcome,
} from './connect-outcomes';
import type { Gateway } from './gateway';
import { readAccount, type HubSpotAccount } from './hubspot/account';
import { HubSpotError } from './hubspot/errors';
import {
  OPTIONAL_SCOPES,
  OPTIONAL_SCOPE_USES,
  REQUIRED_SCOPES,
  type HubSpotOAuth,
  type TokenGrant,
  type TokenInfo,
} from './hubspot/oauth';
import type { Limiter } from './hubspot/limiter';
import type { HubSpotTransport } from './hubspot/transport';
import { recordAccessChange } from './store/access-changes';
import {
  deleteConnection,
  findConnection,
  findWorkspaceOfPortal,
  saveConnection,
  type ConnectionRow,
} from './store/connections';
import { requestErasuresLeft } from './store/delete-meeting';
import { eraseMirror, sightLinked } from './store/erase-mirror';
import { requestSyncs } from './store/meetings';
import { isUniqueViolation } from './store/failures';
import type { Database } from './store/schema';
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
  } | null;
  readonly connectedBy: string | null;
  /** ISO 8601. */
  readonly connectedAt: string | null;
  readonly grantedScopes: string[];
  readonly missingScopes: { scope: string; costs: string }[];
  readonly lastError: string | null;
}

/** Reasons of parked meetings that a new authorisation mends. */
const MENDED_BY_CONNECTING = ['not_connected', 'reauthorize', 'missing_scope', 'app_misconfigured', 'key_missing'];

/**
 * The decisions of connecting: one HubSpot account a workspace, one workspace an account. Two workspaces on one account
 * would write the same meetings side by side and one's Disconnect would uninstall the other; a workspace that changes
 * accounts disconnects first, so that nobody moves a team's meetings into another CRM by a wrong click.
 */
export class Connections {
  readonly #db: Kysely<Database>;
  readonly #oauth: HubSpotOAuth;
  readonly #transport: HubSpotTransport;
  readonly #tokens: Tokens;
  readonly #limiter: Limiter;
  readonly #gateway: Gateway;
  readonly #log: Logger;

  constructor(dependencies: {
    db: Kysely<Database>;
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
   * Ends the authorisation: trades the code, decides, stores the sealed tokens, and lets waiting meetings go on.
   * Nothing is stored unless the outcome is `connected` or `reconnected`.
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
    actor: string;
  }): Promise<ConnectOutcome> {
    try {
      const grant = await this.#oauth.exchangeCode({ code, redirectUri, codeVerifier });
      const [{ account, headers }, info] = await Promise.all([
        readAccount(this.#transport, grant.accessToken),
        this.#whoConnected(grant),
      ]);
      // Known before the first sync, the limit is not met by finding out.
      await this.#limiter.learn(account.portalId, 'requests', headers);
      return await this.#store({ workspaceId, actor }, grant, account, info);
    } catch (error) {
      if (error instanceof HubSpotError) return refusal(error);
      // Two workspaces connected one account at the same moment: the index let the first one in.
      if (isUniqueViolation(error)) return portalTakenMeanwhile();
      throw error;
    }
  }

  async #store(
    { workspaceId, actor }: { readonly workspaceId: string; readonly actor: string },
    grant: TokenGrant,
    account: HubSpotAccount,
    info: TokenInfo | null,
  ): Promise<ConnectOutcome> {
    const scopes = grant.scopes ?? info?.scopes ?? REQUIRED_SCOPES;
    const missing = REQUIRED_SCOPES.filter((scope) => !scopes.includes(scope));
    if (missing.length > 0) return missingScopes(missing);
    const outcome = await this.#db.transaction().execute(async (transaction): Promise<ConnectOutcome> => {
      const standing = await findConnection(transaction, workspaceId);
      if (standing !== null && standing.portal_id !== account.portalId)
        return otherPortal(standing.portal_id, account.portalId);
      const owner = await findWorkspaceOfPortal(transaction, account.portalId);
      if (owner !== null && owner !== workspaceId) return portalTaken(account.portalId);
      await saveConnection(transaction, {
        workspaceId,
        portalId: account.portalId,
        hubDomain: info?.hubDomain ?? null,
        uiDomain: account.uiDomain,
        timeZone: account.timeZone,
        accountType: account.accountType,
        userId: grant.userId ?? info?.userId ?? null,
        userEmail: info?.userEmail ?? null,
        scopes,
        tokens: this.#tokens.seal(workspaceId, grant),
      });
      await requestErasuresLeft(transaction, workspaceId, account.portalId);
      await recordAccessChange(transaction, {
        workspaceId,
        actor,
        action: `connected HubSpot account ${account.portalId}`,
      });
      for (const reason of MENDED_BY_CONNECTING) await requestSyncs(transaction, workspaceId, { reason });
      return { outcome: standing === null ? 'connected' : 'reconnected', portalId: account.portalId };
    });
    if (outcome.outcome === 'other_portal') await this.#leaveUnused(account.portalId, grant);
    else if (outcome.outcome === 'connected' || outcome.outcome === 'reconnected') {
      await sightLinked(this.#db, workspaceId, account.portalId);
      await this.#learnCatalogue(workspaceId);
    }
    return outcome;
  }

  /** What the API and the settings page say about the connection. */
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
      },
      connectedBy: connection.user_email,
      connectedAt: connection.connected_at.toISOString(),
      grantedScopes: connection.scopes,
      missingScopes: missing.map((scope) => ({
        scope,
        costs: OPTIONAL_SCOPE_USES[scope] ?? 'Meetings cannot be written until it is granted.',
      })),
      lastError: connection.last_error,
    };
  }

  /**
   * Uninstalls the app from the account, revokes the refresh token and forgets both tokens. They are forgotten even
   * when HubSpot cannot be reached: a person who disconnects wants that most of all.
   *
   * @param actor - who disconnects it, as the access history shows them
   * @param options - `eraseMirror` also erases what was read of the account; without a connection, of those before
   */
  async disconnect(
    workspaceId: string,
    actor: string,
    options: { readonly eraseMirror?: boolean } = {},
  ): Promise<void> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection !== null) {
      await this.#leave(workspaceId, connection);
      const action = `disconnected HubSpot account ${connection.portal_id}`;
      await recordAccessChange(this.#db, { workspaceId, actor, action });
    }
    if (options.eraseMirror !== true) return;
    const portals = await eraseMirror(this.#db, workspaceId, connection?.portal_id ?? null);
    await recordAccessChange(this.#db, { workspaceId, actor, action: 'erased what was read of HubSpot' });
    this.#log.info({ workspaceId, portals }, 'the mirror was erased');
  }

  async #leave(workspaceId: string, connection: ConnectionRow): Promise<void> {
    try {
      const { accessToken } = await this.#tokens.access(workspaceId);
      await this.#oauth.uninstall(accessToken);
      await this.#oauth.revoke(this.#tokens.refreshToken(connection));
    } catch (error) {
      this.#log.warn(
        { workspaceId, portalId: connection.portal_id, error: String(error) },
        'disconnected here, but HubSpot could not be told',
      );
    }
    await deleteConnection(this.#db, workspaceId);
  }

  /** Once, so that the first meeting of each host need not ask. Activities are written without it, too. */
  async #learnCatalogue(workspaceId: string): Promise<void> {
    try {
      await refreshCatalogue({ db: this.#db, log: this.#log }, await this.#gateway.connect(workspaceId));
    } catch (error) {
      this.#log.warn({ workspaceId, error: String(error) }, 'pipelines and owners of the account could not be read');
    }
  }

  /** The account's domain and the user's address stand in the introspection only; connecting works without them. */
  async #whoConnected(grant: TokenGrant): Promise<TokenInfo | null> {
    try {
      return await this.#oauth.introspect(grant.accessToken);
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'HubSpot did not tell who connected');
      return null;
    }
  }

  /** An install that we refuse should not stay behind in the customer's account. */
  async #leaveUnused(portalId: number, grant: TokenGrant): Promise<void> {
    if ((await findWorkspaceOfPortal(this.#db, portalId)) !== null) return;
    await this.#oauth.uninstall(grant.accessToken).catch((error: unknown) => {
      this.#log.warn({ portalId, error: String(error) }, 'an install that was not wanted could not be taken back');
    });
  }
}
