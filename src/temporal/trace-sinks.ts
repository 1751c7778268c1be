import type { Sinks } from '@temporalio/workflow';
import type { TraceParent } from './traceparent';

/**
 * The work of a workflow for one request: from its first step until it ends or waits. Times are Unix milliseconds.
 */
export interface WorkflowSpan {
  readonly parent: TraceParent;
  readonly spanId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly failed: boolean;
}

export interface TraceSinks extends Sinks {
  readonly trace: { span(span: WorkflowSpan): void };
}
