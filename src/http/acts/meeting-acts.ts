import type { ReasonCode } from '../../meeting/status';
import type { Actor } from '../../store/audit/actor';
import { audited } from '../../store/audit/record-audit';
import type { DbPool } from '../../store/database';
import { requestDeletion } from '../../store/meetings/delete-meeting';
import type { MeetingKey } from '../../store/meetings/key';
import { requestContact, requestContacts } from '../../store/meetings/participants';
import { requeue, theMeeting, theMeetings } from '../../store/meetings/requeue';
import { requeueMany } from '../../store/meetings/requeue-many';

/** A meeting as the object of an audit event. */
export function meetingObject({ meetingId }: Pick<MeetingKey, 'meetingId'>) {
  return { type: 'meeting', id: meetingId };
}

/** Deletes a meeting and records who did. @returns false when it does not exist or was deleted before */
export async function deleteMeeting(db: DbPool, key: MeetingKey, actor: Actor): Promise<boolean> {
  const { workspaceId, meetingId } = key;
  return await audited(
    db,
    actor,
    (transaction) => requestDeletion(transaction, workspaceId, meetingId),
    (isDeleted) => (isDeleted ? { workspaceId, action: 'meeting.delete', object: meetingObject(key) } : null),
  );
}

/** Requests the sync of one meeting again. @returns false when it does not exist or was deleted */
export async function resyncMeeting(
  db: DbPool,
  key: MeetingKey,
  actor: Actor,
  reason: 'resync' | 'overwrite' = 'resync',
): Promise<boolean> {
  const { workspaceId } = key;
  const count = await audited(
    db,
    actor,
    (transaction) => requeue(transaction, theMeeting(key), reason),
    (requested) =>
      requested === 0
        ? null
        : {
            workspaceId,
            action: 'meeting.resync',
            object: meetingObject(key),
            ...(reason === 'overwrite' ? { after: { overwrite: true } } : {}),
          },
  );
  return count > 0;
}

/** Requests the syncs of selected meetings of one workspace again. @returns how many */
export async function resyncSelected(
  db: DbPool,
  workspaceId: string,
  keys: readonly MeetingKey[],
  actor: Actor,
): Promise<number> {
  return await audited(
    db,
    actor,
    (transaction) => requeue(transaction, theMeetings(keys), 'resync'),
    (meetings) => manyEvent(workspaceId, meetings, { selected: keys.map(({ meetingId }) => meetingId) }),
  );
}

/**
 * Requests the syncs that need attention again. @returns how many
 *
 * @param reason - only those with this reason; undefined for all without progress
 */
export async function resyncMany(
  db: DbPool,
  workspaceId: string,
  reason: ReasonCode | undefined,
  actor: Actor,
): Promise<number> {
  const selection =
    reason === undefined ? { kind: 'without_progress' as const } : { kind: 'reason' as const, code: reason };
  return await audited(
    db,
    actor,
    (transaction) => requeueMany(transaction, workspaceId, selection, 'retry'),
    (meetings) => manyEvent(workspaceId, meetings, { reason: reason ?? null }),
  );
}

/** Requests contacts for people of one meeting. @returns false when the meeting has no such participant */
export async function createContact(db: DbPool, key: MeetingKey, email: string, actor: Actor): Promise<boolean> {
  const { workspaceId, meetingId } = key;
  return await audited(
    db,
    actor,
    (transaction) => requestContact(transaction, key, email),
    (isRequested) =>
      isRequested
        ? {
            workspaceId,
            action: 'contact.create',
            object: { type: 'person', id: null, label: email },
            after: { meetingId },
          }
        : null,
  );
}

/** Requests contacts for people whose meetings were skipped. @returns the number of meetings */
export async function createContacts(
  db: DbPool,
  workspaceId: string,
  emails: readonly string[],
  actor: Actor,
): Promise<number> {
  return await audited(
    db,
    actor,
    (transaction) => requestContacts(transaction, workspaceId, emails),
    (meetings) =>
      meetings === 0
        ? null
        : {
            workspaceId,
            action: 'contact.create',
            object: { type: 'person', id: null, label: emails.join(', ') },
            after: { meetings },
          },
  );
}

function manyEvent(workspaceId: string, meetings: number, selection: Readonly<Record<string, unknown>>) {
  return meetings === 0
    ? null
    : ({ workspaceId, action: 'meeting.resync_many', after: { ...selection, meetings } } as const);
}
