import type { Kysely } from 'kysely';
import { HubSpotError } from './hubspot/errors';
import type { HubSpotOAuth, TokenGrant } from './hubspot/oauth';
import { keyIdOf, type SecretBox } from './secrets';
import {
  findConnection,
  lockConnection,
  requireReauthorization,
  saveTokens,
  type ConnectionRow,
  type SealedTokens,
} from './store/connections';
import type { Database } from './store/schema';

/** Refresh this long before expiry, or at four fifths of a shorter life. HubSpot: a 401 is no sign to refresh by. */
const REFRESH_MARGIN_MS = 5 * 60_000;

/** There is no usable connection: someone has to connect, or connect again. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  constructor(readonly code: 'not_connected' | 'reauthorize') {
    super(
      code === 'not_connected'
        ? 'The workspace is not connected to HubSpot'
        : 'HubSpot no longer accepts the stored authorisation',
    );
  }
}

/** An access token that may be used now, and whose it is. */
export interface Access {
  readonly portalId: number;
  readonly accessToken: string;
}

/**
 * Access tokens of the workspaces' connections, refreshed ahead of expiry. One refresh at a time per connection,
 * whatever the number of workers: the connection's row lock is held while HubSpot answers.
 */
export class Tokens {
  readonly #db: Kysely<Database>;
  readonly #oauth: HubSpotOAuth;
  readonly #secrets: SecretBox;
  readonly #refreshes = new Map<string, Promise<Access>>();

  constructor(dependencies: { db: Kysely<Database>; oauth: HubSpotOAuth; secrets: SecretBox }) {
    this.#db = dependencies.db;
    this.#oauth = dependencies.oauth;
    this.#secrets = dependencies.secrets;
  }

  /**
   * @param rejected - an access token that HubSpot just answered 401 to: another one is wanted
   * @throws {@link NotConnectedError}, or `HubSpotError` when HubSpot could not refresh now
   */
  async access(workspaceId: string, rejected: string | null = null): Promise<Access> {
    const connection = usable(await findConnection(this.#db, workspaceId));
    const current = this.#open(connection);
    if (current.accessToken !== rejected && !isDue(connection)) return current;
    try {
      return await this.#refreshOnce(workspaceId, rejected);
    } catch (error) {
      const passes = error instanceof HubSpotError && error.decision.do !== 'reauthorize';
      if (passes && current.accessToken !== rejected && connection.access_token_seconds_left > 0) return current;
      throw error;
    }
  }

  /**
   * Refreshes now, to learn whether HubSpot still accepts the authorisation; if not, the connection closes as at any
   * refresh.
   *
   * @throws as {@link access}
   */
  async check(workspaceId: string): Promise<void> {
    const { accessToken } = await this.access(workspaceId);
    await this.access(workspaceId, accessToken);
  }

  /** Whether the key that seals the workspace's tokens is missing. Does not call HubSpot. */
  async lackKey(workspaceId: string): Promise<boolean> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null) return false;
    return [connection.access_token, connection.refresh_token].some((token) => !this.#secrets.has(keyIdOf(token)));
  }

  /** Seals both tokens of a grant for one workspace. */
  seal(workspaceId: string, grant: TokenGrant): SealedTokens {
    return {
      accessToken: this.#secrets.seal(grant.accessToken, `access:${workspaceId}`),
      refreshToken: this.#secrets.seal(grant.refreshToken, `refresh:${workspaceId}`),
      expiresInSeconds: grant.expiresInSeconds,
    };
  }

  /** The refresh token in the clear, to revoke it. */
  refreshToken(connection: ConnectionRow): string {
    return this.#secrets.open(connection.refresh_token, `refresh:${connection.workspace_id}`);
  }

  #refreshOnce(workspaceId: string, rejected: string | null): Promise<Access> {
    const running = this.#refreshes.get(workspaceId);
    if (running !== undefined) return running;
    const refresh = this.#refresh(workspaceId, rejected).finally(() => this.#refreshes.delete(workspaceId));
    this.#refreshes.set(workspaceId, refresh);
    return refresh;
  }

  async #refresh(workspaceId: string, rejected: string | null): Promise<Access> {
    let refused: ConnectionRow | null = null;
    try {
      return await this.#db.transaction().execute(async (transaction) => {
        const connection = usable(await lockConnection(transaction, workspaceId));
        refused = connection;
        const current = this.#open(connection);
        // Someone else refreshed while we waited for the lock.
        if (current.accessToken !== rejected && !isDue(connection)) return current;
        const grant = await this.#oauth.refresh(this.refreshToken(connection));
        await saveTokens(transaction, workspaceId, this.seal(workspaceId, grant), grant.scopes);
        return { portalId: connection.portal_id, accessToken: grant.accessToken };
      });
    } catch (error) {
      if (!(error instanceof HubSpotError) || error.decision.do !== 'reauthorize') throw error;
      if (refused !== null) await requireReauthorization(this.#db, refused, error.said);
      throw new NotConnectedError('reauthorize');
    }
  }

  #open(connection: ConnectionRow): Access {
    return {
      portalId: connection.portal_id,
      accessToken: this.#secrets.open(connection.access_token, `access:${connection.workspace_id}`),
    };
  }
}

function usable(connection: ConnectionRow | null): ConnectionRow {
  if (connection === null) throw new NotConnectedError('not_connected');
  if (connection.state === 'reauthorize') throw new NotConnectedError('reauthorize');
  return connection;
}

function isDue(connection: ConnectionRow): boolean {
  // Both times are the database's, because this machine's clock may differ.
  const life = connection.access_token_expires_at.getTime() - connection.access_token_issued_at.getTime();
  return connection.access_token_seconds_left * 1_000 < Math.min(REFRESH_MARGIN_MS, life / 5);
}
