import { Gauge, Registry } from 'prom-client';
import { UNDER_WAY } from '../meeting/status';
import type { WorkCounts } from '../store/jobs/work-counts';

/** Prometheus allows ten seconds for a scrape. A slow database must not block the other metrics. */
const COUNT_WITHIN_MS = 3_000;

/**
 * Gauges of the work in the database.
 *
 * @returns a function that returns them in Prometheus' format, or null while the database does not answer
 */
export function workGauges(countWork: () => Promise<WorkCounts>): () => Promise<string | null> {
  let counting: Promise<WorkCounts | null> | null = null;
  return async () => {
    // A scrape joins a running count instead of starting another one.
    counting ??= countWork()
      .catch(() => null)
      .finally(() => {
        counting = null;
      });
    const counts = await withinTime(counting);
    return counts === null ? null : await textOf(counts);
  };
}

/** Formats the gauges. Creates them for each scrape, so that no label value outlives its row. */
function textOf(counts: WorkCounts): Promise<string> {
  const registry = new Registry();
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers: [registry] });

  const needsAttention = gauge('meetings_parked', 'Meetings that need attention, by reason code.', 'reason');
  for (const { reason, count } of counts.needsAttention) needsAttention.set({ reason }, count);
  const waiting = gauge('meetings_waiting', 'Meetings whose sync continues automatically, by reason code.', 'reason');
  for (const { reason, count } of counts.waiting) waiting.set({ reason }, count);
  const unfinished = gauge('meetings_unfinished', 'Meetings whose sync has not finished, by status.', 'status');
  const oldest = gauge('meetings_oldest_unfinished_seconds', 'Age of the oldest unfinished sync.', 'status');
  for (const status of UNDER_WAY) {
    const found = counts.unfinished.find((each) => each.status === status);
    unfinished.set({ status }, found?.count ?? 0);
    oldest.set({ status }, found?.oldest ?? 0);
  }
  gauge('meetings_unstarted', 'Requested syncs that Temporal has not accepted.').set(counts.unstarted.count);
  gauge('meetings_oldest_unstarted_seconds', 'Age of the oldest of these requests.').set(counts.unstarted.oldest);
  gauge('meetings_due_in_bulk', 'Requested syncs that wait for a bulk pass.').set(counts.dueInBulk.count);
  gauge('meetings_oldest_due_in_bulk_seconds', 'Age of the oldest of these requests.').set(counts.dueInBulk.oldest);

  const connections = gauge('hubspot_connections', 'HubSpot connections of workspaces, by state.', 'state');
  for (const { state, count } of counts.connections) connections.set({ state }, count);
  const closed = gauge(
    'hubspot_budgets_closed',
    'Accounts whose budget a HubSpot limit closes now.',
    'budget',
    'limit',
  );
  for (const { budget, limit, count } of counts.closed) closed.set({ budget, limit }, count);
  gauge('hubspot_inbox_events', 'Pending webhook events.').set(counts.inbox.count);
  gauge('hubspot_inbox_oldest_seconds', 'Age of the oldest pending event.').set(counts.inbox.oldest);

  gauge('sync_workers_alive', 'Workers that poll Temporal for tasks.').set(counts.workers);
  const { reconciliations, requeues, backfills } = counts;
  gauge('reconciliations_running', 'Reconciliations that are running.').set(reconciliations.running);
  gauge('reconciliation_oldest_running_seconds', 'Age of the oldest of them.').set(reconciliations.oldest);
  gauge('reconciliation_stalest_seconds', 'Longest time since the last reconciliation of a connected workspace.').set(
    reconciliations.stalest,
  );
  gauge('requeues_running', 'Requests of many syncs that are entered page by page.').set(requeues.running);
  gauge('requeue_oldest_running_seconds', 'Age of the oldest of them.').set(requeues.oldest);
  gauge('requeue_meetings_requested', 'Meetings that they have requested so far.').set(requeues.meetings);
  gauge('backfills_running', 'Backfills that are running.').set(backfills.running);
  gauge('backfill_oldest_running_seconds', 'Age of the oldest of them.').set(backfills.oldest);
  gauge('backfill_lines_left', 'Upper bound of their lines that have not been started.').set(backfills.linesLeft);
  return registry.metrics();
}

async function withinTime(counts: Promise<WorkCounts | null>): Promise<WorkCounts | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), COUNT_WITHIN_MS);
  try {
    return await Promise.race([counts, late]);
  } finally {
    clearTimeout(timer);
  }
}
