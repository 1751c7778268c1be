import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefreshOutcome } from '../hubspot/oauth';
import type { LimiterSlot } from '../hubspot/limiter';
import type { RestingCounts } from '../store/resting-counts';

/** Everything that a process measures of its own. Label values are few: route patterns, codes, never ids or addresses. */
export interface Metrics {
  /** All of them as Prometheus reads them, and the content type to serve them with. */
  text(): Promise<{ readonly type: string; readonly text: string }>;
  httpRequest(request: { method: string; route: string; status: number; ms: number }): void;
  /** `status` is null when no whole answer came. */
  hubspotRequest(request: { route: string; status: number | null; ms: number }): void;
  limiterSlot(slot: LimiterSlot): void;
  tokenRefresh(outcome: RefreshOutcome): void;
  /** A pass of a sync came to rest. `reason` is a reason's code, null where none is due. */
  sync(outcome: string, reason: string | null): void;
  /** Something that only an attack or a serious misconfiguration explains; the log has a line with `event: security`. */
  securityEvent(kind: SecurityEventKind): void;
}

/** `webhook_with_query`: a request that is no webhook; `deletion_of_live_contact`: an event that HubSpot contradicts. */
export type SecurityEventKind = 'webhook_with_query' | 'deletion_of_live_contact';

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
/** The limiter waits five seconds at most. */
const WAIT_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5];
/** A database that does not answer must not cost the other metrics: Prometheus gives a scrape ten seconds. */
const COUNT_WITHIN_MS = 3_000;

/**
 * Makes a process' metrics, names and units by Prometheus' conventions.
 *
 * @param countResting - asked at every scrape; while it fails, its gauges have no samples. Several processes tell the
 *   same counts: take the `max` of them, not the sum
 */
export function createMetrics(countResting: () => Promise<RestingCounts>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];

  const httpRequests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const hubspotRequests = new Counter({
    name: 'hubspot_requests_total',
    help: 'Requests sent to HubSpot, by route and HTTP status; status no_answer where none came.',
    labelNames: ['route', 'status'],
    registers,
  });
  const hubspotDurations = new Histogram({
    name: 'hubspot_request_duration_seconds',
    help: 'Time from sending a request to HubSpot to its whole answer, by route.',
    labelNames: ['route'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const waits = new Histogram({
    name: 'hubspot_limiter_wait_seconds',
    help: 'Time that requests waited for a free slot of the HubSpot account, by budget.',
    labelNames: ['budget'],
    buckets: WAIT_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'hubspot_limiter_refusals_total',
    help: 'Requests sent away because no slot was free soon, by budget and by the limit that closed it.',
    labelNames: ['budget', 'limit'],
    registers,
  });
  const refreshes = new Counter({
    name: 'hubspot_token_refreshes_total',
    help: 'Access tokens asked for with a refresh token, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const syncs = new Counter({
    name: 'meeting_syncs_total',
    help: 'Passes of meeting syncs, by where they came to rest and the code of the reason.',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const securityEvents = new Counter({
    name: 'security_events_total',
    help: 'Requests and events that only an attack or a serious misconfiguration explains, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const countNow = restingGauges(registers, countResting);

  return {
    async text() {
      await countNow();
      return { type: registry.contentType, text: await registry.metrics() };
    },
    httpRequest: ({ method, route, status, ms }) =>
      httpRequests.observe({ method, route, status: String(status) }, ms / 1_000),
    hubspotRequest({ route, status, ms }) {
      hubspotRequests.inc({ route, status: status === null ? 'no_answer' : String(status) });
      hubspotDurations.observe({ route }, ms / 1_000);
    },
    limiterSlot({ budget, waitMs, refused }) {
      if (refused === null) waits.observe({ budget }, waitMs / 1_000);
      else refusals.inc({ budget, limit: refused });
    },
    tokenRefresh: (outcome) => refreshes.inc({ outcome }),
    securityEvent: (kind) => securityEvents.inc({ kind }),
    sync: (outcome, reason) => syncs.inc({ outcome, reason: reason ?? '' }),
  };
}

/** @returns what brings the gauges up to date before a scrape reads them */
function restingGauges(registers: Registry[], countResting: () => Promise<RestingCounts>): () => Promise<void> {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers });
  const parked = gauge('meetings_parked', 'Meetings whose sync waits for a person, by reason code.', 'reason');
  const waiting = gauge('meetings_waiting', 'Meetings whose sync goes on by itself later, by reason code.', 'reason');
  const unstarted = gauge('meetings_unstarted', 'Meetings whose sync was asked for and not taken by Temporal yet.');
  const connections = gauge('hubspot_connections', 'HubSpot connections of workspaces, by state.', 'state');
  return async () => {
    const counts = await withinTime(countResting());
    for (const each of [parked, waiting, connections]) each.reset();
    unstarted.remove();
    if (counts === null) return;
    for (const { reason, count } of counts.parked) parked.set({ reason }, count);
    for (const { reason, count } of counts.waiting) waiting.set({ reason }, count);
    for (const { state, count } of counts.connections) connections.set({ state }, count);
    unstarted.set(counts.unstarted);
  };
}

async function withinTime(counts: Promise<RestingCounts>): Promise<RestingCounts | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), COUNT_WITHIN_MS);
  try {
    return await Promise.race([counts.catch(() => null), late]);
  } finally {
    clearTimeout(timer);
  }
}
