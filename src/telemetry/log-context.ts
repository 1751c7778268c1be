import { AsyncLocalStorage } from 'node:async_hooks';

/** The ids of the work that a log line belongs to. */
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

/** Runs `work` so that every log line written during it has these fields. */
export function withLogFields<Result>(fields: LogFields, work: () => Result): Result {
  return current.run(fields, work);
}

/** The fields of the current work, or none outside of {@link withLogFields}. */
export function currentLogFields(): LogFields {
  return current.getStore() ?? {};
}
