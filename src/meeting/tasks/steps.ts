import { createHash } from 'node:crypto';
import type { NextStep } from '../intake/processed-meeting';

/** The kind of a task in the ledger. It identifies the task of one step within a meeting. */
export type TaskKind = `task:${string}`;

/** Whether a kind of the ledger is that of a task. */
export function isTaskKind(kind: string): kind is TaskKind {
  return kind.startsWith('task:');
}

/** What identifies a step: the caller's id, or else its text. */
export interface StepIdentity {
  readonly stepId: string | null;
  /** Digest of the text, regardless of case and spaces. The same for texts that name the same step. */
  readonly textKey: string;
}

/** A next step of a meeting, without its doubles. */
export interface Step extends StepIdentity {
  readonly step: NextStep;
}

/** A step that has, or may have, a task in HubSpot. */
export interface KnownTask extends StepIdentity {
  readonly kind: TaskKind;
}

/** A step, and the task that belongs to it. `known` is null for a step without one so far. */
export interface MatchedStep<Known extends KnownTask> {
  readonly step: Step;
  readonly kind: TaskKind;
  readonly known: Known | null;
}

/** The steps of a meeting with their tasks, and the tasks whose step is no longer in the meeting. */
export interface MatchedSteps<Known extends KnownTask> {
  readonly steps: readonly MatchedStep<Known>[];
  readonly dropped: readonly Known[];
}

const BLANKS = /[\s\p{Z}\p{Cc}]+/gu;
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}]/gu;

/** Digest of a step's text. Case, spaces and invisible characters do not matter. */
export function textKeyOf(text: string): string {
  // Upper case first: some small letters, such as ß and ς, have the same capitals as others.
  const folded = text.normalize('NFKC').toUpperCase().toLowerCase();
  return digest(folded.replaceAll(BLANKS, ' ').replaceAll(INVISIBLE, '').trim());
}

/**
 * The steps of a meeting, each once. Of two steps with one id, the first counts. A step without an id is a double of any
 * other step with its text.
 */
export function stepsOf(nextSteps: readonly NextStep[]): Step[] {
  const all = nextSteps.map((step) => ({ step, stepId: step.id ?? null, textKey: textKeyOf(step.text) }));
  const firstById = new Map(all.toReversed().map((step) => [step.stepId, step]));
  const named = new Set(all.flatMap((step) => (step.stepId === null ? [] : [step.textKey])));
  const firstByText = new Map(
    all
      .filter(({ stepId }) => stepId === null)
      .toReversed()
      .map((step) => [step.textKey, step]),
  );
  return all.filter((step) =>
    step.stepId === null
      ? !named.has(step.textKey) && firstByText.get(step.textKey) === step
      : firstById.get(step.stepId) === step,
  );
}

/**
 * Finds the task of each step: by the step's id, or else by its text if the step or the task has no id. So a pipeline may
 * begin or cease to send ids without a second task. Two different ids are two steps, even with one text.
 */
export function matchSteps<Known extends KnownTask>(
  steps: readonly Step[],
  tasks: readonly Known[],
): MatchedSteps<Known> {
  const byId = new Map(tasks.flatMap((task) => (task.stepId === null ? [] : [[task.stepId, task] as const])));
  const known = new Map<Step, Known>();
  for (const step of steps) {
    const task = step.stepId === null ? undefined : byId.get(step.stepId);
    if (task !== undefined) known.set(step, task);
  }
  const left = new Set(tasks.filter((task) => ![...known.values()].includes(task)));
  for (const step of steps) {
    if (known.has(step)) continue;
    const task = [...left].find(
      (each) => each.textKey === step.textKey && (each.stepId === null || step.stepId === null),
    );
    if (task === undefined) continue;
    known.set(step, task);
    left.delete(task);
  }
  const taken = new Set(tasks.map(({ kind }) => kind));
  return {
    steps: steps.map((step) => {
      const task = known.get(step) ?? null;
      const kind = task?.kind ?? freeKind(step, taken);
      taken.add(kind);
      return { step, kind, known: task };
    }),
    dropped: [...left],
  };
}

/** The same step gets the same kind in every pass, unless another task has it by now. */
function freeKind({ stepId, textKey }: Step, taken: ReadonlySet<TaskKind>): TaskKind {
  for (let place = 0; ; place += 1) {
    const identity = stepId === null ? ['text', textKey] : ['id', stepId];
    const kind: TaskKind = `task:${digest(JSON.stringify(place === 0 ? identity : [...identity, place]))}`;
    if (!taken.has(kind)) return kind;
  }
}

function digest(value: string): string {
  return createHash('sha256').update(value).digest('base64url').slice(0, 22);
}
