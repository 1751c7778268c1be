import { sql } from 'kysely';
import type { KnownTask, TaskKind } from '../../meeting/tasks/steps';
import { textKeyOf } from '../../meeting/tasks/steps';
import type { TaskState } from '../../meeting/tasks/task-state';
import type { Db } from '../database';
import { groupedBy, merged } from '../merged';
import { idInAccount, idOfRow, ofMeetings, type AccountMeeting, type MeetingKey } from '../meetings/key';

/** The task of one step in one HubSpot account. */
export interface TaskKey extends AccountMeeting {
  readonly kind: TaskKind;
}

function ofTask({ workspaceId, meetingId, portalId, kind }: TaskKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId, kind };
}

/** A next step that has, or may have, a task. */
export interface StepTask extends KnownTask {
  readonly text: string;
  /** In the meeting's list of next steps. */
  readonly position: number;
  /** Who does it: the owner of the step, or else the host. */
  readonly ownerEmail: string;
  /** ISO 8601. */
  readonly dueAt: string;
}

/** A step that has, or may have, a task, with its text as its task has it. */
export type StoredTask = KnownTask & Pick<StepTask, 'text'>;

/**
 * The steps of one meeting that have, or may have, a task in one account. Those whose task a person deleted come last, so
 * that of several steps with one text, those with a task are found first.
 */
export async function listStepTasks(db: Db, key: AccountMeeting): Promise<readonly StoredTask[]> {
  return await stepTasksOf(db, key);
}

const stepTasksOf = merged(async (db, asked: readonly AccountMeeting[]): Promise<(readonly StoredTask[])[]> => {
  const rows = await db
    .selectFrom('step_tasks')
    .select(['workspace_id', 'meeting_id', 'portal_id', 'kind', 'step_id', 'text_key', 'text'])
    .where(ofMeetings(asked))
    .orderBy(
      sql<boolean>`exists (
        select from engagements where engagements.workspace_id = step_tasks.workspace_id
          and engagements.meeting_id = step_tasks.meeting_id and engagements.portal_id = step_tasks.portal_id
          and engagements.kind = step_tasks.kind and deleted_at is not null
      )`,
    )
    .orderBy('kind')
    .execute();
  const found = groupedBy(rows, idOfRow);
  return asked.map((meeting) =>
    found(idInAccount(meeting)).map(({ kind, step_id: stepId, text_key: textKey, text }) => ({
      kind,
      stepId,
      textKey,
      text,
    })),
  );
});

