import { z } from 'zod';
import { recordKey, type RecordRef } from '../meeting/linking/cascade';
import type { Actor } from '../store/audit/actor';
import { audited, type AuditedTransaction } from '../store/audit/record-audit';
import { findConnection } from '../store/connections/connections';
import { chooseLink, listChoices, undoLinking, undoUnlinking } from '../store/meetings/manual-links';
import { findMeeting, type MeetingRow } from '../store/meetings/meetings';
import { requeue, theMeeting } from '../store/meetings/requeue';
import { loadSettings } from '../store/settings/settings';
import type { HttpDependencies } from './dependencies';
import { meetingObject } from './acts/meeting-acts';
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

type LinkAction = 'link.add' | 'link.remove' | 'link.undo_add' | 'link.undo_remove';

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
  actor: Actor,
): Promise<void> {
  await presentMeeting(deps, key);
  const portalId = await portalOf(deps, key.workspaceId);
  const action = choice === 'linked' ? 'link.add' : 'link.remove';
  await chosen(deps, key, { record, action, actor }, async (transaction) => {
    await chooseLink(transaction, key, portalId, record, choice);
    return true;
  });
}

/**
 * Undoes an unlinking by hand. After the period in which the rules add links, the record is linked by hand instead,
 * because the rules would not link it again.
 *
 * @returns false when the record is not unlinked (any more)
 * @throws as {@link chooseRecord}
 */
export async function restoreLink(deps: Choosing, key: OfMeeting, record: RecordRef, actor: Actor): Promise<boolean> {
  const meeting = await presentMeeting(deps, key);
  const { lateLinkDays } = await loadSettings(deps.db, key.workspaceId);
  const rulesAddUntil = Math.max(meeting.started_at.getTime(), meeting.accepted_at.getTime()) + lateLinkDays * DAY_MS;
  const portalId = await portalOf(deps, key.workspaceId);
  return await chosen(deps, key, { record, action: 'link.undo_remove', actor }, async (transaction) => {
    return await undoUnlinking(transaction, key, portalId, record, { keep: Date.now() > rulesAddUntil });
  });
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
  { before, actor }: { readonly before: 'unlinked' | null; readonly actor: Actor },
): Promise<boolean> {
  await presentMeeting(deps, key);
  const portalId = await portalOf(deps, key.workspaceId);
  return await chosen(deps, key, { record, action: 'link.undo_add', actor }, async (transaction) => {
    const isUndone = await undoLinking(transaction, key, portalId, record);
    if (isUndone && before === 'unlinked') await chooseLink(transaction, key, portalId, record, 'unlinked');
    return isUndone;
  });
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

/** Stores a choice, its record and the request of a sync together, and hands the meeting to Temporal at once. */
async function chosen(
  { db, starter }: Choosing,
  key: OfMeeting,
  { record, action, actor }: { readonly record: RecordRef; readonly action: LinkAction; readonly actor: Actor },
  choose: (transaction: AuditedTransaction) => Promise<boolean>,
): Promise<boolean> {
  const { workspaceId, meetingId } = key;
  const isChosen = await audited(
    db,
    actor,
    async (transaction) => {
      if (!(await choose(transaction))) return false;
      await requeue(transaction, theMeeting(key), 'resync');
      return true;
    },
    (isDone) =>
      isDone ? { workspaceId, action, object: meetingObject(key), after: { record: recordKey(record) } } : null,
  );
  if (isChosen) await starter.start(workspaceId, meetingId);
  return isChosen;
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
