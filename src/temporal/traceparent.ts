/**
 * The W3C trace context of a request, as we propagate it through Temporal. `tracestate` and baggage are omitted: they
 * hold arbitrary data of the caller, which must not enter Temporal's history. Workflow code imports this module.
 */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** The Temporal header of `@temporalio/interceptors-opentelemetry`, for compatibility with clients that use it. */
export const TRACE_HEADER = '_tracer-data';

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/;

/** Parses a `traceparent`, or returns null. See https://www.w3.org/TR/trace-context/#traceparent-header. */
export function parseTraceParent(text: unknown): TraceParent | null {
  const [, traceId, spanId, flags] = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

/** Formats a `traceparent` of version 00. See https://www.w3.org/TR/trace-context/#traceparent-header. */
export function formatTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
