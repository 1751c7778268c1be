import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import {
  ApplicationFailure,
  ApplicationFailureCategory,
  defaultPayloadConverter,
  type Headers,
} from '@temporalio/common';
import type { Info } from '@temporalio/activity';
import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import { currentLogFields, withLogFields } from './log-context';
import { contextOf, type SpanIds } from './opentelemetry-context';
import { formatTraceParent, parseTraceParent, TRACE_HEADER } from '../temporal/traceparent';
import type { TraceSinks } from '../temporal/trace-sinks';
import type { Tracing } from './trace-hooks';

/** The attribute names of `@temporalio/interceptors-opentelemetry`, so that traces of all Temporal programs look alike. */
const WORKFLOW_ID = 'temporalWorkflowId';
const RUN_ID = 'run_id';
const ACTIVITY_ID = 'temporalActivityId';

/** Propagates a trace from the request for a sync into Temporal and on into the activities. */
export function temporalTracing(tracer: Tracer, ids: SpanIds): Pick<Tracing, 'client' | 'activity' | 'sinks'> {
  return { client: [clientTracing(tracer)], activity: [activityTracing(tracer)], sinks: workflowSinks(tracer, ids) };
}

function clientTracing(tracer: Tracer): WorkflowClientInterceptor {
  return {
    signalWithStart(input, next) {
      const attributes = { [WORKFLOW_ID]: input.options.workflowId };
      const span = tracer.startSpan(`SignalWithStartWorkflow:${input.workflowType}`, {
        kind: SpanKind.PRODUCER,
        attributes,
      });
      const inside = trace.setSpan(context.active(), span);
      const headers = { ...input.headers, ...carrying(span) };
      return ending(span, context.with(inside, next, undefined, { ...input, headers }));
    },
  };
}

function activityTracing(tracer: Tracer): ActivityInterceptorsFactory {
  return ({ info }) => ({
    inbound: {
      execute(input, next) {
        const parent = read(input.headers);
        const span = tracer.startSpan(
          `RunActivity:${info.activityType}`,
          { kind: SpanKind.CONSUMER, attributes: attributesOf(info) },
          parent,
        );
        const fields = { ...currentLogFields(), traceId: span.spanContext().traceId };
        const inside = trace.setSpan(parent, span);
        return ending(
          span,
          withLogFields(fields, () => context.with(inside, next, undefined, input)),
        );
      },
    },
  });
}

function attributesOf({ activityId, attempt, workflowExecution: workflow }: Info): Attributes {
  return {
    [ACTIVITY_ID]: activityId,
    'temporal.activity.attempt': attempt,
    ...(workflow === undefined ? {} : { [WORKFLOW_ID]: workflow.workflowId, [RUN_ID]: workflow.runId }),
  };
}

function workflowSinks(tracer: Tracer, ids: SpanIds): InjectedSinks<TraceSinks> {
  return {
    trace: {
      span: {
        callDuringReplay: false,
        fn({ workflowId, runId, workflowType }, { parent, spanId, startMs, endMs, failed }) {
          const attributes = { [WORKFLOW_ID]: workflowId, [RUN_ID]: runId };
          ids.give(spanId);
          const span = tracer.startSpan(
            `RunWorkflow:${workflowType}`,
            { startTime: startMs, attributes },
            contextOf(parent),
          );
          if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end(endMs);
        },
      },
    },
  };
}

async function ending<Result>(span: Span, work: Promise<Result>): Promise<Result> {
  try {
    return await work;
  } catch (error) {
    const benign = error instanceof ApplicationFailure && error.category === ApplicationFailureCategory.BENIGN;
    // The failure's type, not its message, which may hold personal data: more people read traces than logs.
    const type =
      error instanceof ApplicationFailure
        ? (error.type ?? error.name)
        : error instanceof Error
          ? error.name
          : typeof error;
    span.setAttribute('error.type', type);
    if (!benign) span.setStatus({ code: SpanStatusCode.ERROR });
    throw error;
  } finally {
    span.end();
  }
}

function carrying(span: Span): Headers {
  const { traceId, spanId, traceFlags } = span.spanContext();
  const traceparent = formatTraceParent({ traceId, spanId, sampled: (traceFlags & 1) === 1 });
  return { [TRACE_HEADER]: defaultPayloadConverter.toPayload({ traceparent }) };
}

function read(headers: Headers): Context {
  const payload = headers[TRACE_HEADER];
  if (payload === undefined) return contextOf(null);
  const { traceparent } = defaultPayloadConverter.fromPayload<{ traceparent?: unknown }>(payload);
  return contextOf(parseTraceParent(traceparent));
}
