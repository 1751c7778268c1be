import { HubSpotError, whyReauthorize } from '../hubspot/client/errors';
import type { HubSpotOAuth, TokenGrant } from '../hubspot/client/oauth';
import type { SecretBox } from '../secrets';
import {
  findConnection,
  lockConnection,
  recordTokenError,
  requireReauthorization,
  saveTokens,
  type ConnectionRow,
  type SealedTokens,
} from '../store/connections/connections';
import { requeueMany } from '../store/meetings/requeue-many';
import type { DbPool } from '../store/database';
import { isUnreadable } from './encryption-keys';

/**
 * Tokens are refreshed this long before they expire, or after four fifths of a shorter lifetime. HubSpot advises against
 * waiting for a 401.
 */
const REFRESH_MARGIN_MS = 5 * 60_000;
/** After a failed refresh, this process does not try again for this long, and twice as long after each further failure. */
const FIRST_COOL_DOWN_MS = 500;
const LONGEST_COOL_DOWN_MS = 30_000;

/** The workspace has no usable connection. A person has to connect or reconnect. */
export class NotConnectedError extends Error {
  override readonly name = 'NotConnectedError';
  /** @param why - the reason for reconnecting as the end of a sentence, or null when it is unknown */
  constructor(
    readonly code: 'not_connected' | 'reauthorize',
    readonly why: string | null = null,
  ) {
    super(
      code === 'not_connected'
        ? 'The workspace is not connected to HubSpot'
        : 'HubSpot no longer accepts the stored authorisation',
    );
  }
}

/** A valid access token and its account. */
export interface Access {
  readonly portalId: number;
  readonly accessToken: string;
}

/**
 * Provides the access tokens of the workspaces' connections and refreshes them before they expire. The refresh locks the
 * connection's row until HubSpot responds, so that only one worker refreshes a connection at a time.
 */
export class Tokens {
  readonly #db: DbPool;
  readonly #oauth: HubSpotOAuth;
  readonly #secrets: SecretBox;
  readonly #timeScale: number;
  readonly #refreshes = new Map<string, Promise<Access>>();
  /** What this process last read of each connection, and when the read began (`performance.now()`). */
  readonly #read = new Map<string, { readonly row: ConnectionRow | null; readonly at: number }>();
  /** By encrypted refresh token, so that a new connection has no cool-down. */
  readonly #coolDowns = new Map<
    string,
    { readonly until: number; readonly failures: number; readonly error: unknown }
  >();

  /** @param dependencies - `timeScale`: multiplies the pauses after failed refreshes (`@default 1`) */
  constructor(dependencies: { db: DbPool; oauth: HubSpotOAuth; secrets: SecretBox; timeScale?: number }) {
    this.#db = dependencies.db;
    this.#oauth = dependencies.oauth;
    this.#secrets = dependencies.secrets;
    this.#timeScale = dependencies.timeScale ?? 1;
  }

