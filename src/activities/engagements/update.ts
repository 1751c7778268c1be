import type { ConnectedCrm } from '../../connection/open-crm';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import {
  answeredAfter,
  answeredBefore,
  editedProperties,
  saysWhatIsWanted,
  textsOf,
  unanswered,
  type Answered,
} from '../../hubspot/edited-properties';
import type { Properties } from '../../hubspot/objects';
import { definedOf, questionOf } from '../../planning/edited-question';
import { editedRemainsWarning, editedStep, editedWarnings } from '../../meeting/warnings/edited-warnings';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { markUpdating, recordUpdated } from '../../store/engagements/ledger';
import { findMeeting } from '../../store/meetings/meetings';
import { openRestore } from '../../store/engagements/restores';
import { loadSettings } from '../../store/settings/settings';
import { savePassWarnings } from '../../store/meetings/warnings';
import type { ActivityDependencies } from '../dependencies';
import type { SettledEngagement } from './recover';

/** One of the two activities, whose properties people change one by one. Tasks have rules of their own. */
type ActivityKey = EngagementKey & { readonly kind: 'summary' | 'notes' };

type Stored = Pick<ActivityDependencies, 'db'>;
type Read = Pick<CrmRecord, 'properties'>;

/** An update of one activity. */
export interface EngagementUpdate {
  readonly existing: SettledEngagement;
  /** Recorded with the write. Content that is not written because a person edited it counts as written. */
  readonly contentHash: string;
  /** What to write, given what HubSpot has. Null if a person removed our part. */
  readonly wanted: (current: CrmRecord) => Properties | null;
  /**
   * The part of an activity's values that is ours.
   *
   * @default all of them
   */
  readonly ours?: (record: Read) => Read;
  /**
   * Whether HubSpot's activity already contains something of ours.
   *
   * @default always true
   */
  readonly isWritten?: (current: CrmRecord) => boolean;
}

/**
 * Writes an activity again, except what a person changed in HubSpot since our last write (setting `editedActivities`,
 * Overwrite). HubSpot has no conditional update, so the activity is read right before. An edit in the tenths of a
 * second between that read and the write is still lost.
 *
 * @returns `gone` if a person deleted the activity, or our part in it
 */
export async function updateEngagement(
  { db }: Stored,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: ActivityKey,
  { existing, contentHash, wanted: wantedOf, ours = (record) => record, isWritten = () => true }: EngagementUpdate,
): Promise<'updated' | 'gone'> {
  const { hubspotId, row } = existing;
  const objects = crm.objects(row.object_type);
  const overwrite = await isOverwritten(db, key);
  const record = await objects.read(hubspotId);
  const wanted = record === null ? null : wantedOf(record);
  if (record === null || wanted === null) return 'gone';
  const question = questionOf(row, ours({ properties: wanted }).properties, ours(record));
  const edited = overwrite || !isWritten(record) ? [] : editedProperties(question);
  const restored = edited.length > 0 && (await openRestore(db)) !== null;
  // After a restored backup, HubSpot may have later writes of ours than the ledger.
  const kept = restored ? edited.filter((property) => !saysWhatIsWanted(question, property)) : edited;
  const written = Object.fromEntries(Object.entries(wanted).filter(([property]) => !kept.includes(property)));
  const before = answeredBefore(question, kept);
  const answered =
    Object.keys(written).length === 0 ? before : await write({ before, written, sent: ours({ properties: written }) });
  if (answered === null) return 'gone';
  await recordUpdated(db, key, { hubspotId, contentHash, answered });
  await savePassWarnings(db, key, editedStep(key.kind), editedWarnings(key.kind, kept));
  return 'updated';

  async function write({
    before: known,
    written: properties,
    sent,
  }: {
    readonly before: Answered;
    readonly written: Properties;
    readonly sent: Read;
  }): Promise<Answered | null> {
    await markUpdating(db, key, hubspotId, { answered: known, sending: textsOf(definedOf(sent)) });
    const answer = await objects.update({ id: hubspotId, properties });
    if (answer === 'gone') return null;
    return await answeredTo(objects, properties, { known, answer, ours });
  }
}

/** Digests of HubSpot's answer to a write. Properties that the answer lacks are read once. */
export async function answeredTo(
  objects: Pick<ReturnType<ConnectedCrm['crm']['objects']>, 'read'>,
  written: Properties,
  {
    known,
    answer,
    ours,
  }: { readonly known: Answered; readonly answer: CrmRecord; readonly ours?: (record: Read) => Read },
): Promise<Answered> {
  const missing = unanswered(written, answer).length > 0;
  const complete = missing ? ((await objects.read(answer.id)) ?? answer) : answer;
  const nothing = Object.fromEntries(unanswered(written, complete).map((property) => [property, null]));
  const seen = { properties: { ...complete.properties, ...nothing } };
  return answeredAfter(known, written, ours === undefined ? seen : ours(seen));
}

/** Whether this pass overwrites people's edits. */
async function isOverwritten(db: Stored['db'], key: EngagementKey): Promise<boolean> {
  const { editedActivities } = await loadSettings(db, key.workspaceId);
  if (editedActivities === 'overwrite') return true;
  const meeting = await findMeeting(db, key);
  return meeting !== null && meeting.overwrite_wanted > meeting.rewrites_done;
}

/**
 * Whether a person changed an activity that is due for removal because the meeting no longer has content for it. It
 * then stays, with a warning. An activity of an earlier version counts as unchanged.
 */
export async function staysForItsEdits(
  { db }: Stored,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: ActivityKey,
  existing: SettledEngagement,
): Promise<boolean> {
  const { row, hubspotId } = existing;
  const known = row.answered;
  const record = known === null ? null : await crm.objects(row.object_type).read(hubspotId);
  const edited =
    known === null || record === null
      ? []
      : editedProperties(
          questionOf(row, Object.fromEntries(Object.keys(known.values).map((name) => [name, ''])), record),
        );
  const stays = edited.length > 0 && !(await isOverwritten(db, key));
  const warnings = stays ? edited.slice(0, 1).map((property) => editedRemainsWarning(key.kind, property)) : [];
  await savePassWarnings(db, key, editedStep(key.kind), warnings);
  return stays;
}

/** Ends the warnings about an activity that is created again. */
export async function forgetEdits({ db }: Stored, key: ActivityKey): Promise<void> {
  await savePassWarnings(db, key, editedStep(key.kind), []);
}
