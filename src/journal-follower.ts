import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DispatchDependencies } from './dispatch';
import { OutageLog } from './outage-log';
import { claimLook, lookSoon } from './store/journal';
import type { Database } from './store/schema';
import { sweepUntil } from './sweep';
import { FOLLOW_JOURNAL, TASK_QUEUE } from './temporal/names';
import type { FollowJournalWorkflow } from './workflows/follow-journal';

/** A look that was started and did not come to its end is followed by another one after this. */
const CLAIMED_FOR_MS = 60_000;

/**
 * Has HubSpot's webhooks journal looked into whenever that is due: by one workflow at a time, however many servers and
 * workers there are. When it is due stands in the database, where the looks write it: a schedule would start one every
 * minute for an app that may ask once a day.
 */
export class JournalFollower {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #outages: OutageLog;
  readonly #timeScale: number;
  readonly #taskQueue: string;

  constructor(dependencies: DispatchDependencies) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#outages = dependencies.outages ?? new OutageLog(dependencies.log);
    this.#timeScale = dependencies.timeScale;
    this.#taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** Starts looks when they are due, and one at once, until the signal says stop. */
  async run(signal: AbortSignal): Promise<void> {
    // Whoever starts a server may just have been let in by HubSpot: that need not wait for tomorrow.
    let hurried = false;
    await sweepUntil(signal, this.#log, 'the webhooks journal', async () => {
      if (!hurried) await lookSoon(this.#db);
      hurried = true;
      await this.sweep();
    });
  }

  /** Starts a look if one is due. */
  async sweep(): Promise<void> {
    if (!(await claimLook(this.#db, CLAIMED_FOR_MS * this.#timeScale))) return;
    try {
      await this.#temporal.workflow.start<typeof FollowJournalWorkflow>('FollowJournalWorkflow', {
        workflowId: FOLLOW_JOURNAL,
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: this.#taskQueue,
        staticSummary: 'HubSpot’s webhooks journal',
      });
    } catch (error) {
      this.#outages.failed(error, 'Temporal did not accept a run of the webhooks journal');
    }
  }
}
