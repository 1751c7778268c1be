import type { Logger } from 'pino';
import type * as OpenTelemetry from './opentelemetry';
import type { Tracing } from './trace-hooks';

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
  const { startOpenTelemetry }: typeof OpenTelemetry = require('./opentelemetry');
  return startOpenTelemetry(service, log);
}
