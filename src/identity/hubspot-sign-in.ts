import type { Logger } from 'pino';
import type { Tokens } from '../connection/tokens';
import { readSuperAdmin } from '../hubspot/catalogue/users';
import { HubSpotError } from '../hubspot/client/errors';
import { REQUIRED_SCOPES, USERS_SCOPE, type HubSpotOAuth, type TokenGrant } from '../hubspot/client/oauth';
import type { HubSpotTransport } from '../hubspot/client/transport';
import { KeyMissingError } from '../secrets';
import { findWorkspaceOfPortal, lockConnection, saveTokens } from '../store/connections/connections';
import type { DbPool } from '../store/database';

/** A user of HubSpot, as HubSpot names them for an authorisation. */
export interface HubSpotUser {
  readonly portalId: number;
  /** The workspace that the account is connected to; null when no workspace is. */
  readonly workspaceId: string | null;
  /** Lower case; null when HubSpot names none. */
  readonly email: string | null;
  /** Null when HubSpot does not say, because the permission for it was not granted. */
  readonly isSuperAdmin: boolean | null;
}

/**
 * Finds out who signs in with HubSpot. The authorisation is used for that alone: its tokens are never stored as a
 * connection, and are given back at once.
 */
export class HubSpotSignIn {
  readonly #db: DbPool;
  readonly #oauth: HubSpotOAuth;
  readonly #transport: HubSpotTransport;
  readonly #tokens: Tokens;
  readonly #log: Logger;

  constructor(dependencies: {
    db: DbPool;
    oauth: HubSpotOAuth;
    transport: HubSpotTransport;
    tokens: Tokens;
    log: Logger;
  }) {
    this.#db = dependencies.db;
    this.#oauth = dependencies.oauth;
    this.#transport = dependencies.transport;
    this.#tokens = dependencies.tokens;
    this.#log = dependencies.log;
  }

  /** @throws `HubSpotError` when HubSpot refuses the code or does not answer */
  async identify(code: {
    readonly code: string;
    readonly redirectUri: string;
    readonly codeVerifier: string;
  }): Promise<HubSpotUser> {
    const grant = await this.#oauth.exchangeCode(code);
    let portalId = grant.portalId;
    try {
      const info = await this.#oauth.introspect(grant.accessToken);
      portalId = info.portalId ?? portalId;
      if (portalId === null) throw new Error('HubSpot named no account for an authorisation');
      return {
        portalId,
        workspaceId: await findWorkspaceOfPortal(this.#db, portalId),
        email: info.userEmail?.trim().toLowerCase() ?? null,
        isSuperAdmin: await this.#superAdmin(grant, grant.userId ?? info.userId, grant.scopes ?? info.scopes ?? []),
      };
    } finally {
      await this.#giveBack(grant, portalId);
    }
  }

  async #superAdmin(grant: TokenGrant, userId: number | null, scopes: readonly string[]): Promise<boolean | null> {
    if (userId === null || !scopes.includes(USERS_SCOPE)) return null;
    try {
      return await readSuperAdmin(this.#transport, grant.accessToken, userId);
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error;
      this.#log.warn({ error: String(error) }, 'HubSpot did not say whether a user is a Super Admin');
      return null;
    }
  }

  /** Never fails: the person is identified, and the access token ends within half an hour. */
  async #giveBack(grant: TokenGrant, portalId: number | null): Promise<void> {
    try {
      const workspaceId = portalId === null ? null : await findWorkspaceOfPortal(this.#db, portalId);
      if (workspaceId !== null) return await this.#giveBackConnected(grant, workspaceId);
      await this.#oauth.revoke(grant.refreshToken);
      // As after a refused connection: signing in with an unconnected account must not leave the app in it.
      if (portalId !== null) await this.#oauth.uninstall(grant.accessToken);
    } catch (error) {
      this.#log.warn({ portalId, error: String(error) }, 'the authorisation of a sign-in could not be given back');
    }
  }

  /**
   * Revokes the new refresh token, unless the connection depends on it: HubSpot may answer with the stored one, or may have
   * replaced it. Then the connection goes on with the new tokens.
   */
  async #giveBackConnected(grant: TokenGrant, workspaceId: string): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      const connection = await lockConnection(transaction, workspaceId);
      if (connection === null || connection.state !== 'connected') return await this.#oauth.revoke(grant.refreshToken);
      const stored = this.#storedToken(connection);
      if (stored === null || stored === grant.refreshToken) return;
      if (await this.#oauth.isActive(stored)) return await this.#oauth.revoke(grant.refreshToken);
      const complete = grant.scopes !== null && REQUIRED_SCOPES.every((scope) => grant.scopes?.includes(scope));
      if (!complete) return;
      this.#log.warn({ workspaceId }, 'a sign-in replaced the authorisation of the connection, which goes on with it');
      await saveTokens(transaction, workspaceId, this.#tokens.seal(workspaceId, grant), grant.scopes);
    });
  }

  /** @returns null when it cannot be opened; then nothing is revoked */
  #storedToken(connection: Parameters<Tokens['refreshToken']>[0]): string | null {
    try {
      return this.#tokens.refreshToken(connection);
    } catch (error) {
      if (error instanceof KeyMissingError) return null;
      throw error;
    }
  }
}
