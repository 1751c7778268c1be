import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

/**
 * The steps' time-outs. When to try again is decided where the failure is understood, by the activities' interceptor
 * (`nextRetryDelay`, or a failure that parks the sync), so no policy here ends a sync by count. `startToCloseTimeout` is
 * no shorter than the longest honest attempt; a lost worker is noticed long before, by the heartbeats that stop.
 */
const common = {
  heartbeatTimeout: '12s',
  // An interrupted pass ends before the next one begins, so two passes never write at the same time.
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  // For lost workers only. The interval grows with every attempt, waits for a limit too: uncapped, a tenth is a minute.
  retry: { initialInterval: '1s', maximumInterval: '5s' },
} as const;

/** Waits for a token's refresh: one HubSpot answer of 20 s at most, and the same of whoever holds the lock. */
export const { beginSync } = proxyActivities<Pick<Activities, 'beginSync'>>({
  summary: 'Open the HubSpot connection',
  startToCloseTimeout: '45s',
  ...common,
});

/** Reads of several pages, each of which may wait 5 s for a slot and 20 s for an answer. They change nothing in HubSpot. */
const reading = { startToCloseTimeout: '2m', ...common } as const;
export const { resolveParticipants } = proxyActivities<Pick<Activities, 'resolveParticipants'>>({
  summary: 'Find the participants in HubSpot',
  ...reading,
});
export const { expandCascades } = proxyActivities<Pick<Activities, 'expandCascades'>>({
  summary: 'Follow contacts to companies and deals',
  ...reading,
});

/** Reads of every record that changed, by the hundred; waits for slots as often as a large import needs. */
export const { applyCrmChanges } = proxyActivities<Pick<Activities, 'applyCrmChanges'>>({
  summary: 'Work off the inbox',
  startToCloseTimeout: '5m',
  ...common,
});

/** Up to 50 files of 5 MB, and the subscriptions when they are to be changed. */
export const { followJournal } = proxyActivities<Pick<Activities, 'followJournal'>>({
  summary: 'Read the webhooks journal',
  startToCloseTimeout: '15m',
  ...common,
});

/** As many batch reads as the mirror has hundreds of records. */
export const { reconcileMirror } = proxyActivities<Pick<Activities, 'reconcileMirror'>>({
  summary: 'Read every mirrored record again',
  startToCloseTimeout: '1h',
  ...common,
});

/** A batch read for every hundred of our activities, 200 at most. */
export const { checkActivities } = proxyActivities<Pick<Activities, 'checkActivities'>>({
  summary: 'Look whether our activities still are there',
  startToCloseTimeout: '1h',
  ...common,
});
/** Up to 50 searches of the few a second that all apps of the account share. */
export const { checkCalendarDoubles } = proxyActivities<Pick<Activities, 'checkCalendarDoubles'>>({
  summary: 'Look for calendar meetings beside our summaries',
  startToCloseTimeout: '10m',
  ...common,
});

/** A look, a create and its answer; a create that was handed over leaves within 15 s or not at all. */
const writing = { startToCloseTimeout: '2m', ...common } as const;
export const { writeSummary } = proxyActivities<Pick<Activities, 'writeSummary'>>({
  summary: 'Meeting Summary',
  ...writing,
});
export const { writeNotes } = proxyActivities<Pick<Activities, 'writeNotes'>>({
  summary: 'Smart Category Notes',
  ...writing,
});
export const { associate } = proxyActivities<Pick<Activities, 'associate'>>({
  summary: 'Bring the associations up to date',
  ...writing,
});
export const { takeBack } = proxyActivities<Pick<Activities, 'takeBack'>>({
  summary: 'Take both activities back',
  ...writing,
});

/** Writes of our own database, by the hundred. */
export const { handOverMeetings } = proxyActivities<Pick<Activities, 'handOverMeetings'>>({
  summary: 'Hand over the next meetings',
  startToCloseTimeout: '2m',
  ...common,
});

/** Quick writes of our own database. */
const recording = { startToCloseTimeout: '15s', ...common } as const;
export const { recordOutcome } = proxyActivities<Pick<Activities, 'recordOutcome'>>({
  summary: 'Record the outcome',
  ...recording,
});
export const { erase } = proxyActivities<Pick<Activities, 'erase'>>({
  summary: 'Erase the content here',
  ...recording,
});
export const { stopBackfill } = proxyActivities<Pick<Activities, 'stopBackfill'>>({
  summary: 'Leave the rest of the file out',
  ...recording,
});
export const { connectedWorkspaces } = proxyActivities<Pick<Activities, 'connectedWorkspaces'>>({
  summary: 'List the connected workspaces',
  ...recording,
});
export const { startReconciliation } = proxyActivities<Pick<Activities, 'startReconciliation'>>({
  summary: 'Have every meeting compared',
  ...recording,
});
export const { endReconciliation } = proxyActivities<Pick<Activities, 'endReconciliation'>>({
  summary: 'Wait for the meetings, count what was mended',
  ...recording,
});
