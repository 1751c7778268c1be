import type { Client } from '@temporalio/client';
import type { Logger } from 'pino';
import type { DbPool } from '../store/database';
import { OutageLog } from '../telemetry/outage-log';
import { TASK_QUEUE } from '../temporal/names';
import type { DispatchDependencies } from './dependencies';

/** The work is stored, so a caller does not wait longer for an unresponsive Temporal. */
const TEMPORAL_TIMEOUT_MS = 3_000;

/** The base of the parts that start workflows for work in the database. */
export abstract class Dispatcher {
  protected readonly db: DbPool;
  protected readonly temporal: Client;
  protected readonly log: Logger;
  protected readonly outages: OutageLog;
  protected readonly timeScale: number;
  protected readonly taskQueue: string;

  constructor(dependencies: DispatchDependencies) {
    this.db = dependencies.db;
    this.temporal = dependencies.temporal;
    this.log = dependencies.log;
    this.outages = dependencies.outages ?? new OutageLog(dependencies.log);
    this.timeScale = dependencies.timeScale;
    this.taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** The part of a workflow's input that scales its delays. Absent at 1, so that inputs stay as recorded. */
  protected get scaled(): { readonly timeScale?: number } {
    return this.timeScale === 1 ? {} : { timeScale: this.timeScale };
  }

  protected async withTimeout<Result>(call: () => Promise<Result>): Promise<Result> {
    return await this.temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, call);
  }
}
