import { ActivityCancellationType, proxyActivities, proxyLocalActivities, workflowInfo } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { bulkTaskQueue, noticesTaskQueue } from '../temporal/names';

/**
 * Options of the activities. The activities' interceptor classifies each failure and sets its retry delay
 * (`nextRetryDelay`) or ends the pass, so no retry policy here limits the number of attempts. `startToCloseTimeout` covers
 * the longest attempt that makes progress. A lost worker is detected much earlier, when its heartbeats stop.
 */
const common = {
  heartbeatTimeout: '12s',
  // The steps of an interrupted pass must end before the next pass begins, so that two passes never write concurrently.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // Applies to lost workers only. The interval grows with every attempt, including those that waited for a rate limit, so
  // it is capped: uncapped, the tenth attempt would wait a minute.
  retry: { initialInterval: '1s', maximumInterval: '5s' },
} as const;

/** May wait for two token refreshes of up to 20 s each: that of the current lock holder and its own. */
export const { beginSync } = proxyActivities<Pick<Activities, 'beginSync'>>({
  summary: 'Open the HubSpot connection',
  startToCloseTimeout: '45s',
  ...common,
});

/** Read several pages from HubSpot, each of which may wait 5 s for a slot and 20 s for a response. */
const reading = { startToCloseTimeout: '2m', ...common } as const;
export const { resolveParticipants } = proxyActivities<Pick<Activities, 'resolveParticipants'>>({
  summary: 'Find the participants in HubSpot',
  ...reading,
});
export const { expandCascades } = proxyActivities<Pick<Activities, 'expandCascades'>>({
  summary: 'Follow contacts to companies and deals',
  ...reading,
});

/** Reads every changed record in batches of 100. After a large import, it waits for many slots. */
export const { applyCrmChanges } = proxyActivities<Pick<Activities, 'applyCrmChanges'>>({
  summary: 'Process the webhook inbox',
  startToCloseTimeout: '5m',
  ...common,
});

/** Reads up to 50 files of 5 MB, and updates the subscriptions when needed. */
export const { followJournal } = proxyActivities<Pick<Activities, 'followJournal'>>({
  summary: 'Read the webhooks journal',
  startToCloseTimeout: '15m',
  ...common,
});

/** Reads the whole mirror in batches of 100 records. */
export const { reconcileMirror } = proxyActivities<Pick<Activities, 'reconcileMirror'>>({
  summary: 'Read every mirrored record again',
  startToCloseTimeout: '1h',
  ...common,
});

/** Reads our activities in at most 200 batches of 100. */
export const { checkActivities } = proxyActivities<Pick<Activities, 'checkActivities'>>({
  summary: 'Check that our activities still exist',
  startToCloseTimeout: '1h',
  ...common,
});
/** Makes up to 50 searches. All apps of the account share a few searches per second. */
export const { checkCalendarDoubles } = proxyActivities<Pick<Activities, 'checkCalendarDoubles'>>({
  summary: 'Look for calendar meetings that duplicate our summaries',
  startToCloseTimeout: '10m',
  ...common,
});
/** Makes up to 250 searches or list reads, all of which let live work go first. */
export const { readOpenDeals } = proxyActivities<Pick<Activities, 'readOpenDeals'>>({
  summary: 'Read the open deals of the account',
  startToCloseTimeout: '1h',
  ...common,
});

/** Search, create and read the response. A create request is sent within 15 s or not at all. */
const writing = { startToCloseTimeout: '2m', ...common } as const;
export const { writeSummary } = proxyActivities<Pick<Activities, 'writeSummary'>>({
  summary: 'Meeting Summary',
  ...writing,
});
export const { writeNotes } = proxyActivities<Pick<Activities, 'writeNotes'>>({
  summary: 'Smart Category Notes',
  ...writing,
});
export const { writeTasks } = proxyActivities<Pick<Activities, 'writeTasks'>>({
  summary: 'Tasks of next steps',
  ...writing,
});
export const { associate } = proxyActivities<Pick<Activities, 'associate'>>({
  summary: 'Update the associations',
  ...writing,
});
/** Waits for other passes that write to the same records, then reads and writes these. */
export const { writeFields } = proxyActivities<Pick<Activities, 'writeFields'>>({
  summary: 'Values of properties',
  ...writing,
});
export const { takeBack } = proxyActivities<Pick<Activities, 'takeBack'>>({
  summary: 'Remove both activities from HubSpot',
  ...writing,
});

/** Writes hundreds of meetings to our database. */
export const { handOverMeetings } = proxyActivities<Pick<Activities, 'handOverMeetings'>>({
  summary: 'Start the next meetings',
  startToCloseTimeout: '2m',
  ...common,
});

/** Claims meetings for a minute, and ends with the last of them, which may wait for searches and slots. */
export const syncInBulk: Activities['syncInBulk'] = (input) =>
  proxyActivities<Pick<Activities, 'syncInBulk'>>({
    summary: 'Pass meetings in bulk',
    startToCloseTimeout: '1h',
    taskQueue: bulkTaskQueue(workflowInfo().taskQueue),
    ...common,
  }).syncInBulk(input);

/** Sends for 20 s, and ends with the last request, which takes up to 15 s. */
export const deliverNotices: Activities['deliverNotices'] = (input) =>
  proxyActivities<Pick<Activities, 'deliverNotices'>>({
    summary: 'Deliver what is due',
    startToCloseTimeout: '2m',
    taskQueue: noticesTaskQueue(workflowInfo().taskQueue),
    ...common,
  }).deliverNotices(input);

/** Short transactions in our database. */
const recording = { startToCloseTimeout: '15s', ...common } as const;
export const { recordOutcome } = proxyActivities<Pick<Activities, 'recordOutcome'>>({
  summary: 'Record the outcome',
  ...recording,
});
/** One attempt within the workflow task, which times out after 10 s. `recordOutcome` waits for the database. */
export const { recordOutcome: recordOutcomeLocally } = proxyLocalActivities<Pick<Activities, 'recordOutcome'>>({
  startToCloseTimeout: '5s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { maximumAttempts: 1 },
});
export const { erase } = proxyActivities<Pick<Activities, 'erase'>>({
  summary: 'Delete the content stored here',
  ...recording,
});
export const { pauseOrResumeBackfill } = proxyActivities<Pick<Activities, 'pauseOrResumeBackfill'>>({
  summary: 'Pause or resume the file',
  ...recording,
});
export const { stopBackfill } = proxyActivities<Pick<Activities, 'stopBackfill'>>({
  summary: 'Skip the rest of the file',
  ...recording,
});
export const { connectedWorkspaces } = proxyActivities<Pick<Activities, 'connectedWorkspaces'>>({
  summary: 'List the connected workspaces',
  ...recording,
});
export const { startReconciliation } = proxyActivities<Pick<Activities, 'startReconciliation'>>({
  summary: 'Request a sync of every meeting',
  ...recording,
});
export const { endReconciliation } = proxyActivities<Pick<Activities, 'endReconciliation'>>({
  summary: 'Wait for the meetings and count the repairs',
  ...recording,
});
