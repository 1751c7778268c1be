import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { RefreshOutcome } from '../hubspot/client/oauth';
import type { LimiterSlot } from '../hubspot/client/limiter';
import type { WorkCounts } from '../store/jobs/work-counts';
import { workGauges } from './work-gauges';

/** All metrics of a process. Label values are few: route patterns and codes, never ids or addresses. */
export interface Metrics {
  /** All metrics in Prometheus' format, with their content type. */
  text(): Promise<{ readonly type: string; readonly text: string }>;
  httpRequest(request: { method: string; route: string; status: number; ms: number }): void;
  /** `status` is null when no complete response arrived. */
  hubspotRequest(request: { route: string; status: number | null; ms: number }): void;
  limiterSlot(slot: LimiterSlot): void;
  tokenRefresh(outcome: RefreshOutcome): void;
  /** A pass of a sync ended. `reason` is a reason's code, or null. */
  sync(outcome: string, reason: string | null): void;
  /** Something that only an attack or a serious misconfiguration explains; the log has a line with `event: security`. */
  securityEvent(kind: SecurityEventKind): void;
  /** A meeting reached the timeline for the first time. @param timeline - `seconds` since it was accepted */
  onTimeline(timeline: { seconds: number; background: boolean }): void;
  /** A meeting's unfinished sync had no run in Temporal and was requested again. */
  withoutRun(): void;
  /** An account's circuit opened, or closed again. */
  circuit(change: 'opened' | 'closed'): void;
  /** A webhook was answered. */
  webhook(outcome: WebhookOutcome): void;
}

/**
 * `webhook_with_query`: a request to the webhook address that cannot come from HubSpot; `deletion_of_live_contact`: a
 * deletion event for a contact that still exists in HubSpot.
 */
export type SecurityEventKind = (typeof SECURITY_EVENTS)[number];
const SECURITY_EVENTS = ['webhook_with_query', 'deletion_of_live_contact'] as const;

/** `refused`: not signed by HubSpot, replayed, or sent to another address; `turned_away`: over one of our limits. */
export type WebhookOutcome = (typeof WEBHOOK_OUTCOMES)[number];
const WEBHOOK_OUTCOMES = ['taken', 'refused', 'malformed', 'turned_away', 'failed'] as const;

const REQUEST_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20];
/** A request waits at most five seconds for a slot. */
const WAIT_SECONDS = [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2, 3, 4, 5];
/** From the usual seconds to the days that a sync takes when a person has to act. */
const TIMELINE_SECONDS = [1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600, 1_800, 3_600, 21_600, 86_400, 604_800];

/**
 * Creates the metrics of a process. Names and units follow Prometheus' conventions.
 *
 * @param countWork - called at every scrape. Its gauges are absent while it fails. All processes report the same counts,
 *   so aggregate them with `max`, not `sum`
 */
export function createMetrics(countWork: () => Promise<WorkCounts>): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const gauges = workGauges(countWork);
  return {
    async text() {
      const [own, counted] = await Promise.all([registry.metrics(), gauges()]);
      return { type: registry.contentType, text: `${own}\n${counted ?? ''}` };
    },
    ...requestMetrics([registry]),
    ...limitMetrics([registry]),
    ...syncMetrics([registry]),
    ...eventMetrics([registry]),
  };
}

function requestMetrics(registers: Registry[]): Pick<Metrics, 'httpRequest' | 'hubspotRequest'> {
  const httpRequests = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time to answer a request, by method, route and status.',
    labelNames: ['method', 'route', 'status'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  const hubspotRequests = new Counter({
    name: 'hubspot_requests_total',
    help: 'Requests sent to HubSpot, by route and HTTP status; status no_answer without a response.',
    labelNames: ['route', 'status'],
    registers,
  });
  const hubspotDurations = new Histogram({
    name: 'hubspot_request_duration_seconds',
    help: 'Time from sending a request to HubSpot to its complete response, by route.',
    labelNames: ['route'],
    buckets: REQUEST_SECONDS,
    registers,
  });
  return {
    httpRequest: ({ method, route, status, ms }) =>
      httpRequests.observe({ method, route, status: String(status) }, ms / 1_000),
    hubspotRequest({ route, status, ms }) {
      hubspotRequests.inc({ route, status: status === null ? 'no_answer' : String(status) });
      hubspotDurations.observe({ route }, ms / 1_000);
    },
  };
}

function limitMetrics(registers: Registry[]): Pick<Metrics, 'limiterSlot' | 'tokenRefresh' | 'circuit'> {
  const waits = new Histogram({
    name: 'hubspot_limiter_wait_seconds',
    help: 'Time that requests waited for a free slot in the budget of the HubSpot account, by budget.',
    labelNames: ['budget'],
    buckets: WAIT_SECONDS,
    registers,
  });
  const refusals = new Counter({
    name: 'hubspot_limiter_refusals_total',
    help: 'Requests refused because no slot would be free soon, by budget and by the limit that closed it.',
    labelNames: ['budget', 'limit'],
    registers,
  });
  const refreshes = new Counter({
    name: 'hubspot_token_refreshes_total',
    help: 'Token refreshes, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  const circuits = new Gauge({
    name: 'hubspot_circuits_open',
    help: 'Accounts with an open circuit: HubSpot does not answer, and this process sends only an occasional probe.',
    registers,
  });
  return {
    limiterSlot({ budget, waitMs, refused }) {
      if (refused === null) waits.observe({ budget }, waitMs / 1_000);
      else refusals.inc({ budget, limit: refused });
    },
    tokenRefresh: (outcome) => refreshes.inc({ outcome }),
    circuit: (change) => (change === 'opened' ? circuits.inc() : circuits.dec()),
  };
}

function syncMetrics(registers: Registry[]): Pick<Metrics, 'sync' | 'onTimeline' | 'withoutRun'> {
  const syncs = new Counter({
    name: 'meeting_syncs_total',
    help: 'Passes of meeting syncs, by outcome and reason code.',
    labelNames: ['outcome', 'reason'],
    registers,
  });
  const timelines = new Histogram({
    name: 'meeting_time_to_timeline_seconds',
    help: 'Time from accepting a meeting until it is on the timeline for the first time; background: part of a backfill.',
    labelNames: ['background'],
    buckets: TIMELINE_SECONDS,
    registers,
  });
  const withoutRun = new Counter({
    name: 'meetings_without_run_total',
    help: 'Meetings whose unfinished sync had no run in Temporal and was requested again.',
    registers,
  });
  return {
    sync: (outcome, reason) => syncs.inc({ outcome, reason: reason ?? '' }),
    onTimeline: ({ seconds, background }) => timelines.observe({ background: String(background) }, seconds),
    withoutRun: () => withoutRun.inc(),
  };
}

function eventMetrics(registers: Registry[]): Pick<Metrics, 'securityEvent' | 'webhook'> {
  const securityEvents = new Counter({
    name: 'security_events_total',
    help: 'Requests and events that only an attack or a serious misconfiguration explains, by kind.',
    labelNames: ['kind'],
    registers,
  });
  const webhooks = new Counter({
    name: 'hubspot_webhooks_total',
    help: 'Requests to the webhook address, by outcome.',
    labelNames: ['outcome'],
    registers,
  });
  // Start at 0: `increase()` misses the first event of a counter that did not exist before.
  for (const kind of SECURITY_EVENTS) securityEvents.inc({ kind }, 0);
  for (const outcome of WEBHOOK_OUTCOMES) webhooks.inc({ outcome }, 0);
  return {
    securityEvent: (kind) => securityEvents.inc({ kind }),
    webhook: (outcome) => webhooks.inc({ outcome }),
  };
}
