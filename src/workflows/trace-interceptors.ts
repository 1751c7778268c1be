import type { Headers } from '@temporalio/common';
import { defaultPayloadConverter, proxySinks, workflowInfo, type WorkflowInterceptors } from '@temporalio/workflow';
import { PASS_STEPS } from '../temporal/names';
import { formatTraceParent, parseTraceParent, TRACE_HEADER, type TraceParent } from '../temporal/traceparent';
import type { TraceSinks } from '../temporal/trace-sinks';

/**
 * Propagates the trace of the current request to the workflow's activities, and reports spans to the worker. The
 * interceptors are always loaded and do nothing without a trace header, so that tracing never changes a workflow.
 *
 * Not `@temporalio/interceptors-opentelemetry`: it loads OpenTelemetry's SDK into every cached workflow (measured: 700
 * instead of 400 kB each), and it leaves the activities of a later request in the trace of the first one.
 */
export function interceptors(): WorkflowInterceptors {
  const trace = new WorkflowTrace();
  return {
    inbound: [
      {
        execute(input, next) {
          trace.receive(input.headers);
          return trace.endWith(next(input));
        },
        handleSignal(input, next) {
          trace.receive(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity: (input, next) => inPass(trace, input, next),
        scheduleLocalActivity: (input, next) => inPass(trace, input, next),
        continueAsNew(input, next) {
          trace.end(false);
          return next({ ...input, headers: { ...input.headers, ...trace.nextRunHeaders() } });
        },
      },
    ],
  };
}

/** Schedules a step in the trace of its pass. The last step ends the span of the pass. */
function inPass<Input extends { readonly activityType: string; readonly headers: Headers }>(
  trace: WorkflowTrace,
  input: Input,
  next: (input: Input) => Promise<unknown>,
): Promise<unknown> {
  const headers = trace.activityHeaders();
  if (headers === null) return next(input);
  const result = next({ ...input, headers: { ...input.headers, ...headers } });
  return input.activityType === PASS_STEPS.end ? trace.endWith(result) : result;
}

/** The trace of a run: the latest request, and the span of the pass that is running. */
class WorkflowTrace {
  #request: TraceParent | null = null;
  #span: { readonly parent: TraceParent; readonly id: string; readonly startMs: number } | null = null;
  #spans = 0;

  /** Takes the trace of a new request. The span of the running request keeps its own. */
  receive(headers: Headers): void {
    this.#request = read(headers) ?? this.#request;
  }

  /** The headers of an activity, whose span is a child of the pass. Null without a trace. Begins the span of the pass. */
  activityHeaders(): Headers | null {
    if (this.#span === null) {
      if (this.#request === null) return null;
      this.#span = { parent: this.#request, id: spanIdOf(this.#request, this.#spans++), startMs: Date.now() };
    }
    return carrying({ ...this.#span.parent, spanId: this.#span.id });
  }

  nextRunHeaders(): Headers {
    return this.#request === null ? {} : carrying(this.#request);
  }

  /** Returns the given promise itself, so that the workflow's order of events is the same as without interceptors. */
  endWith<Result>(work: Promise<Result>): Promise<Result> {
    void work.then(
      () => this.end(false),
      () => this.end(true),
    );
    return work;
  }

  end(failed: boolean): void {
    if (this.#span === null) return;
    const { parent, id, startMs } = this.#span;
    this.#span = null;
    const { trace } = proxySinks<TraceSinks>();
    trace.span({ parent, spanId: id, startMs, endMs: Date.now(), failed });
  }
}

function carrying(parent: TraceParent): Headers {
  return { [TRACE_HEADER]: defaultPayloadConverter.toPayload({ traceparent: formatTraceParent(parent) }) };
}

function read(headers: Headers): TraceParent | null {
  const payload = headers[TRACE_HEADER];
  if (payload === undefined) return null;
  try {
    const carrier: unknown = defaultPayloadConverter.fromPayload(payload);
    return typeof carrier === 'object' && carrier !== null && 'traceparent' in carrier
      ? parseTraceParent(carrier.traceparent)
      : null;
  } catch {
    // An unreadable trace header must not stop a sync.
    return null;
  }
}

/**
 * A span id that is the same on replay, and differs for every request, run and span. It does not use the workflow's
 * random numbers, because a trace would then change the numbers that the workflow draws later.
 */
function spanIdOf({ spanId }: TraceParent, count: number): string {
  const run = workflowInfo().runId.replaceAll('-', '').slice(-16);
  const mixed = BigInt(`0x${spanId}`) ^ BigInt(`0x${run}`) ^ (BigInt(count) << 32n);
  return mixed.toString(16).padStart(16, '0');
}
