import { setTimeout as sleep } from 'node:timers/promises';
import {
  context,
  diag,
  DiagLogLevel,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span,
  type Tracer,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { requestIds } from './request-ids';
import { contextOf, SpanIds } from './opentelemetry-context';
import { hubspotTracing } from './opentelemetry-hubspot';
import { temporalTracing } from './opentelemetry-temporal';
import { parseTraceParent } from '../temporal/traceparent';
import type { Tracing } from './trace-hooks';

const FLUSH_WITHIN_MS = 5_000;

/** Starts OpenTelemetry's SDK, configured by its standard variables. Loaded only when an OTLP endpoint is set. */
export function startOpenTelemetry(service: string, log: Logger): Tracing {
  // An exporter that cannot reach its collector reports it here and drops its spans.
  const warn = (message: string) => log.warn({ message }, 'traces: a message of the OpenTelemetry SDK');
  diag.setLogger(
    { error: warn, warn, info: () => undefined, debug: () => undefined, verbose: () => undefined },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const ids = new SpanIds();
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }).merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
    idGenerator: ids,
  });
  // Registers the context manager but no propagator: we propagate `traceparent` ourselves, without `tracestate` or
  // baggage, and never to HubSpot.
  provider.register({ propagator: null });
  const tracer = provider.getTracer('hubspot-meeting-sync');
  return {
    http: (app) => traceRequests(app, tracer),
    ...temporalTracing(tracer, ids),
    hubspot: hubspotTracing(tracer),
    async close() {
      const late = sleep(FLUSH_WITHIN_MS, undefined, { ref: false });
      await Promise.race([provider.shutdown().catch((error: unknown) => warn(String(error))), late]);
    },
  };
}

interface Traced {
  readonly span: Span;
  readonly inside: Context;
}

function traceRequests(app: FastifyInstance, tracer: Tracer): void {
  const traced = new WeakMap<FastifyRequest, Traced>();

  app.addHook('onRequest', (request, reply, done) => {
    const route = request.routeOptions.url;
    if (route === undefined || route === '/healthz' || route === '/readyz' || route.startsWith('/assets/')) {
      done();
      return;
    }
    const attributes = { 'http.request.method': request.method, 'http.route': route };
    const span = tracer.startSpan(
      `${request.method} ${route}`,
      { kind: SpanKind.SERVER, attributes },
      contextOf(parseTraceParent(request.headers['traceparent'])),
    );
    const inside = trace.setSpan(ROOT_CONTEXT, span);
    traced.set(request, { span, inside });
    request.log = reply.log = request.log.child({ traceId: span.spanContext().traceId });
    context.with(inside, done);
  });
  // Reading the body loses the context, because it continues in events of the socket.
  app.addHook('preValidation', (request, _reply, done) => {
    const known = traced.get(request);
    if (known === undefined) done();
    else context.with(known.inside, done);
  });
  app.addHook('onResponse', (request, reply, done) => {
    const known = traced.get(request);
    if (known !== undefined) {
      const { workspaceId, meetingId } = requestIds(request);
      known.span.setAttributes({
        'http.response.status_code': reply.statusCode,
        ...(workspaceId === undefined ? {} : { 'workspace.id': workspaceId }),
        ...(meetingId === undefined ? {} : { 'meeting.id': meetingId }),
      });
      if (reply.statusCode >= 500) known.span.setStatus({ code: SpanStatusCode.ERROR });
      known.span.end();
    }
    done();
  });
}
