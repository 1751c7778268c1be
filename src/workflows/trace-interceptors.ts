import type { Headers } from '@temporalio/common';
import {
  defaultPayloadConverter,
  proxySinks,
  workflowInfo,
  type Sinks,
  type WorkflowInterceptors,
} from '@temporalio/workflow';
import { formatTraceParent, parseTraceParent, TRACE_HEADER, type TraceParent } from '../telemetry/traceparent';

/** A stretch of a workflow's work for one request: from its first step until the work rests. Times are Unix milliseconds. */
export interface WorkflowSpan {
  readonly parent: TraceParent;
  readonly spanId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

export interface TraceSinks extends Sinks {
  readonly trace: { span(span: WorkflowSpan): void };
}

/** The step that writes down where the work has come to rest. */
const RESTS_AFTER = 'recordOutcome';

/**
 * Carries the trace of whatever request the workflow works for into its activities, and tells the worker of its spans.
 * Loaded always, and without a trace header it does nothing: whether traces are collected changes no workflow.
 *
 * Not `@temporalio/interceptors-opentelemetry`: it loads OpenTelemetry's SDK into every cached workflow (measured: 700
 * instead of 400 kB each), and it leaves the activities of a later request in the trace of the first one.
 */
export function interceptors(): WorkflowInterceptors {
  let request: TraceParent | null = null;
  let span: { readonly parent: TraceParent; readonly id: string; readonly startMs: number } | null = null;
  let spans = 0;

  return {
    inbound: [
      {
        execute(input, next) {
          receive(input.headers);
          return endingWith(next(input));
        },
        handleSignal(input, next) {
          receive(input.headers);
          return next(input);
        },
      },
    ],
    outbound: [
      {
        scheduleActivity(input, next) {
          const headers = outgoing();
          if (headers === null) return next(input);
          const result = next({ ...input, headers: { ...input.headers, ...headers } });
          return input.activityType === RESTS_AFTER ? endingWith(result) : result;
        },
        continueAsNew(input, next) {
          end(false);
          return next(request === null ? input : { ...input, headers: { ...input.headers, ...carrying(request) } });
        },
      },
    ],
  };

  /** A request that arrives while another one is worked for is served by the next stretch. */
  function receive(headers: Headers): void {
    request = read(headers) ?? request;
  }

  /** The very promise that was given, and nothing between: the workflow goes on as without interceptors. */
  function endingWith<Result>(work: Promise<Result>): Promise<Result> {
    void work.then(
      () => end(false),
      () => end(true),
    );
    return work;
  }

  function outgoing(): Headers | null {
    if (span === null) {
      if (request === null) return null;
      span = { parent: request, id: spanIdOf(request, spans++), startMs: Date.now() };
    }
    return carrying({ ...span.parent, spanId: span.id });
  }

  function end(failed: boolean): void {
    if (span === null) return;
    const { parent, id, startMs } = span;
    span = null;
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
    // A header that we cannot read is no reason to stop a sync.
    return null;
  }
}

/**
 * The same again at a replay, and another one for every request, run and stretch. Not from the workflow's own random
 * numbers: whether there is a trace would change what it draws from them.
 */
function spanIdOf({ spanId }: TraceParent, count: number): string {
  const run = workflowInfo().runId.replaceAll('-', '').slice(-16);
  const mixed = BigInt(`0x${spanId}`) ^ BigInt(`0x${run}`) ^ (BigInt(count) << 32n);
  return mixed.toString(16).padStart(16, '0');
}
