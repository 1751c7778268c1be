import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import type { RequestObserver } from '../hubspot/transport';
import type { TraceSinks } from '../workflows/trace-interceptors';
import type * as OpenTelemetry from './opentelemetry';

/** Where traces are collected: what server and worker hang into their libraries. */
export interface Tracing {
  /** A span for every request of the API and the pages. */
  http(app: FastifyInstance): void;
  /** A span for every sync that is handed to Temporal, and its context with it. */
  readonly client: WorkflowClientInterceptor[];
  /** A span for every attempt of an activity. */
  readonly activity: ActivityInterceptorsFactory[];
  /** Spans of the workflows themselves. */
  readonly sinks: InjectedSinks<TraceSinks>;
  /** A span for every request to HubSpot, in the trace of everybody whom it served. */
  readonly hubspot: RequestObserver;
  /** Sends what is left, for some seconds at most. */
  close(): Promise<void>;
}

/** No traces: nothing of OpenTelemetry's SDK is loaded. */
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
 * @param service - the service's name where the environment gives none
 */
export function openTracing(config: { readonly tracing: boolean }, service: string, log: Logger): Tracing {
  if (!config.tracing) return NO_TRACING;
  const { startOpenTelemetry } = require('./opentelemetry') as typeof OpenTelemetry;
  return startOpenTelemetry(service, log);
}
