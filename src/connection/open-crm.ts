import { Crm } from '../hubspot/crm';
import { Circuit } from '../hubspot/client/circuit';
import type { Limiter } from '../hubspot/client/limiter';
import { Portal } from '../hubspot/client/portal';
import type { HubSpotTransport } from '../hubspot/client/transport';
import type { DbPool } from '../store/database';
import { findSearchForm, saveSearchForm } from '../store/connections/search-forms';
import type { Metrics } from '../telemetry/metrics';
import { NotConnectedError, type Tokens } from './tokens';
import type { Usage } from './request-counts';

/** A workspace's HubSpot account, opened for use. */
export interface ConnectedCrm {
  readonly crm: Crm;
  readonly portalId: number;
  /** Host of the account's pages in HubSpot, for links. */
  readonly uiDomain: string;
  /** The account's time zone, such as `Europe/Madrid`. */
  readonly timeZone: string;
  readonly scopes: readonly string[];
}

/**
 * For steps after the first one of a pass, which has just read the connection. Regardless of what has changed since then,
 * each request to HubSpot reads the connection for its token, and never leaves for another account.
 */
export const READ_BY_THIS_PASS = { maxAgeMs: 1_000 } as const;

/** Opens the CRM of a workspace's connection. Concurrent callers of one portal share its batches. */
export class Gateway {
  readonly #db: DbPool;
  readonly #tokens: Tokens;
  readonly #transport: HubSpotTransport;
  readonly #limiter: Limiter;
  readonly #usage: Usage;
  readonly #metrics: Pick<Metrics, 'circuit'>;
  readonly #timeScale: number;
  readonly #longestLingerMs: number | undefined;
  readonly #crms = new Map<string, Crm>();

  constructor(dependencies: {
    db: DbPool;
    tokens: Tokens;
    transport: HubSpotTransport;
    limiter: Limiter;
    usage: Usage;
    metrics: Pick<Metrics, 'circuit'>;
    timeScale: number;
    longestLingerMs?: number | undefined;
  }) {
    this.#db = dependencies.db;
    this.#tokens = dependencies.tokens;
    this.#transport = dependencies.transport;
    this.#limiter = dependencies.limiter;
    this.#usage = dependencies.usage;
    this.#metrics = dependencies.metrics;
    this.#timeScale = dependencies.timeScale;
    this.#longestLingerMs = dependencies.longestLingerMs;
  }

  /**
   * @param options - see `Tokens.connection`; `@default` reads the connection now
   * @throws {@link NotConnectedError} when the workspace has no usable connection
   */
  async connect(workspaceId: string, options?: { readonly maxAgeMs: number }): Promise<ConnectedCrm> {
    const connection = await this.#tokens.connection(workspaceId, options);
    const { portal_id: portalId, time_zone: timeZone, ui_domain: uiDomain } = connection;
    const key = `${workspaceId}/${portalId}`;
    const crm = this.#crms.get(key) ?? this.#open(workspaceId, portalId, timeZone);
    this.#crms.set(key, crm);
    return { crm, portalId, uiDomain, timeZone, scopes: connection.scopes };
  }

  #open(workspaceId: string, portalId: number, timeZone: string): Crm {
    const accessToken = async (rejected: string | null) => {
      const access = await this.#tokens.access(workspaceId, rejected);
      // Work for one account must never reach another account that was connected in the meantime.
      if (access.portalId !== portalId) throw new NotConnectedError('not_connected');
      return access.accessToken;
    };
    return new Crm(
      new Portal({
        id: portalId,
        timeZone,
        transport: this.#transport,
        limiter: this.#limiter,
        circuit: new Circuit(this.#timeScale, (change) => this.#metrics.circuit(change)),
        accessToken,
        longestLingerMs: this.#longestLingerMs,
        onSent: (sent) => this.#usage.sent(sent),
        onReauthorize: (token, error) => this.#tokens.refused(workspaceId, token, error),
      }),
      {
        find: (objectType) => findSearchForm(this.#db, portalId, objectType),
        save: (objectType, form) => saveSearchForm(this.#db, { portalId, objectType, ...form }),
      },
    );
  }
}
