import { Dispatcher } from './dispatcher';
import { claimLook, makeLookDue } from '../store/inbox/journal';
import { sweepUntil } from './polling-loop';
import { FOLLOW_JOURNAL } from '../temporal/names';
import type { FollowJournalWorkflow } from '../workflows/follow-journal';

/** If a run does not end, the next one starts after this time. */
const CLAIMED_FOR_MS = 60_000;

/**
 * Starts the workflow that reads HubSpot's webhooks journal when a read is due. Only one runs at a time, however many
 * servers and workers there are. Each read stores in the database when the next one is due. A Temporal schedule would
 * start one every minute, even for an app that may read only once a day.
 */
export class JournalDispatcher extends Dispatcher {
  /** Starts a read at once, and then whenever one is due, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    // HubSpot may just have granted access to the journal, so a restarted server tries again without the daily pause.
    let hurried = false;
    await sweepUntil(signal, this.log, 'the webhooks journal', async () => {
      if (!hurried) await makeLookDue(this.db);
      hurried = true;
      await this.sweep();
    });
  }

  /** Starts a read if one is due. */
  async sweep(): Promise<void> {
    if (!(await claimLook(this.db, CLAIMED_FOR_MS * this.timeScale))) return;
    try {
      await this.temporal.workflow.start<typeof FollowJournalWorkflow>('FollowJournalWorkflow', {
        workflowId: FOLLOW_JOURNAL,
        workflowIdConflictPolicy: 'USE_EXISTING',
        taskQueue: this.taskQueue,
        staticSummary: 'HubSpot’s webhooks journal',
      });
    } catch (error) {
      this.outages.failed(error, 'Temporal did not accept a run of the webhooks journal');
    }
  }
}
