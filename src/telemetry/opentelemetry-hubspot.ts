import {
  context,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Tracer,
} from '@opentelemetry/api';
import { servedCallers } from '../hubspot/client/batch-callers';
import type { RequestObserver } from '../hubspot/client/transport';

/**
 * Records a span for every request to HubSpot. A batch serves several meetings: it is a client span in the trace of the
 * first one, and a linked internal span with the same times in the traces of the others. So each trace is complete, and
 * the number of client spans equals the number of requests.
 */
export function hubspotTracing(tracer: Tracer): RequestObserver {
  return (request, route, answer, ms) => {
    const endTime = Date.now();
    const startTime = endTime - ms;
    const attributes: Attributes = {
      'http.request.method': request.method,
      'url.template': route.slice(request.method.length + 1),
      ...(answer === null ? { 'error.type': 'no_answer' } : { 'http.response.status_code': answer.status }),
    };
    const correlationId = answer?.headers.get('x-hubspot-correlation-id') ?? null;
    if (correlationId !== null) attributes['hubspot.correlation_id'] = correlationId;
    const failed = answer === null || answer.status >= 400;

    const first = context.active();
    const span = tracer.startSpan(route, { kind: SpanKind.CLIENT, startTime, attributes }, first);
    if (failed) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(endTime);
    for (const other of otherCallers(first)) {
      const shared = tracer.startSpan(
        route,
        {
          startTime,
          attributes: { ...attributes, 'hubspot.batch.shared': true },
          links: [{ context: span.spanContext() }],
        },
        other,
      );
      if (failed) shared.setStatus({ code: SpanStatusCode.ERROR });
      shared.end(endTime);
    }
  };
}

/** The contexts of the other callers, each once: one activity may request many records of a batch. */
function otherCallers(first: Context): Context[] {
  const seen = new Set([spanIdIn(first)]);
  return servedCallers()
    .map((inCaller) => inCaller(() => context.active()))
    .filter((caller) => {
      const spanId = spanIdIn(caller);
      if (spanId === undefined || seen.has(spanId)) return false;
      seen.add(spanId);
      return true;
    });
}

function spanIdIn(given: Context): string | undefined {
  return trace.getSpanContext(given)?.spanId;
}
