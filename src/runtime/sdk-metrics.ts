import { createServer } from 'node:net';
import type { MetricsExporterConfig } from '@temporalio/worker';
import { portOf } from './listen';
import type { OtherMetrics } from './metrics-server';

const READ_WITHIN_MS = 5_000;

/**
 * Configures the metrics of Temporal's SDK. The SDK keeps them in native code and serves them itself, here on a free
 * loopback port. `read` copies them to the metrics port of the worker. Their names are those of Temporal's
 * documentation and dashboards. Durations are in seconds, as Prometheus recommends.
 */
export async function sdkMetrics(): Promise<{ readonly options: MetricsExporterConfig; readonly read: OtherMetrics }> {
  const address = `127.0.0.1:${await freePort()}`;
  return {
    options: { prometheus: { bindAddress: address, useSecondsForDurations: true } },
    async read() {
      const response = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(READ_WITHIN_MS) });
      return await response.text();
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const port = portOf(server);
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (port === null) throw new Error('No free port on 127.0.0.1');
  return port;
}
