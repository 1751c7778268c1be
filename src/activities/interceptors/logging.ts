import type { Logger } from 'pino';
import { z } from 'zod';
import { currentLogFields, withLogFields } from '../../telemetry/log-context';
import type { Metrics } from '../../telemetry/metrics';
import { PASS_STEPS } from '../../temporal/names';
import type { AroundStep } from './step';

/** Every activity's input names its meeting. */
const meetingKey = z.object({ workspaceId: z.string(), meetingId: z.string() }).partial().catch({});
const passOutcome = z.object({
  outcome: z.object({
    status: z.string(),
    code: z.string().optional(),
    reason: z.object({ code: z.string() }).nullish(),
  }),
});

/** Adds the meeting and the run to every log line of an activity, and counts the outcomes of syncs. */
export function stepLogging({ log, metrics }: { log: Logger; metrics: Pick<Metrics, 'sync'> }): AroundStep {
  return ({ activity, attempt, workflowId, runId }, input, run) => {
    const fields = { ...currentLogFields(), ...meetingKey.parse(input), workflowId, runId, activity, attempt };
    return withLogFields(fields, async () => {
      const startedAt = performance.now();
      const result = await run();
      log.debug({ ms: Math.round(performance.now() - startedAt) }, 'activity done');
      const ended = outcomeOf(activity, input);
      if (ended !== null) {
        metrics.sync(ended.outcome, ended.reason);
        log.info(ended, 'the pass of a sync ended');
      }
      return result;
    });
  };
}

/** The outcome of the pass if this activity ended it, or null if the pass continues. */
function outcomeOf(activityType: string, input: unknown): { outcome: string; reason: string | null } | null {
  if (activityType === PASS_STEPS.erase) return { outcome: 'deleted', reason: null };
  if (activityType !== PASS_STEPS.end) return null;
  const { outcome } = passOutcome.parse(input);
  return { outcome: outcome.status, reason: outcome.code ?? outcome.reason?.code ?? null };
}
