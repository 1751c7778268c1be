import { createServer, type Server } from 'node:http';
import { INSTANCE_HEADER } from './listen';
import type { Metrics } from '../telemetry/metrics';

/** Reads the metrics of another exporter in the same process: Temporal's SDK has its own. */
export type OtherMetrics = () => Promise<string>;

const NO_OTHERS: OtherMetrics = () => Promise.resolve('');

/**
 * Creates the server of a process's metrics at `/metrics`. It has its own port, which need not be public.
 *
 * @param instanceId - identifies the process in each response
 */
export function createMetricsServer(
  metrics: Pick<Metrics, 'text'>,
  {
    instanceId,
    others = NO_OTHERS,
    problem,
  }: {
    readonly instanceId: string;
    readonly others?: OtherMetrics;
    /** Why the process is not ready, as a sentence for `/ready`; null if it is. */
    readonly problem?: () => string | null;
  },
): Server {
  return createServer((request, response) => {
    response.setHeader(INSTANCE_HEADER, instanceId);
    if (request.url === '/ready' && problem !== undefined) {
      const found = problem();
      response
        .writeHead(found === null ? 200 : 503, { 'content-type': 'application/json' })
        .end(JSON.stringify(found === null ? { status: 'ready' } : { status: 'not ready', problem: found }));
      return;
    }
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
