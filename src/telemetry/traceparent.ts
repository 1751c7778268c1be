/**
 * The W3C trace context of a request, as it travels through Temporal. Only this much: `tracestate` and baggage hold
 * whatever a caller puts there, and nothing unknown may stand in Temporal's history. Workflow code imports this module.
 */
export interface TraceParent {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
}

/** Temporal header that carries it, as `@temporalio/interceptors-opentelemetry` does: clients that use that fit in. */
export const TRACE_HEADER = '_tracer-data';

const TRACEPARENT = /^[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/;

/** Reads a `traceparent`; null when it is none. See https://www.w3.org/TR/trace-context/#traceparent-header. */
export function parseTraceParent(text: unknown): TraceParent | null {
  const [, traceId, spanId, flags] = typeof text === 'string' ? (TRACEPARENT.exec(text) ?? []) : [];
  if (traceId === undefined || spanId === undefined || flags === undefined) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceParent({ traceId, spanId, sampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;
}