/** Commits what identifies the steps, before their tasks are created. What became of the tasks stays. */
export async function saveStepTasks(db: Db, key: AccountMeeting, tasks: readonly StepTask[]): Promise<void> {
  if (tasks.length === 0) return;
  await db
    .insertInto('step_tasks')
    .values(
      tasks.map(({ kind, stepId, textKey, text, position, ownerEmail, dueAt }) => ({
        ...ofTask({ ...key, kind }),
        step_id: stepId,
        text_key: textKey,
        text,
        position,
        owner_email: ownerEmail,
        due_at: dueAt,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(['workspace_id', 'meeting_id', 'portal_id', 'kind']).doUpdateSet((set) => ({
        step_id: set.ref('excluded.step_id'),
        text_key: set.ref('excluded.text_key'),
        text: set.ref('excluded.text'),
        position: set.ref('excluded.position'),
        owner_email: set.ref('excluded.owner_email'),
        due_at: set.ref('excluded.due_at'),
      })),
    )
    .execute();
}

/** Forgets steps that have no task in the ledger. */
export async function forgetStepTasks(db: Db, key: AccountMeeting, kinds: readonly TaskKind[]): Promise<void> {
  if (kinds.length === 0) return;
  await db
    .deleteFrom('step_tasks')
    .where(ofMeetings([key]))
    .where('kind', 'in', kinds)
    .where(
      sql<boolean>`not exists (
        select from engagements where engagements.workspace_id = step_tasks.workspace_id
          and engagements.meeting_id = step_tasks.meeting_id and engagements.portal_id = step_tasks.portal_id
          and engagements.kind = step_tasks.kind
      )`,
    )
    .execute();
}

/** A task as HubSpot has it. `completedAt`: ISO 8601; null while it is open. */
export interface SeenTask {
  readonly hubspotId: string;
  readonly completedAt: string | null;
}

/** Commits what became of tasks. Their meetings count as updated if something changed. */
export async function saveSeenTasks(db: Db, portalId: number, seen: readonly SeenTask[]): Promise<void> {
  if (seen.length === 0) return;
  await sql`
    with changed as (
      update step_tasks set completed_at = seen.completed_at
      from unnest(
        ${seen.map(({ hubspotId }) => hubspotId)}::text[], ${seen.map(({ completedAt }) => completedAt)}::timestamptz[]
      ) as seen (hubspot_id, completed_at)
      join engagements on engagements.portal_id = ${portalId} and engagements.object_type = 'tasks'
        and engagements.hubspot_id = seen.hubspot_id
      where step_tasks.workspace_id = engagements.workspace_id and step_tasks.meeting_id = engagements.meeting_id
        and step_tasks.portal_id = engagements.portal_id and step_tasks.kind = engagements.kind
        and step_tasks.completed_at is distinct from seen.completed_at
      returning step_tasks.workspace_id, step_tasks.meeting_id
    )
    update meetings set updated_at = now() from changed
    where meetings.workspace_id = changed.workspace_id and meetings.meeting_id = changed.meeting_id
  `.execute(db);
}

/** What became of the tasks of several meetings by meeting id, in the order of their steps. */
export async function taskStatesOf(
  db: Db,
  workspaceId: string,
  meetingIds: readonly string[],
): Promise<Map<string, TaskState[]>> {
  if (meetingIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('step_tasks')
    .innerJoin('meetings', (join) =>
      join
        .onRef('meetings.workspace_id', '=', 'step_tasks.workspace_id')
        .onRef('meetings.meeting_id', '=', 'step_tasks.meeting_id')
        .onRef('meetings.portal_id', '=', 'step_tasks.portal_id'),
    )
    .innerJoin('engagements', (join) =>
      join
        .onRef('engagements.workspace_id', '=', 'step_tasks.workspace_id')
        .onRef('engagements.meeting_id', '=', 'step_tasks.meeting_id')
        .onRef('engagements.portal_id', '=', 'step_tasks.portal_id')
        .onRef('engagements.kind', '=', 'step_tasks.kind'),
    )
    .select(['step_tasks.meeting_id', 'step_id', 'text', 'completed_at', 'hubspot_id', 'url', 'deleted_at'])
    .where('step_tasks.workspace_id', '=', workspaceId)
    .where('step_tasks.meeting_id', 'in', meetingIds)
    .orderBy('position')
    .orderBy('step_tasks.kind')
    .execute();
  return new Map(
    [...Map.groupBy(rows, (row) => row.meeting_id)].map(([meetingId, some]) => [meetingId, some.flatMap(stateOf)]),
  );
}

function stateOf(row: {
  readonly step_id: string | null;
  readonly text: string;
  readonly completed_at: Date | null;
  readonly hubspot_id: string | null;
  readonly url: string | null;
  readonly deleted_at: Date | null;
}): TaskState[] {
  const { step_id: stepId, text, hubspot_id: id, url } = row;
  if (id === null || url === null) return [];
  const state = row.deleted_at !== null ? 'deleted' : row.completed_at === null ? 'open' : 'completed';
  return [{ stepId, text, id, url, state }];
}

/**
 * Masks an erased person in the texts of a meeting's steps. The steps keep their tasks.
 *
 * @returns whether a text changed, which a pass has to write to HubSpot
 */
export async function eraseFromStepTasks(
  db: Db,
  { workspaceId, meetingId }: MeetingKey,
  erased: { readonly text: (text: string) => string; readonly ownerEmail: (email: string) => string },
): Promise<boolean> {
  const rows = await db
    .selectFrom('step_tasks')
    .select(['portal_id', 'kind', 'text', 'owner_email'])
    .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId }))
    .execute();
  for (const { portal_id: portalId, kind, text, owner_email: ownerEmail } of rows) {
    const masked = erased.text(text);
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await db
      .updateTable('step_tasks')
      .set({
        text: masked,
        text_key: textKeyOf(masked),
        owner_email: erased.ownerEmail(ownerEmail),
        ...(masked === text ? {} : { erased: true }),
      })
      .where((where) => where.and({ workspace_id: workspaceId, meeting_id: meetingId, portal_id: portalId, kind }))
      .execute();
  }
  return rows.some(({ text }) => erased.text(text) !== text);
}

/** The text of a step from which a person was erased, if HubSpot may still have the text from before. Null otherwise. */
export async function erasedTextOf(db: Db, key: TaskKey): Promise<string | null> {
  const row = await db
    .selectFrom('step_tasks')
    .select('text')
    .where((where) => where.and({ ...ofTask(key), erased: true }))
    .executeTakeFirst();
  return row?.text ?? null;
}

/** Commits that HubSpot has the text of a step without the person who was erased from it. */
export async function markErasedTextWritten(db: Db, key: TaskKey, text: string): Promise<void> {
  await db
    .updateTable('step_tasks')
    .set({ erased: false })
    .where((where) => where.and({ ...ofTask(key), text }))
    .execute();
}

/** Whether new tasks are created for a meeting: it came in after the workspace began to create tasks. */
export async function isSinceTasks(db: Db, workspaceId: string, postedAt: Date): Promise<boolean> {
  const row = await db.selectFrom('workspaces').select('tasks_since').where('id', '=', workspaceId).executeTakeFirst();
  const since = row?.tasks_since ?? null;
  return since === null || postedAt >= since;
}
