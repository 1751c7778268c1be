import { z } from 'zod';
import { recordKey, type RecordRef } from '../meeting/linking/cascade';
import { findConnection } from '../store/connections/connections';
import { chooseLink, listChoices, undoLinking, undoUnlinking } from '../store/meetings/manual-links';
import { findMeeting, type MeetingRow } from '../store/meetings/meetings';
import { requeue, theMeeting } from '../store/meetings/requeue';
import { loadSettings } from '../store/settings/settings';
import type { HttpDependencies } from './dependencies';
import { isMeetingId } from '../meeting/meeting-id';
import { ProblemError } from './plumbing/problems';

/** A record, as addresses and forms identify it. */
export const recordParams = {
  objectType: z
    .string()
    .regex(
      /^(contacts|companies|deals|2-\d+)$/,
      'must be contacts, companies, deals or the 2-… id of a custom object type',
    ),
  recordId: z.string().regex(/^\d{1,20}$/, "must be a HubSpot record's id: digits only"),
};

type Choosing = Pick<HttpDependencies, 'db' | 'starter'>;

/** A meeting of a workspace, identified by the pipeline's id. */
interface OfMeeting {
  readonly workspaceId: string;
  readonly meetingId: string;
}

const DAY_MS = 24 * 3_600_000;

/**
 * Links or unlinks a record by hand and requests a sync, which then adds or removes the links that depend on it.
 *
 * @throws `ProblemError` for an unknown or deleted meeting, and without a HubSpot account
 */
export async function chooseRecord(
  deps: Choosing,
  key: OfMeeting,
  record: RecordRef,
  choice: 'linked' | 'unlinked',
): Promise<void> {
  await presentMeeting(deps, key);
  await chooseLink(deps.db, key, await portalOf(deps, key.workspaceId), record, choice);
  await syncAgain(deps, key);
}

/**
 * Undoes an unlinking by hand. After the period in which the rules add links, the record is linked by hand instead,
 * because the rules would not link it again.
 *
 * @returns false when the record is not unlinked (any more)
 * @throws as {@link chooseRecord}
 */
export async function restoreLink(deps: Choosing, key: OfMeeting, record: RecordRef): Promise<boolean> {
  const meeting = await presentMeeting(deps, key);
  const { lateLinkDays } = await loadSettings(deps.db, key.workspaceId);
  const rulesAddUntil = Math.max(meeting.started_at.getTime(), meeting.accepted_at.getTime()) + lateLinkDays * DAY_MS;
  const portalId = await portalOf(deps, key.workspaceId);
  const undone = await undoUnlinking(deps.db, key, portalId, record, { keep: Date.now() > rulesAddUntil });
  if (undone) await syncAgain(deps, key);
  return undone;
}

/**
 * Undoes a linking by hand: the record is unlinked if it was before, or else the rules decide.
 *
 * @returns false when the record is not linked by hand (any more)
 * @throws as {@link chooseRecord}
 */
export async function withdrawLink(
  deps: Choosing,
  key: OfMeeting,
  record: RecordRef,
  before: 'unlinked' | null,
): Promise<boolean> {
  await presentMeeting(deps, key);
  const portalId = await portalOf(deps, key.workspaceId);
  const undone = await undoLinking(deps.db, key, portalId, record);
  if (undone && before === 'unlinked') await chooseLink(deps.db, key, portalId, record, 'unlinked');
  if (undone) await syncAgain(deps, key);
  return undone;
}

/** What a person chose for a record of the meeting; null for nothing. */
export async function choiceOf(
  deps: Pick<Choosing, 'db'>,
  key: OfMeeting,
  record: RecordRef,
): Promise<'linked' | 'unlinked' | null> {
  const choices = await listChoices(deps.db, key, await portalOf(deps, key.workspaceId));
  return choices.find((choice) => recordKey(choice) === recordKey(record))?.choice ?? null;
}

/** Requests a sync and hands the meeting to Temporal at once. */
export async function syncAgain(
  { db, starter }: Choosing,
  key: OfMeeting,
  reason: 'resync' | 'overwrite' = 'resync',
): Promise<void> {
  await requeue(db, theMeeting(key), reason);
  await starter.start(key.workspaceId, key.meetingId);
}

/** Finds a meeting that was not deleted. @throws `ProblemError` when the workspace has none with this id */
export async function presentMeeting({ db }: Pick<Choosing, 'db'>, key: OfMeeting): Promise<MeetingRow> {
  const meeting = isMeetingId(key.meetingId) ? await findMeeting(db, key) : null;
  if (meeting === null || meeting.status === 'deleted')
    throw new ProblemError('meeting-not-found', `This workspace has no meeting "${key.meetingId}", or it was deleted.`);
  return meeting;
}

async function portalOf({ db }: Pick<Choosing, 'db'>, workspaceId: string): Promise<number> {
  const connection = await findConnection(db, workspaceId);
  if (connection === null)
    throw new ProblemError('not-connected', 'Records are linked in a HubSpot account: connect one first.');
  return connection.portal_id;
}
