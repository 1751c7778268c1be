import type { ConnectedCrm } from '../../connection/open-crm';
import { completedAt } from '../../hubspot/activities';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import { answeredBefore, editedProperties, textsOf, type EditedQuestion } from '../../hubspot/edited-properties';
import type { Properties } from '../../hubspot/objects';
import { markUpdating, recordUpdated } from '../../store/engagements/ledger';
import {
  erasedTextOf,
  markErasedTextWritten,
  saveSeenTasks,
  type SeenTask,
  type TaskKey,
} from '../../store/engagements/tasks';
import type { ActivityDependencies } from '../dependencies';
import type { SettledEngagement } from '../engagements/recover';
import { answeredTo, questionOf, type EngagementUpdate } from '../engagements/update';

type Stored = Pick<ActivityDependencies, 'db'>;

/** Properties whose change by a person makes the task theirs. An empty value: we may never have written it. */
const WATCHED: Properties = {
  hs_timestamp: '',
  hubspot_owner_id: '',
  hs_task_subject: '',
  hs_task_body: '',
  hs_task_status: '',
  hs_task_type: '',
};

/** What an update sends. Without the status, a task that a person completes at this moment stays completed. */
const SENT = ['hs_timestamp', 'hubspot_owner_id', 'hs_task_subject', 'hs_task_body'];
/** What names people. It is written again when a person was erased from the meeting, although the task is a person's. */
const TEXTS = ['hs_task_subject', 'hs_task_body'];

/**
 * The properties of a task that a person changed since our last write. A task with one of them is theirs: completed, edited
 * or reassigned. A priority counts too, because we never set one.
 *
 * @param wanted - what is due; nothing if the step is no longer in the meeting
 */
function editedInTask(
  existing: SettledEngagement,
  wanted: Properties,
  current: Pick<CrmRecord, 'properties'>,
): string[] {
  const priority = current.properties['hs_task_priority'] ?? '';
  return [
    ...editedProperties(taskQuestion(existing, wanted, current)),
    ...(priority === '' || priority === 'NONE' ? [] : ['hs_task_priority']),
  ];
}

function taskQuestion(
  existing: SettledEngagement,
  wanted: Properties,
  current: Pick<CrmRecord, 'properties'>,
): EditedQuestion {
  return questionOf(existing, { ...WATCHED, ...wanted }, current);
}

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
  const edited = editedInTask(existing, wanted, record);
  const erased = await erasedTextOf(db, key);
  const names = edited.length === 0 ? SENT : erased === null ? [] : TEXTS;
  const written = Object.fromEntries(Object.entries(wanted).filter(([name]) => names.includes(name)));
  const before = answeredBefore(taskQuestion(existing, wanted, record), edited);
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
 * Whether a person made the task of a step that is no longer in the meeting theirs. A deleted task is no one's. If a person
 * was erased from its text, it gets the text without them all the same.
 *
 * @param textsOfStep - the subject and body for a text
 */
export async function isTouched(
  { db }: Stored,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: TaskKey,
  existing: SettledEngagement,
  textsOfStep: ((text: string) => Properties) | null = null,
): Promise<boolean> {
  const objects = crm.objects(existing.row.object_type);
  const record = await objects.read(existing.hubspotId);
  if (record === null) return false;
  await noteState({ db }, key.portalId, record);
  if (editedInTask(existing, {}, record).length === 0) return false;
  const erased = textsOfStep === null ? null : await erasedTextOf(db, key);
  if (textsOfStep !== null && erased !== null) {
    await objects.update({ id: existing.hubspotId, properties: textsOfStep(erased) });
    await markErasedTextWritten(db, key, erased);
  }
  return true;
}

/** What became of a task, for the status document. */
export function seenTask(record: CrmRecord): SeenTask {
  return { hubspotId: record.id, completedAt: completedAt(record)?.toISOString() ?? null };
}

async function noteState({ db }: Stored, portalId: number, record: CrmRecord): Promise<void> {
  await saveSeenTasks(db, portalId, [seenTask(record)]);
}