  /**
   * Returns the workspace's usable connection.
   *
   * @param options - `maxAgeMs`: accepts what this process read within this time (`@default 0`: reads it now)
   * @throws {@link NotConnectedError}
   */
  async connection(workspaceId: string, { maxAgeMs = 0 }: { readonly maxAgeMs?: number } = {}): Promise<ConnectionRow> {
    const at = performance.now();
    const known = this.#read.get(workspaceId);
    if (known !== undefined && at - known.at < maxAgeMs) return usable(known.row);
    const row = await findConnection(this.#db, workspaceId);
    if ((this.#read.get(workspaceId)?.at ?? 0) <= at) this.#read.set(workspaceId, { row, at });
    return usable(row);
  }

  /**
   * Returns a valid access token, and refreshes it first when needed.
   *
   * @param rejected - an access token that HubSpot has just rejected with 401, so that another one is needed
   * @throws {@link NotConnectedError}, or `HubSpotError` when the refresh failed temporarily
   */
  async access(workspaceId: string, rejected: string | null = null): Promise<Access> {
    const connection = await this.connection(workspaceId);
    const current = this.#open(connection);
    if (current.accessToken !== rejected && !isDue(connection)) return current;
    try {
      return await this.#refreshOnce(workspaceId, rejected);
    } catch (error) {
      const passes = error instanceof HubSpotError && error.failure.kind !== 'reauthorize';
      if (passes && current.accessToken !== rejected && connection.access_token_seconds_left > 0) return current;
      throw error;
    }
  }

  /**
   * Refreshes now, to check whether HubSpot still accepts the authorisation. If not, the connection closes as in any
   * refresh.
   *
   * @throws the same errors as {@link access}
   */
  async check(workspaceId: string): Promise<void> {
    const { accessToken } = await this.access(workspaceId);
    await this.access(workspaceId, accessToken);
  }

  /** Whether a key that opens the workspace's tokens is missing. Does not call HubSpot. */
  async lackKey(workspaceId: string): Promise<boolean> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null) return false;
    return isUnreadable(this.#secrets, connection);
  }

  /**
   * Closes the connection after HubSpot's response to a request showed that the account has to be reconnected. Does nothing
   * when the connection has another access token by now.
   */
  async refused(workspaceId: string, accessToken: string, error: HubSpotError): Promise<void> {
    const connection = await findConnection(this.#db, workspaceId);
    if (connection === null || this.#open(connection).accessToken !== accessToken) return;
    await requireReauthorization(this.#db, connection, whyReauthorize(error) ?? error.rawMessage);
  }

  /** Encrypts both tokens of a grant for one workspace. */
  seal(workspaceId: string, grant: TokenGrant): SealedTokens {
    return {
      accessToken: this.#secrets.seal(grant.accessToken, `access:${workspaceId}`),
      refreshToken: this.#secrets.seal(grant.refreshToken, `refresh:${workspaceId}`),
      expiresInSeconds: grant.expiresInSeconds,
    };
  }

  /** Returns the decrypted refresh token, for revoking it. */
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
        // Another process has refreshed the token while we waited for the lock.
        if (current.accessToken !== rejected && !isDue(connection)) return current;
        const grant = await this.#requestTokens(connection.refresh_token, this.refreshToken(connection));
        await saveTokens(transaction, workspaceId, this.seal(workspaceId, grant), grant.scopes);
        // HubSpot accepts the app's configuration again, so meetings that needed attention for it can continue.
        await requeueMany(transaction, workspaceId, { kind: 'reason', code: 'app_misconfigured' }, 'retry');
        return { portalId: connection.portal_id, accessToken: grant.accessToken };
      });
    } catch (error) {
      if (!(error instanceof HubSpotError)) throw error;
      const why = whyReauthorize(error);
      if (refused !== null)
        await (why === null
          ? recordTokenError(this.#db, refused, error.rawMessage)
          : requireReauthorization(this.#db, refused, why));
      throw why === null ? error : new NotConnectedError('reauthorize', why);
    }
  }

  /** Requests new tokens from HubSpot. During the cool-down after a failure, it throws that failure without a request. */
  async #requestTokens(sealed: string, refreshToken: string): Promise<TokenGrant> {
    const cooling = this.#coolDowns.get(sealed);
    if (cooling !== undefined && Date.now() < cooling.until) throw cooling.error;
    try {
      const grant = await this.#oauth.refresh(refreshToken);
      this.#coolDowns.delete(sealed);
      return grant;
    } catch (error) {
      const failures = (cooling?.failures ?? 0) + 1;
      const ms = Math.min(LONGEST_COOL_DOWN_MS, FIRST_COOL_DOWN_MS * 2 ** (failures - 1)) * this.#timeScale;
      this.#coolDowns.set(sealed, { until: Date.now() + ms, failures, error });
      throw error;
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
  if (connection.state === 'reauthorize') throw new NotConnectedError('reauthorize', connection.last_error);
  return connection;
}

function isDue(connection: ConnectionRow): boolean {
  // Both times come from the database, because this machine's clock may differ.
  const life = connection.access_token_expires_at.getTime() - connection.access_token_issued_at.getTime();
  return connection.access_token_seconds_left * 1_000 < Math.min(REFRESH_MARGIN_MS, life / 5);
}
