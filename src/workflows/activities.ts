import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';

/**
 * The steps' time-outs. When to try again is decided where the failure is understood, by the activities' interceptor
 * (`nextRetryDelay`, or a failure that parks the sync), so no policy here ends a sync by count. A lost worker is noticed
 * by `startToCloseTimeout`: no longer than the longest honest attempt.
 */
const retry = { initialInterval: '1s', maximumInterval: '1m' } as const;

/** Waits for a token's refresh: one HubSpot answer of 20 s at most, and the same of whoever holds the lock. */
export const { beginSync } = proxyActivities<Pick<Activities, 'beginSync'>>({
  summary: 'Open the HubSpot connection',
  startToCloseTimeout: '45s',
  retry,
});

/** Reads of several pages, each of which may wait 5 s for a slot and 20 s for an answer. They change nothing in HubSpot. */
const reading = { startToCloseTimeout: '2m', retry } as const;
export const { resolveParticipants } = proxyActivities<Pick<Activities, 'resolveParticipants'>>({
  summary: 'Find the participants in HubSpot',
  ...reading,
});
export const { expandCascades } = proxyActivities<Pick<Activities, 'expandCascades'>>({
  summary: 'Follow contacts to companies and deals',
  ...reading,
});

/** A look, a create and its answer; a create that was handed over leaves within 15 s or not at all. */
const writing = { startToCloseTimeout: '2m', retry } as const;
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
export const { takeBackAndErase } = proxyActivities<Pick<Activities, 'takeBackAndErase'>>({
  summary: 'Take both activities back',
  ...writing,
});

/** One quick write of our own database. */
export const { recordOutcome } = proxyActivities<Pick<Activities, 'recordOutcome'>>({
  summary: 'Record the outcome',
  startToCloseTimeout: '15s',
  retry,
});
