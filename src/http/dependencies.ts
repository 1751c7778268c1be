import type { Logger } from 'pino';
import type { Config } from '../config';
import type { Connections } from '../connection/connect';
import type { CrmChangeDispatcher } from '../dispatch/crm-change-dispatcher';
import type { Gateway } from '../connection/open-crm';
import type { RecordPicker } from '../connection/record-search';
import type { ReconciliationDispatcher } from '../dispatch/reconciliation-dispatcher';
import type { HubSpotOAuth } from '../hubspot/client/oauth';
import type { Mailer } from '../outbound/mailer';
import type { OutboundHttp } from '../outbound/outbound-http';
import type { HubSpotSignIn } from '../identity/hubspot-sign-in';
import type { OidcClient } from '../identity/oidc-client';
import type { SecretBox } from '../secrets';
import type { TemporalUi } from '../store/meetings/status-documents';
import type { DbPool } from '../store/database';
import type { SyncDispatcher } from '../dispatch/sync-dispatcher';
import type { Metrics } from '../telemetry/metrics';
import type { Tokens } from '../connection/tokens';
import type { Limits } from './limits';
import type { Tracing } from '../telemetry/trace-hooks';

/** The dependencies of the server. Tests pass fakes of the same types. */
export interface HttpDependencies {
  readonly config: Pick<Config, 'encryptionKeys' | 'instanceId' | 'ownLimits' | 'trustProxy'> & {
    /** The URL at which browsers and HubSpot reach the server, without a trailing slash. */
    readonly publicUrl: string;
    readonly hubspot: Pick<Config['hubspot'], 'clientSecret'>;
  };
  readonly db: DbPool;
  readonly starter: Pick<SyncDispatcher, 'start'>;
  readonly reconciler: Pick<ReconciliationDispatcher, 'start'>;
  readonly changes: Pick<CrmChangeDispatcher, 'wakeSoon' | 'hurry'>;
  readonly gateway: Pick<Gateway, 'connect'>;
  readonly secrets: SecretBox;
  readonly tokens: Pick<Tokens, 'access'>;
  readonly picker: Pick<RecordPicker, 'searchRecords'>;
  readonly connections: Pick<Connections, 'connect' | 'describe' | 'disconnect'>;
  readonly oauth: Pick<HubSpotOAuth, 'authorizationUrl'>;
  readonly hubSpotSignIn: Pick<HubSpotSignIn, 'identify'>;
  readonly oidc: Pick<OidcClient, 'authorizationUrl' | 'answer' | 'check'>;
  readonly temporal: TemporalHealth;
  readonly temporalUi: TemporalUi;
  readonly metrics: Pick<Metrics, 'httpRequest' | 'securityEvent' | 'webhook'>;
  readonly tracing: Pick<Tracing, 'http'>;
  /** Null without a mail server. */
  readonly mailer: Pick<Mailer, 'send'> | null;
  readonly outbound: Pick<OutboundHttp, 'problemOf'>;
  readonly log: Logger;
}

/** The dependencies of routes with rate limits of our own. */
export interface LimitedHttpDependencies extends HttpDependencies {
  readonly limits: Limits;
}

/** Checks Temporal for `/readyz`. */
export interface TemporalHealth {
  /** Resolves within seconds, with one sentence on why Temporal cannot be used, or null. */
  readonly problem: () => Promise<string | null>;
}

/** The redirect URI. It must equal the one registered with the HubSpot app to the letter (docs/connecting.md). */
export function redirectUriOf(config: Pick<HttpDependencies['config'], 'publicUrl'>): string {
  return `${config.publicUrl}/oauth/hubspot/callback`;
}
