import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Config } from '../config';
import type { Connections } from '../connection/connect';
import type { CrmChangeStarter } from '../dispatch/crm-change-dispatcher';
import type { Gateway } from '../connection/open-crm';
import type { RecordPicker } from '../connection/record-search';
import type { Reconciler } from '../dispatch/reconciliation-dispatcher';
import type { HubSpotOAuth } from '../hubspot/client/oauth';
import type { SecretBox } from '../secrets';
import type { TemporalUi } from '../store/meetings/status-documents';
import type { Database } from '../store/schema';
import type { SyncStarter } from '../dispatch/sync-dispatcher';
import type { Metrics } from '../telemetry/metrics';
import type { Tokens } from '../connection/tokens';
import type { Limits } from './limits';
import type { Tracing } from '../telemetry/trace-hooks';

/** What the server works with; tests give fakes of the same types. */
export interface HttpDependencies {
  readonly config: Pick<Config, 'encryptionKeys' | 'instanceId' | 'ownLimits' | 'trustProxy'> & {
    /** Where browsers and HubSpot reach the server, without a slash at the end. */
    readonly publicUrl: string;
    readonly hubspot: Pick<Config['hubspot'], 'clientSecret'>;
  };
  readonly db: Kysely<Database>;
  readonly starter: Pick<SyncStarter, 'start'>;
  readonly reconciler: Pick<Reconciler, 'start'>;
  readonly changes: Pick<CrmChangeStarter, 'wakeSoon' | 'hurry'>;
  readonly gateway: Pick<Gateway, 'connect'>;
  readonly secrets: SecretBox;
  readonly tokens: Pick<Tokens, 'access'>;
  readonly picker: Pick<RecordPicker, 'searchRecords'>;
  readonly connections: Pick<Connections, 'connect' | 'describe' | 'disconnect'>;
  readonly oauth: Pick<HubSpotOAuth, 'authorizationUrl'>;
  readonly temporal: TemporalHealth;
  readonly temporalUi: TemporalUi;
  readonly metrics: Pick<Metrics, 'httpRequest' | 'securityEvent' | 'webhook'>;
  readonly tracing: Pick<Tracing, 'http'>;
  readonly log: Logger;
}

/** The dependencies of routes that limit their callers. */
export interface LimitedHttpDependencies extends HttpDependencies {
  readonly limits: Limits;
}

/** How `/readyz` asks for Temporal. */
export interface TemporalHealth {
  /** What keeps Temporal from being used, in one sentence, or null. Answers within seconds. */
  readonly problem: () => Promise<string | null>;
}

/** The redirect URI, which must equal the one registered with the HubSpot app to the letter (docs/connecting.md). */
export function redirectUriOf(config: Pick<HttpDependencies['config'], 'publicUrl'>): string {
  return `${config.publicUrl}/oauth/hubspot/callback`;
}
