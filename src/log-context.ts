import { AsyncLocalStorage } from 'node:async_hooks';

/** Which work a log line belongs to. Ids only. */
export interface LogFields {
  readonly workspaceId?: string;
  readonly meetingId?: string;
  readonly workflowId?: string;
  readonly runId?: string;
  readonly activity?: string;
  readonly attempt?: number;
  readonly traceId?: string;
}

const current = new AsyncLocalStorage<LogFields>();

/** Runs `work` so that every log line written on its behalf carries these fields, wherever the line is written. */
export function withLogFields<Result>(fields: LogFields, work: () => Result): Result {
  return current.run(fields, work);
}

/** The fields of the work that is going on; empty outside any. */
export function currentLogFields(): LogFields {
  return current.getStore() ?? {};
}
