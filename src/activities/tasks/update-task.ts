import type { ConnectedCrm } from '../../connection/open-crm';
import { completedAt } from '../../hubspot/activities';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import { answeredBefore, textsOf } from '../../hubspot/edited-properties';
import type { Properties } from '../../hubspot/objects';
import { editedInTask, taskQuestion } from '../../planning/tasks/edited-task';
import { markDeleted, markUpdating, recordUpdated } from '../../store/engagements/ledger';
import {
  erasedTextOf,
  markErasedTextWritten,
  saveSeenTasks,
  type SeenTask,
  type TaskKey,
} from '../../store/engagements/tasks';
import type { ActivityDependencies } from '../dependencies';
import type { SettledEngagement } from '../engagements/recover';
import { answeredTo, type EngagementUpdate } from '../engagements/update';

type Stored = Pick<ActivityDependencies, 'db'>;

/** What an update sends. Without the status, a task that a person completes at this moment stays completed. */
const SENT = ['hs_timestamp', 'hubspot_owner_id', 'hs_task_subject', 'hs_task_body'];
/** What names people. It is written again when a person was erased from the meeting, although the task is a person's. */
const TEXTS = ['hs_task_subject', 'hs_task_body'];

/**
 * Writes a task again, unless a person made it theirs. HubSpot has no conditional update, so the task is read right before.
 *
 * @returns `gone` if a person deleted the task
 */
export async function updateTask(
  { db }: Stored,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: TaskKey,
  { existing, contentHash, wanted: wantedOf }: EngagementUpdate,
): Promise<'updated' | 'gone'> {
  const { hubspotId, row } = existing;
  const objects = crm.objects(row.object_type);
  const record = await objects.read(hubspotId);
  const wanted = record === null ? null : wantedOf(record);
  if (record === null || wanted === null) return 'gone';
  await noteState({ db }, key.portalId, record);
  const edited = editedInTask(row, wanted, record);
  const erased = await erasedTextOf(db, key);
  const names = edited.length === 0 ? SENT : erased === null ? [] : TEXTS;
  const written = Object.fromEntries(Object.entries(wanted).filter(([name]) => names.includes(name)));
  const before = answeredBefore(taskQuestion(row, wanted, record), edited);
  let answered = before;
  if (names.length > 0) {
    await markUpdating(db, key, hubspotId, { answered: before, sending: textsOf(written) });
    const answer = await objects.update({ id: hubspotId, properties: written });
    if (answer === 'gone') return 'gone';
    answered = await answeredTo(objects, written, { known: before, answer });
  }
  await recordUpdated(db, key, { hubspotId, contentHash, answered });
  if (erased !== null) await markErasedTextWritten(db, key, erased);
  return 'updated';
}

/**
 * Looks what people did with the task of a step that is no longer in the meeting. A task that a person made theirs is
 * `touched`. If a person was erased from its text, it gets the text without them all the same.
 *
 * @param textsOfStep - the subject and body for a text
 */
async function lookAtTask(
  { db }: Stored,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: TaskKey,
  existing: SettledEngagement,
  textsOfStep: ((text: string) => Properties) | null,
): Promise<'touched' | 'untouched' | 'gone'> {
  const objects = crm.objects(existing.row.object_type);
  const record = await objects.read(existing.hubspotId);
  if (record === null) return 'gone';
  await noteState({ db }, key.portalId, record);
  if (editedInTask(existing.row, {}, record).length === 0) return 'untouched';
  const erased = textsOfStep === null ? null : await erasedTextOf(db, key);
  if (textsOfStep !== null && erased !== null) {
    await objects.update({ id: existing.hubspotId, properties: textsOfStep(erased) });
    await markErasedTextWritten(db, key, erased);
  }
  return 'touched';
}

/**
 * Whether the task of a step that is no longer in the meeting stays: a person made it theirs, or deleted it. The ledger
 * keeps a deleted one, because the step may come back, and only a resync makes its task again.
 */
export async function taskStays(
  { db }: Stored,
  connected: Pick<ConnectedCrm, 'crm'>,
  key: TaskKey,
  existing: SettledEngagement,
  textsOfStep: ((text: string) => Properties) | null = null,
): Promise<boolean> {
  const { row } = existing;
  if (row.deleted_at !== null && !row.removing) return true;
  const found = await lookAtTask({ db }, connected, key, existing, textsOfStep);
  // After a removal of ours that did not end, a missing task was not deleted by a person.
  if (found !== 'gone' || row.removing) return found === 'touched';
  await markDeleted(db, key, row);
  return true;
}

/** What became of a task, for the status document. */
export function seenTask(record: CrmRecord): SeenTask {
  return { hubspotId: record.id, completedAt: completedAt(record)?.toISOString() ?? null };
}

async function noteState({ db }: Stored, portalId: number, record: CrmRecord): Promise<void> {
  await saveSeenTasks(db, portalId, [seenTask(record)]);
}
