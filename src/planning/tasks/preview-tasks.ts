import type { ConnectedCrm } from '../../connection/open-crm';
import { contentHash } from '../../hubspot/activities';
import type { PreviewedTask } from '../../meeting/preview';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import type { Settings } from '../../meeting/settings';
import { planSteps, TASK_REASONS } from '../../meeting/tasks/planned-steps';
import { isTaskKind, type TaskKind } from '../../meeting/tasks/steps';
import type { DbPool } from '../../store/database';
import { listEngagements, type EngagementRow } from '../../store/engagements/ledger';
import { listStepTasks } from '../../store/engagements/tasks';
import type { AccountMeeting } from '../../store/meetings/key';
import { decideTask, type TaskFacts } from './decide-task';
import { dueTask, type DueTask } from './due-task';
import { editedInTask } from './edited-task';

/** A meeting whose tasks are previewed. `makesNew`: as in `StepFacts`. */
export interface MeetingOfTasks extends Pick<TaskFacts, 'outcome'> {
  readonly key: AccountMeeting;
  readonly meeting: ProcessedMeeting;
  readonly settings: Settings;
  readonly makesNew: boolean;
}

/**
 * What a sync would do with the tasks of a meeting's next steps: first those of its steps, in their order, then those whose
 * step it no longer has. Without tasks in HubSpot, a workspace that makes none has no entries. Tasks are read from HubSpot,
 * and nothing is written.
 */
export async function previewTasks(
  db: DbPool,
  connected: ConnectedCrm,
  { key, meeting, settings, makesNew, outcome }: MeetingOfTasks,
): Promise<PreviewedTask[]> {
  const rows = (await listEngagements(db, key, key.portalId)).filter(({ kind }) => isTaskKind(kind));
  if (rows.length === 0 && settings.createTasks === 'off') return [];
  const known = await listStepTasks(db, key);
  const { steps, dropped } = planSteps({ meeting, settings, known, makesNew, kinds: rows.map(({ kind }) => kind) });
  const rowOf = (kind: TaskKind) => rows.find((row) => row.kind === kind) ?? null;
  const ofSteps = steps
    .filter(({ kind, without }) => rowOf(kind) !== null || (outcome === 'written' && without !== TASK_REASONS.off))
    .map(async ({ without, ...step }) => {
      const due = await dueTask({ db }, connected, { meeting, settings }, step);
      return await previewTask(connected, rowOf(step.kind), { outcome, due, without, text: null });
    });
  const ofDropped = dropped
    .filter(({ kind }) => rowOf(kind) !== null)
    .map(async ({ kind, known: task }) => {
      const text = task?.text ?? null;
      return await previewTask(connected, rowOf(kind), { outcome, due: null, without: null, text });
    });
  return await Promise.all([...ofSteps, ...ofDropped]);
}

async function previewTask(
  { crm }: ConnectedCrm,
  row: EngagementRow | null,
  {
    outcome,
    due,
    without,
    text,
  }: Pick<TaskFacts, 'outcome'> & {
    readonly due: DueTask | null;
    readonly without: string | null;
    readonly text: string | null;
  },
): Promise<PreviewedTask> {
  const id = row?.hubspot_id ?? null;
  const record = id === null ? null : await crm.objects('tasks').read(id);
  const isTouched =
    row !== null && record !== null && editedInTask(row, due?.content.properties ?? {}, record).length > 0;
  const decided = decideTask({
    outcome,
    row,
    step: due === null ? null : { without, contentHash: contentHash(due.content) },
    found: record === null ? 'gone' : isTouched ? 'touched' : 'untouched',
  });
  return {
    stepId: due?.stored.stepId ?? null,
    text: due?.stored.text ?? text ?? record?.properties['hs_task_subject'] ?? '',
    ...decided,
    id,
    url: row?.url ?? null,
    dueAt: due?.stored.dueAt ?? null,
    ownerEmail: due?.stored.ownerEmail ?? null,
  };
}
