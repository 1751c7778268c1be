import { setTimeout as sleep } from 'node:timers/promises';
import { WorkflowNotFoundError } from '@temporalio/client';
import { Dispatcher } from './dispatcher';
import { TEMPORAL_WORKS } from '../telemetry/outage-log';
import { connectedAmong, deleteOldEvents, portalsWithWork } from '../store/inbox/crm-events';
import { deleteOldPrivacyDeletions } from '../store/inbox/privacy-deletions';
import { deleteOldDeliveries } from '../store/inbox/taken-deliveries';
import { sweepUntil } from './polling-loop';
import { applyCrmChangeWorkflowId } from '../temporal/names';
import { searchAttribute } from '../temporal/search-attributes';
import type { ApplyCrmChangeWorkflow, hurry, wake } from '../workflows/apply-crm-change';

/**
 * A portal's workflow gets one signal for all deliveries within this time. It empties the inbox anyway, so more signals
 * would only lengthen its history.
 */
const WAKE_EVERY_MS = 250;
/** The most old events that one sweep deletes: more than arrive between two sweeps, and quick to delete. */
const DELETED_AT_ONCE = 5_000;

/** Wakes the workflow that processes a portal's inbox. Uses signal-with-start, so that only one runs at a time. */
export class CrmChangeDispatcher extends Dispatcher {
  /** Portals that were signalled within {@link WAKE_EVERY_MS}, and whether events have arrived since. */
  readonly #signalled = new Map<number, { again: boolean }>();

  /** Sweeps until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.log, 'CRM changes', () => this.sweep());
  }

  /** One sweep: wakes connected portals with work, and deletes old events and deliveries. */
  async sweep(): Promise<void> {
    await Promise.all((await portalsWithWork(this.db)).map((portalId) => this.wake(portalId)));
    await deleteOldEvents(this.db, DELETED_AT_ONCE);
    await deleteOldDeliveries(this.db);
    await deleteOldPrivacyDeletions(this.db);
  }

  /**
   * Wakes portals whose inbox has just received events. Returns at once and never fails: the sender must not wait, and
   * {@link sweep} finds portals that were missed.
   */
  wakeSoon(portalIds: readonly number[]): void {
    for (const portalId of new Set(portalIds)) {
      const signalled = this.#signalled.get(portalId);
      if (signalled === undefined) void this.#signal(portalId);
      else signalled.again = true;
    }
  }

  async #signal(portalId: number): Promise<void> {
    const signalled = { again: true };
    this.#signalled.set(portalId, signalled);
    while (signalled.again) {
      signalled.again = false;
      // oxlint-disable-next-line no-await-in-loop -- one signal after the other
      await this.#wakeConnected(portalId);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(WAKE_EVERY_MS, undefined, { ref: false });
    }
    this.#signalled.delete(portalId);
  }

  async #wakeConnected(portalId: number): Promise<void> {
    try {
      const connected = await connectedAmong(this.db, [portalId]);
      await Promise.all(connected.map((id) => this.wake(id)));
    } catch (error) {
      this.outages.failed(error, 'CRM changes wait for the next sweep', { portalId });
    }
  }

  /**
   * Wakes a portal's workflow. Does not throw when Temporal is unreachable, because the inbox keeps the events.
   *
   * @returns whether Temporal accepted the signal
   */
  async wake(portalId: number): Promise<boolean> {
    try {
      await this.withTimeout(() =>
        this.temporal.workflow.signalWithStart<typeof ApplyCrmChangeWorkflow>('ApplyCrmChangeWorkflow', {
          workflowId: applyCrmChangeWorkflowId(portalId),
          taskQueue: this.taskQueue,
          args: [{ portalId, ...this.scaled }],
          signal: 'wake' satisfies (typeof wake)['name'],
          signalArgs: [],
          staticSummary: `Changes of HubSpot account ${portalId}`,
          typedSearchAttributes: [{ key: searchAttribute.portalId, value: portalId }],
        }),
      );
      this.outages.worked(TEMPORAL_WORKS);
      return true;
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept CRM changes; the inbox keeps them', { portalId });
      return false;
    }
  }

  /** Ends the wait of a portal's run for a rate limit. Does nothing when none is running. */
  async hurry(portalId: number): Promise<void> {
    try {
      await this.withTimeout(() =>
        this.temporal.workflow
          .getHandle(applyCrmChangeWorkflowId(portalId))
          .signal('hurry' satisfies (typeof hurry)['name']),
      );
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return;
      this.outages.failed(error, 'Temporal did not accept the signal that HubSpot accepts requests again', {
        portalId,
      });
    }
  }
}
