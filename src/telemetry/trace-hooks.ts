import type { WorkflowClientInterceptor } from '@temporalio/client';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { FastifyInstance } from 'fastify';
import type { RequestObserver } from '../hubspot/client/transport';
import type { TraceSinks } from '../temporal/trace-sinks';

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
