import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { z } from 'zod';
import { describeError, withoutSecrets } from '../../telemetry/log';
import type { Database } from '../../store/schema';
import { noteAttempt, noteRest, noteStep, type StepReport } from '../../store/meetings/sync-attempts';
import { notingRequests, RequestNotes } from '../../telemetry/request-recorder';
import type { Activities } from '..';

/** Only a meeting's steps name both. */
const meetingKey = z.object({ workspaceId: z.string(), meetingId: z.string() });
const restingPlace = z.object({ outcome: z.object({ status: z.string() }) });

const BEGINS: keyof Activities = 'beginSync';
const RECORDS: keyof Activities = 'recordOutcome';
const ERASES: keyof Activities = 'erase';

const MAX_FAILURE = 500;

/**
 * Writes the history of every sync: a row for each pass, and a row for each step with the requests to HubSpot that it
 * took part in. Requests are collected during the step and written once at its end. Measured, it costs a sync some ten
 * small statements. If the history cannot be written, that is logged and the sync continues.
 */
export function historyInterceptor({
  db,
  log,
}: {
  readonly db: Kysely<Database>;
  readonly log: Logger;
}): ActivityInterceptorsFactory {
  return ({ info: { activityId, activityType, attempt, workflowExecution } }) => ({
    inbound: {
      async execute(input, next) {
        const key = meetingKey.safeParse(input.args[0]);
        const runId = workflowExecution?.runId;
        if (!key.success || runId === undefined) return await next(input);
        const notes = new RequestNotes();
        const startedAt = performance.now();
        try {
          const result: unknown = await notingRequests(notes, () => next(input));
          await write({ done: factsOf(result), failure: null });
          return result;
        } catch (error) {
          await write({ done: null, failure: wordsOf(error) });
          throw error;
        }

        async function write({ done, failure }: Pick<StepReport, 'done' | 'failure'>): Promise<void> {
          if (!key.success || runId === undefined || activityType === ERASES) return;
          const ms = performance.now() - startedAt;
          try {
            if (activityType === RECORDS) {
              const rest = restingPlace.safeParse(input.args[0]);
              if (failure === null && rest.success) await noteRest(db, key.data, runId, rest.data.outcome.status);
              return;
            }
            if (activityType === BEGINS) await noteAttempt(db, key.data, { runId, begunBy: activityId, ms });
            await noteStep(db, key.data, runId, {
              activity: activityType,
              attempt,
              ms,
              done,
              failure,
              requests: notes.requests,
              requestsLeftOut: notes.leftOut,
            });
          } catch (error) {
            log.warn({ error: describeError(error), activity: activityType }, 'the history could not be written');
          }
        }
      },
    },
  });
}

/** The numbers, booleans and single words of a step's result. */
function factsOf(result: unknown): Record<string, string | number | boolean> {
  if (typeof result !== 'object' || result === null) return {};
  return Object.fromEntries(
    Object.entries(result).flatMap(([name, value]: [string, unknown]) =>
      typeof value === 'number' || typeof value === 'boolean' || (typeof value === 'string' && value.length <= 40)
        ? [[name, value] as const]
        : [],
    ),
  );
}

/** The failures are already converted, so their messages contain no values of ours. */
function wordsOf(error: unknown): string {
  return withoutSecrets(error instanceof Error ? error.message : String(error)).slice(0, MAX_FAILURE);
}
