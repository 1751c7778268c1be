import { Gauge, Registry } from 'prom-client';
import type { WorkCounts } from '../store/work-counts';

/** Prometheus gives a scrape ten seconds. A slow database must not take the other metrics down. */
const COUNT_WITHIN_MS = 3_000;

/**
 * Gauges of the work in the database.
 *
 * @returns a function that returns them in Prometheus' format, or null while the database does not answer
 */
export function workGauges(countWork: () => Promise<WorkCounts>): () => Promise<string | null> {
  let counting: Promise<WorkCounts | null> | null = null;
  return async () => {
    // A scrape joins a count that is still running instead of starting another one.
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

  const parked = gauge('meetings_parked', 'Meetings whose sync waits for a person, by reason code.', 'reason');
  for (const { reason, count } of counts.parked) parked.set({ reason }, count);
  const waiting = gauge('meetings_waiting', 'Meetings whose sync goes on by itself later, by reason code.', 'reason');
  for (const { reason, count } of counts.waiting) waiting.set({ reason }, count);
  const unfinished = gauge('meetings_unfinished', 'Meetings whose sync is under way, by status.', 'status');
  const oldest = gauge('meetings_oldest_unfinished_seconds', 'How long the oldest has been under way.', 'status');
  for (const status of ['accepted', 'syncing', 'waiting']) {
    const found = counts.unfinished.find((each) => each.status === status);
    unfinished.set({ status }, found?.count ?? 0);
    oldest.set({ status }, found?.oldest ?? 0);
  }
  gauge('meetings_unstarted', 'Requested syncs that Temporal has not accepted.').set(counts.unstarted.count);
  gauge('meetings_oldest_unstarted_seconds', 'How long ago the oldest was requested.').set(counts.unstarted.oldest);

  const connections = gauge('hubspot_connections', 'HubSpot connections of workspaces, by state.', 'state');
  for (const { state, count } of counts.connections) connections.set({ state }, count);
  const closed = gauge('hubspot_budgets_closed', 'Accounts that a limit of HubSpot closes now.', 'budget', 'limit');
  for (const { budget, limit, count } of counts.closed) closed.set({ budget, limit }, count);
  gauge('hubspot_inbox_events', 'Webhook events that are pending.').set(counts.inbox.count);
  gauge('hubspot_inbox_oldest_seconds', 'How long ago the oldest of them came in.').set(counts.inbox.oldest);

  gauge('sync_workers_alive', 'Workers that take tasks from Temporal.').set(counts.workers);
  const { reconciliations, backfills } = counts;
  gauge('reconciliations_running', 'Comparisons with HubSpot that are going on.').set(reconciliations.running);
  gauge('reconciliation_oldest_running_seconds', 'How long ago the oldest began.').set(reconciliations.oldest);
  gauge('reconciliation_stalest_seconds', 'The longest time that a connected workspace has not been compared.').set(
    reconciliations.stalest,
  );
  gauge('backfills_running', 'Backfills that have not ended.').set(backfills.running);
  gauge('backfill_oldest_running_seconds', 'How long ago the oldest came in.').set(backfills.oldest);
  gauge('backfill_lines_left', 'Their lines that are to be handed over, at most.').set(backfills.linesLeft);
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
