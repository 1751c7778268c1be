import type { WorkCounts } from '../../src/store/jobs/work-counts';

/** Counts with a different number in each field. */
export const WORK_COUNTS: WorkCounts = {
  needsAttention: [{ reason: 'not_connected', count: 2 }],
  waiting: [{ reason: 'daily_limit', count: 3 }],
  unfinished: [{ status: 'syncing', count: 4, oldest: 5 }],
  unstarted: { count: 6, oldest: 7 },
  dueInBulk: { count: 60, oldest: 70 },
  connections: [{ state: 'connected', count: 8 }],
  closed: [{ budget: 'requests', limit: 'day', count: 9 }],
  inbox: { count: 10, oldest: 11 },
  workers: 12,
  reconciliations: { running: 13, oldest: 14, stalest: 15 },
  requeues: { running: 19, oldest: 20, meetings: 21 },
  backfills: { running: 16, oldest: 17, linesLeft: 18 },
};
