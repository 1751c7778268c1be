import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { RequestObserver } from '../hubspot/transport';
import type { TraceSinks } from '../workflows/trace-interceptors';
import type * as OpenTelemetry from './opentelemetry';

/** The hooks with which server and worker collect traces. */
export interface Tracing {
  /** Records a span for every request of the API and the pages. */
  http(app: FastifyInstance): void;
  /** Record a span for every sync that is sent to Temporal, and propagate its context. */
  readonly client: WorkflowClientInterceptor[];
  /** Record a span for every attempt of an activity. */
  readonly activity: ActivityInterceptorsFactory[];
  /** Record the spans of workflows. */
  readonly sinks: InjectedSinks<TraceSinks>;
  /** Records a span for every request to HubSpot, in the trace of each caller that it serves. */
  readonly hubspot: RequestObserver;
  /** Sends the remaining spans, for at most five seconds. */
  close(): Promise<void>;
}

/** Collects nothing, and does not load OpenTelemetry's SDK. */
export const NO_TRACING: Tracing = {
  http: () => undefined,
  client: [],
  activity: [],
  sinks: { trace: { span: { fn: () => undefined, callDuringReplay: false } } },
  hubspot: () => undefined,
  close: () => Promise.resolve(),
};

/**
 * Collects traces when an OTLP endpoint is set. OpenTelemetry's SDK reads its own standard variables
 * (`OTEL_EXPORTER_OTLP_*`, `OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`, `OTEL_TRACES_SAMPLER`, `OTEL_BSP_*` …).
 *
 * @param service - the service name, unless the environment sets one
 */
export function openTracing(config: { readonly tracing: boolean }, service: string, log: Logger): Tracing {
  if (!config.tracing) return NO_TRACING;
  const { startOpenTelemetry } = require('./opentelemetry') as typeof OpenTelemetry;
  return startOpenTelemetry(service, log);
}
