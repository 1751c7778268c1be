import type { Logger } from 'pino';
import type { Config } from '../config';
import { Connections } from '../connection/connect';
import { Gateway } from '../connection/open-crm';
import { Journal } from '../hubspot/journal/journal';
import { Limiter } from '../hubspot/client/limiter';
import { HubSpotOAuth } from '../hubspot/client/oauth';
import { HubSpotTransport } from '../hubspot/client/transport';
import { HubSpotSignIn } from '../identity/hubspot-sign-in';
import { OidcClient } from '../identity/oidc-client';
import { RecordPicker } from '../connection/record-search';
import { Mailer } from '../outbound/mailer';
import { OutboundHttp } from '../outbound/outbound-http';
import { SecretBox } from '../secrets';
import { openDatabase, type DbPool } from '../store/database';
import { countWork } from '../store/jobs/work-counts';
import { noteRequest } from '../telemetry/request-recorder';
import { createMetrics, type Metrics } from '../telemetry/metrics';
import type { Tracing } from '../telemetry/trace-hooks';
import { NO_TRACING } from '../telemetry/tracing';
import { Tokens } from '../connection/tokens';
import { Usage } from '../connection/request-counts';

/** The parts that server and worker share. */
export interface Product {
  readonly db: DbPool;
  readonly oauth: HubSpotOAuth;
  readonly secrets: SecretBox;
  readonly tokens: Tokens;
  readonly gateway: Gateway;
  readonly journal: Journal;
  readonly connections: Connections;
  readonly hubSpotSignIn: HubSpotSignIn;
  readonly oidc: OidcClient;
  readonly picker: RecordPicker;
  /** For URLs that customers entered. */
  readonly outbound: OutboundHttp;
  /** Null without a mail server. */
  readonly mailer: Mailer | null;
  /** Flush it before `db.destroy()`, to store the last counts. */
  readonly usage: Usage;
  readonly metrics: Metrics;
  readonly tracing: Tracing;
  readonly log: Logger;
  readonly timeScale: number;
  /** The URL of the pages, without a trailing slash. A server that chose its port itself has another one. */
  readonly publicUrl: string;
}

export interface ProductOptions {
  /** `@default` no traces */
  readonly tracing?: Tracing;
  /** Time-out of one request to HubSpot, in milliseconds (`@default 20,000`). Only tests set it. */
  readonly requestTimeoutMs?: number;
  /** The longest time that a batch waits for more inputs, in milliseconds (`@default 1,000`). Only tests set it. */
  readonly longestLingerMs?: number;
}

/** Opens the database pool and creates the shared parts. Makes no request. Close it with `db.destroy()`. */
export function openProduct(config: Config, log: Logger, options: ProductOptions = {}): Product {
  const { tracing = NO_TRACING, requestTimeoutMs, longestLingerMs } = options;
  const db = openDatabase(config.databaseUrl, { max: 20 });
  const metrics = createMetrics(() => countWork(db));
  const transport = new HubSpotTransport(config.hubspot.apiUrl, {
    timeoutMs: requestTimeoutMs,
    observe(request, route, answer, ms, error) {
      metrics.hubspotRequest({ route, status: answer?.status ?? null, ms });
      tracing.hubspot(request, route, answer, ms, error);
      noteRequest(request, route, answer, ms, error);
    },
  });
  const oauth = new HubSpotOAuth(transport, config.hubspot, (outcome) => metrics.tokenRefresh(outcome));
  const secrets = new SecretBox(config.encryptionKeys);
  const tokens = new Tokens({ db, oauth, secrets, timeScale: config.syncTimeScale });
  const usage = new Usage({ db, log });
  const limiter = new Limiter(db, config.hubspot.limits, (slot) => metrics.limiterSlot(slot));
  const gateway = new Gateway({
    db,
    tokens,
    transport,
    limiter,
    usage,
    metrics,
    timeScale: config.syncTimeScale,
    longestLingerMs,
  });
  const outbound = new OutboundHttp({ privateAddresses: config.privateAddresses });
  return {
    db,
    oauth,
    secrets,
    tokens,
    gateway,
    journal: new Journal({ transport, oauth }),
    connections: new Connections({ db, oauth, transport, tokens, limiter, gateway, log }),
    hubSpotSignIn: new HubSpotSignIn({ db, oauth, transport, tokens, log }),
    oidc: new OidcClient(outbound),
    picker: new RecordPicker({ db, gateway }),
    outbound,
    mailer: config.mail === null ? null : new Mailer(config.mail),
    usage,
    metrics,
    tracing,
    log,
    timeScale: config.syncTimeScale,
    publicUrl: config.publicUrl ?? `http://localhost:${config.port}`,
  };
}
