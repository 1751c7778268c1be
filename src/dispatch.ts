import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { OutageLog } from './outage-log';
import type { Database } from './store/schema';

/** What every part needs that starts workflows for work in the database. */
export interface DispatchDependencies {
  readonly db: Kysely<Database>;
  readonly temporal: Client;
  readonly log: Logger;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
  /** The product's task queue when absent. */
  readonly taskQueue?: string;
  /** Shared by all parts, so that an outage of Temporal is logged once; one of its own when absent. */
  readonly outages?: OutageLog;
}
