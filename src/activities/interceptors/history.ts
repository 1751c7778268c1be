import type { Logger } from 'pino';
import { z } from 'zod';
import { describeError, withoutSecrets } from '../../telemetry/log';
import type { DbPool } from '../../store/database';
import { recordPassStart, recordPassEnd, recordStep, type StepReport } from '../../store/meetings/sync-passes';
import { notingRequests, RequestNotes } from '../../telemetry/request-recorder';
import type { MeetingKey } from '../../store/meetings/key';
import { PASS_STEPS, syncMeetingWorkflowId } from '../../temporal/names';
import type { AroundStep, Step } from './step';

/** Only a meeting's steps name both. */
const meetingKey = z.object({ workspaceId: z.string(), meetingId: z.string() });
const passOutcome = z.object({ outcome: z.object({ status: z.string() }) });

const MAX_FAILURE = 500;

/**
 * Writes the history of every sync: a row for each pass, and a row for each step with the requests to HubSpot that it
 * took part in. Requests are collected during the step and written once at its end. Measured, it costs a sync some ten
 * small statements. If the history cannot be written, that is logged and the sync continues.
 */
export function stepHistory({ db, log }: { readonly db: DbPool; readonly log: Logger }): AroundStep {
  return async (step, input, run) => {
    const key = meetingKey.safeParse(input);
    const { runId } = step;
    if (!key.success || runId === undefined) return await run();
    const notes = new RequestNotes();
    const startedAt = performance.now();
    try {
      const result = await notingRequests(notes, run);
      await write(key.data, runId, { done: factsOf(result), failure: null });
      return result;
    } catch (error) {
      await write(key.data, runId, { done: null, failure: wordsOf(error) });
      throw error;
    }

    async function write(
      meeting: MeetingKey,
      ofRun: string,
      { done, failure }: Pick<StepReport, 'done' | 'failure'>,
    ): Promise<void> {
      const { activity, attempt, id } = step;
      if (activity === PASS_STEPS.erase) return;
      const ms = performance.now() - startedAt;
      try {
        if (activity === PASS_STEPS.end) {
          const ended = passOutcome.safeParse(input);
          if (failure === null && ended.success) await recordPassEnd(db, meeting, ofRun, ended.data.outcome.status);
          return;
        }
        if (activity === PASS_STEPS.begin)
          await recordPassStart(db, meeting, {
            runId: ofRun,
            workflowId: otherWorkflow(step, meeting),
            begunBy: id,
            ms,
          });
        await recordStep(db, meeting, ofRun, {
          activity,
          attempt,
          ms,
          done,
          failure,
          requests: notes.requests,
          requestsLeftOut: notes.leftOut,
        });
      } catch (error) {
        log.warn({ error: describeError(error), activity }, 'the history could not be written');
      }
    }
  };
}

/** The workflow that ran a step, if it is not the meeting's own. */
function otherWorkflow({ workflowId }: Step, { workspaceId, meetingId }: MeetingKey): string | null {
  return workflowId === undefined || workflowId === syncMeetingWorkflowId(workspaceId, meetingId) ? null : workflowId;
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
