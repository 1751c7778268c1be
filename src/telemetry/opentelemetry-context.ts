import { ROOT_CONTEXT, trace, TraceFlags, type Context } from '@opentelemetry/api';
import { RandomIdGenerator, type IdGenerator } from '@opentelemetry/sdk-trace-node';
import type { TraceParent } from './traceparent';

/** Random ids, but for a span whose id was given out before it began: a workflow's. */
export class SpanIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #given: string | null = null;

  /** The next span, which must be started before anything else is, has this id. */
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

/** A context whose spans belong to a trace that came from elsewhere; a new trace for null. */
export function contextOf(parent: TraceParent | null): Context {
  if (parent === null) return ROOT_CONTEXT;
  const { traceId, spanId, sampled } = parent;
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true });
}
