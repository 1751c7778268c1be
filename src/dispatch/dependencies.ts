import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { OutageLog } from '../telemetry/outage-log';
import type { DbPool } from '../store/database';

/** The dependencies of the parts that start workflows for work in the database. */
export interface DispatchDependencies {
  readonly db: DbPool;
  readonly temporal: Client;
  readonly log: Logger;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
  /** `@default` the product's task queue */
  readonly taskQueue?: string;
  /** Shared by all parts, so that an outage of Temporal is logged once (`@default` a new one). */
  readonly outages?: OutageLog;
}
