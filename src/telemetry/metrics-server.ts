import { createServer, type Server } from 'node:http';
import type { Metrics } from './metrics';

/** Metrics of another exporter in the same process: Temporal's SDK serves its own. */
export type OtherMetrics = () => Promise<string>;

const NO_OTHERS: OtherMetrics = () => Promise.resolve('');

/** Serves a process' metrics at `/metrics`, on a port of its own that need not be public. */
export function createMetricsServer(metrics: Pick<Metrics, 'text'>, others: OtherMetrics = NO_OTHERS): Server {
  return createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Metrics are at /metrics.\n');
      return;
    }
    Promise.all([metrics.text(), others()]).then(
      ([{ type, text }, other]) => response.writeHead(200, { 'content-type': type }).end(`${text}\n${other}`),
      (error: unknown) => response.writeHead(500, { 'content-type': 'text/plain' }).end(`${String(error)}\n`),
    );
  });
}
