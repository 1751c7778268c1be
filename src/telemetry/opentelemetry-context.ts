import { ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-node';
import type { TraceParent } from '../temporal/traceparent';

/** Generates random span ids, except for workflow spans, whose id is published before the span is recorded. */
export class SpanIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: string | null = null;

  /** Sets the id of the next span. Start that span right after this call. */
  give(spanId: string): void {
    this.#given = spanId;
  }

  generateSpanId(): string {
    const spanId = this.#given ?? this.#random.generateSpanId();
    this.#given = null;
    return spanId;
  }

  generateTraceId(): string {
    return this.#random.generateTraceId();
  }
}

/** A context that continues a remote trace. With null, its spans start a new trace. */
export function contextOf(parent: TraceParent | null): Context {
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
