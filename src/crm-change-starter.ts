import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError, type Client } from '@temporalio/client';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { DispatchDependencies } from './dispatch';
import { OutageLog, TEMPORAL_WORKS } from './outage-log';
import { connectedAmong, deleteOldEvents, portalsWithWork } from './store/crm-events';
import type { Database } from './store/schema';
import { forgetOldPrivacyDeletions } from './store/privacy-deletions';
import { forgetOldDeliveries } from './store/taken-deliveries';
import { sweepUntil } from './sweep';
import { applyCrmChangeWorkflowId, TASK_QUEUE } from './temporal/names';
import { searchAttribute } from './temporal/search-attributes';
import type { ApplyCrmChangeWorkflow, hurry, wake } from './workflows/apply-crm-change';

const TEMPORAL_TIMEOUT_MS = 3_000;
/**
 * A portal is told once for all deliveries of this time: a signal each would only lengthen its workflow's history, which
 * looks into the inbox until it is empty anyway.
 */
const WAKE_EVERY_MS = 250;
/** Old events that one sweep deletes: more than can come in meanwhile, and a moment's work. */
const DELETED_AT_ONCE = 5_000;

/** Wakes the workflow that works off a portal's inbox, by signal-with-start: one runs at a time. */
export class CrmChangeStarter {
  readonly #db: Kysely<Database>;
  readonly #temporal: Client;
  readonly #log: Logger;
  readonly #outages: OutageLog;
  readonly #timeScale: number;
  readonly #taskQueue: string;
  /** Portals that were told lately, and whether something came in since. */
  readonly #told = new Map<number, { again: boolean }>();

  constructor(dependencies: DispatchDependencies) {
    this.#db = dependencies.db;
    this.#temporal = dependencies.temporal;
    this.#log = dependencies.log;
    this.#outages = dependencies.outages ?? new OutageLog(dependencies.log);
    this.#timeScale = dependencies.timeScale;
    this.#taskQueue = dependencies.taskQueue ?? TASK_QUEUE;
  }

  /** Wakes portals whose inbox or mirror has work, until the signal says stop. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#log, 'CRM changes', () => this.sweep());
  }

  /** One sweep over the connected portals: wakes those with work, and deletes what the inbox no longer needs. */
  async sweep(): Promise<void> {
    await Promise.all((await portalsWithWork(this.#db)).map((portalId) => this.wake(portalId)));
    await deleteOldEvents(this.#db, DELETED_AT_ONCE);
    await forgetOldDeliveries(this.#db);
    await forgetOldPrivacyDeletions(this.#db);
  }

  /**
   * Has events worked off that were just put into the inbox. Returns at once and never fails: whoever delivered them
   * must not wait, and {@link sweep} finds what was missed.
   */
  wakeSoon(portalIds: readonly number[]): void {
    for (const portalId of new Set(portalIds)) {
      const told = this.#told.get(portalId);
      if (told === undefined) void this.#tell(portalId);
      else told.again = true;
    }
  }

  async #tell(portalId: number): Promise<void> {
    const told = { again: true };
    this.#told.set(portalId, told);
    while (told.again) {
      told.again = false;
      // oxlint-disable-next-line no-await-in-loop -- one signal after the other
      await this.#wakeConnected(portalId);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(WAKE_EVERY_MS, undefined, { ref: false });
    }
    this.#told.delete(portalId);
  }

  async #wakeConnected(portalId: number): Promise<void> {
    try {
      const connected = await connectedAmong(this.#db, [portalId]);
      await Promise.all(connected.map((id) => this.wake(id)));
    } catch (error) {
      this.#outages.failed(error, 'CRM changes wait for the next sweep', { portalId });
    }
  }

  /**
   * Never throws when Temporal is away: the inbox keeps the events.
   *
   * @returns whether Temporal took the signal
   */
  async wake(portalId: number): Promise<boolean> {
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
      this.#outages.worked(TEMPORAL_WORKS);
      return true;
    } catch (error) {
      this.#outages.failed(error, 'Temporal did not accept CRM changes; the inbox keeps them', { portalId });
      return false;
    }
  }

  /** Wakes a portal's run that waits for the end of a limit. Does nothing when none runs. */
  async hurry(portalId: number): Promise<void> {
    try {
      await this.#temporal.withDeadline(Date.now() + TEMPORAL_TIMEOUT_MS, () =>
        this.#temporal.workflow
          .getHandle(applyCrmChangeWorkflowId(portalId))
          .signal('hurry' satisfies (typeof hurry)['name']),
      );
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      this.#outages.failed(error, 'Temporal did not accept the signal that HubSpot takes requests again', { portalId });
    }
  }
}
