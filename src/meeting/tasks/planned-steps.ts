import type { ProcessedMeeting } from '../intake/processed-meeting';
import type { ParticipantSettings } from '../people/participants';
import { isTaskKind, matchSteps, stepsOf, type KnownTask, type MatchedStep, type TaskKind } from './steps';
import { wantsTask, type CreateTasks } from './wanted';

/** Why a next step gets no task, or what becomes of its task: sentences for people. */
export const TASK_REASONS = {
  off: 'The settings make no tasks of next steps.',
  notInternal: 'No colleague is the owner of this step.',
  earlier: 'The meeting came in before tasks were turned on. Syncing it again makes its tasks.',
  deleted: 'A person deleted the task in HubSpot. Only syncing the meeting again makes another one.',
  touched: 'A person completed, changed or reassigned the task in HubSpot, so it stays as it is.',
  same: 'HubSpot has the task as it should be.',
  dropped: 'The meeting no longer has this step.',
  notWritten: 'The meeting would not be in HubSpot.',
  unlinked: 'The meeting would be linked to no record, so its tasks stay as they are.',
} as const;

/** What decides which steps of a meeting have tasks. */
export interface StepFacts<Known extends KnownTask> {
  readonly meeting: Pick<ProcessedMeeting, 'host' | 'participants' | 'summary'>;
  readonly settings: ParticipantSettings & { readonly createTasks: CreateTasks };
  readonly known: readonly Known[];
  /** The kinds of the ledger. Those that are not of tasks are ignored. */
  readonly kinds: readonly string[];
  /** Whether new tasks are made: the meeting came in since the settings make tasks, or a person asked for the sync. */
  readonly makesNew: boolean;
}

/** A step of a meeting, and why it has no task and gets none. Null for one that has a task or gets one. */
export interface PlannedStep<Known extends KnownTask> extends MatchedStep<Known> {
  readonly without: string | null;
}

export interface PlannedSteps<Known extends KnownTask> {
  readonly steps: readonly PlannedStep<Known>[];
  /** Tasks whose step is no longer in the meeting. `known` is null if the step was forgotten. */
  readonly dropped: readonly { readonly kind: TaskKind; readonly known: Known | null }[];
}

/**
 * Decides which steps have a task. A step with one in the ledger keeps it, so that a task follows its step even if the
 * settings have changed.
 */
export function planSteps<Known extends KnownTask>(facts: StepFacts<Known>): PlannedSteps<Known> {
  const { steps, dropped } = matchSteps(stepsOf(facts.meeting.summary.nextSteps), facts.known);
  const written = new Set(facts.kinds);
  const kinds = new Set<string>([...steps, ...dropped].map(({ kind }) => kind));
  // The steps of a deleted meeting are forgotten, and it may have been posted again since.
  const forgotten = facts.kinds.filter((kind) => isTaskKind(kind)).filter((kind) => !kinds.has(kind));
  return {
    steps: steps.map((each) => ({ ...each, without: written.has(each.kind) ? null : whyWithout(each, facts) })),
    dropped: [
      ...dropped.map((known) => ({ kind: known.kind, known })),
      ...forgotten.map((kind) => ({ kind, known: null })),
    ],
  };
}

function whyWithout<Known extends KnownTask>(
  { step }: MatchedStep<Known>,
  { meeting, settings, makesNew }: StepFacts<Known>,
): string | null {
  if (settings.createTasks === 'off') return TASK_REASONS.off;
  if (!wantsTask(step.step, meeting, settings)) return TASK_REASONS.notInternal;
  return makesNew ? null : TASK_REASONS.earlier;
}
