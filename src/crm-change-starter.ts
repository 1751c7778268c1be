import type { Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { portalsWithWork } from './store/crm-events';
import type { Database } from './store/schema';
import { sweepUntil } from './sweep';
import { applyCrmChangeWorkflowId, TASK_QUEUE } from './temporal/names';
import { searchAttribute } from './temporal/search-attributes';
import type { ApplyCrmChangeWorkflow, wake } from './workflows/apply-crm-change';

const TEMPORAL_TIMEOUT_MS = 3_000;

/** Wakes the workflow that works off a portal's inbox, by signal-with-start: one runs at a time. */
export class CrmChangeStarter {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #timeScale: number;
  readonly #taskQueue: string;

  constructor(dependencies: {
    db: Kysely<Database>;
    temporal: Client;
    log: Logger;
    timeScale: number;
    taskQueue?: string;
  }) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#timeScale = dependencies.timeScale;
    this.#taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** Wakes portals whose inbox or mirror has work, until the signal says stop. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'CRM changes', () => this.sweep());
  }

  /** One sweep over the connected portals. */
  async sweep(): Promise<void> {
    await Promise.all((await portalsWithWork(this.#db)).map((portalId) => this.wake(portalId)));
  }

  /** Never throws when Temporal is away: the inbox keeps the events. */
  async wake(portalId: number): Promise<void> {
    try {
      await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        this.#temporal.workflow.signalWithStart<typeof ApplyCrmChangeWorkflow>('ApplyCrmChangeWorkflow', {
          workflowId: applyCrmChangeWorkflowId(portalId),
          taskQueue: this.#taskQueue,
          args: [{ portalId, ...(this.#timeScale === 1 ? {} : { timeScale: this.#timeScale }) }],
          signal: 'wake' satisfies (typeof wake)['name'],
          signalArgs: [],
          staticSummary: `Changes of HubSpot account ${portalId}`,
          typedSearchAttributes: [{ key: searchAttribute.portalId, value: portalId }],
        }),
      );
    } catch (error) {
      this.#log.warn(
        { portalId, error: String(error) },
        'Temporal could not be told of CRM changes; the inbox keeps them',
      );
    }
  }
}
