import { sql, type Transaction } from 'kysely';
import { reasons } from '../../meeting/reasons';
import type { SyncReason, SyncStatus } from '../../meeting/status';
import { findConnection } from '../connections/connections';
import { inTransaction, type Db, type DbPool } from '../database';
import type { MeetingKey } from './key';
import { deleteCandidatesOf, emptyValuesOf, endReviewsOfMeeting } from '../fields/erase-values';
import { PASS, requeue } from './requeue';
import { recordingsThatGaveWay } from './same-event';
import { deleteAnswersOf } from '../mirror/searched-answers';
import type { Database } from '../schema';

/**
 * Deletes a meeting: deletes its content, participants and links here at once, and requests a sync that removes its
 * activities from HubSpot. Only their ids stay until then.
 *
 * @returns false when the meeting does not exist or was deleted completely before
 */
export async function requestDeletion(db: Db, workspaceId: string, meetingId: string): Promise<boolean> {
  const key = { workspaceId, meetingId };
  return await inTransaction(db, async (transaction) => {
    const meeting = await lockMeeting(transaction, key);
    if (meeting === undefined) return false;
    const written = await writtenIn(transaction, key);
    if (meeting.status === 'deleted' && written.length === 0) return false;
    // Must run before the content is deleted, because the content names the calendar event.
    await requeue(transaction, recordingsThatGaveWay(key), 'other_recording');
    await deleteContent(transaction, key);
    await emptyValuesOf(transaction, key);
    const connection = await findConnection(transaction, workspaceId);
    const connected = connection?.state === 'connected' ? connection.portal_id : null;
    const reason = remainingReason(written.filter(({ portal_id: portalId }) => portalId !== connected));
    await transaction
      .updateTable('meetings')
      .set({
        erasing: true,
        status: sql<SyncStatus>`case when status = 'syncing' then status else 'accepted' end`,
        reason: reason === null ? null : JSON.stringify(reason),
        posted_at: sql<Date>`now()`,
        ...PASS,
        updated_at: sql<Date>`now()`,
      })
      .where((where) => where.and(columns(key)))
      .execute();
    return true;
  });
}

/**
 * Ends a deletion after its activities were removed, as far as HubSpot could be reached. The row stays with the status
 * `deleted`, and its reason lists what remains in HubSpot. Does nothing if the meeting was posted again in the meantime.
 */
export async function finishDeletion(db: DbPool, key: MeetingKey): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const meeting = await lockMeeting(transaction, key);
    if (meeting?.erasing !== true) return;
    // Delete again, because a running pass may have stored content that it had read before.
    await deleteContent(transaction, key);
    await deleteCandidatesOf(transaction, key);
    await markDeleted(transaction, key, remainingReason(await writtenIn(transaction, key)));
  });
}

/** Requests the removal of activities that remained in an account while it was not connected. */
export async function requestRemainingDeletions(db: Db, workspaceId: string, portalId: number): Promise<void> {
  // Not by `requeue`, which leaves deleted meetings alone.
  await db
    .updateTable('meetings')
    .set({ erasing: true, status: 'accepted', ...PASS })
    .where((where) => where.and({ workspace_id: workspaceId, status: 'deleted' }))
    .where(sql`reason ->> 'code'`, '=', 'activities_remain')
    .where(
      sql<boolean>`exists (
        select from engagements where engagements.workspace_id = meetings.workspace_id
          and engagements.meeting_id = meetings.meeting_id and engagements.portal_id = ${portalId}
      )`,
    )
    .execute();
}

/**
 * Deletes content older than its workspace's `retentionDays`, except of meetings whose sync is running or requested.
 * Recordings of one calendar event are deleted together. Otherwise, the later one would be written in place of the first.
 *
 * @returns the number of meetings; fewer than `limit` means that none is left
 */
export async function deleteExpiredContent(db: DbPool, limit: number): Promise<number> {
  return await db.transaction().execute(async (transaction) => {
    const { rows } = await sql<{ workspace_id: string; meeting_id: string; days: number }>`
      with kept as materialized (
        select id, (settings ->> 'retentionDays')::int as days from workspaces where settings ->> 'retentionDays' is not null
      ), expired as materialized (
        -- Workspace by workspace, by the index of their content: joined at once, the planner would read all meetings.
        select * from kept cross join lateral (
          select workspace_id, meeting_id, event_key, posted_at from meetings
          where workspace_id = kept.id and body is not null and not erasing and sync_requested_at is null
            and status in ('synced', 'skipped', 'needs_attention') and posted_at < now() - make_interval(days => days)
            and not exists (
              select from meetings other
              where other.workspace_id = meetings.workspace_id and other.event_key = meetings.event_key
                and other.body is not null and other.posted_at >= now() - make_interval(days => days)
            )
          offset 0
        ) as meeting
        order by event_key, posted_at
        limit ${limit}
      )
      select workspace_id, meeting_id, days
      from expired join meetings using (workspace_id, meeting_id)
      -- Again, for those that changed before they were locked.
      where body is not null and not erasing and sync_requested_at is null
        and status in ('synced', 'skipped', 'needs_attention') and meetings.posted_at < now() - make_interval(days => days)
      for update of meetings skip locked
    `.execute(transaction);
    for (const { workspace_id: workspaceId, meeting_id: meetingId, days } of rows) {
      // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
      await deleteContent(transaction, { workspaceId, meetingId });
      // oxlint-disable-next-line no-await-in-loop -- as above
      await deleteCandidatesOf(transaction, { workspaceId, meetingId });
      // oxlint-disable-next-line no-await-in-loop -- as above
      await markDeleted(transaction, { workspaceId, meetingId }, reasons.content_expired({ retentionDays: days }));
    }
    return rows.length;
  });
}

/** Deletes a meeting except for its id, its times and the ids of its activities. */
async function deleteContent(db: Transaction<Database>, key: MeetingKey): Promise<void> {
  // These values find our part of a joined calendar meeting, and an activity whose create was not confirmed.
  await sql`
    update engagements set sought_url = coalesce(sought_url, body ->> 'recordingUrl'), sought_at = coalesce(sought_at, started_at)
    from meetings
    where meetings.workspace_id = engagements.workspace_id and meetings.meeting_id = engagements.meeting_id and body is not null
      and engagements.workspace_id = ${key.workspaceId} and engagements.meeting_id = ${key.meetingId}
      and (engagements.state = 'writing' or engagements.joined)
  `.execute(db);
  await db
    .updateTable('meetings')
    .set({
      body: null,
      body_hash: '',
      title: '',
      unmatched: '[]',
      intake_warnings: '[]',
      pass_warnings: '{}',
      link_basis: null,
      person_erased: false,
    })
    .where((where) => where.and(columns(key)))
    .execute();
  await deleteAnswersOf(db, key);
  // Delete contacts that took part in no other meeting.
  await sql`
    delete from known_contacts as known using meeting_participants as mine
    where known.workspace_id = ${key.workspaceId} and mine.workspace_id = ${key.workspaceId}
      and mine.meeting_id = ${key.meetingId} and known.email = mine.email and not exists (
        select from meeting_participants as other
        where other.workspace_id = mine.workspace_id and other.email = mine.email and other.meeting_id <> mine.meeting_id
      )
  `.execute(db);
  for (const table of ['links', 'manual_links', 'meeting_participants', 'sync_attempts', 'step_tasks'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction: one statement after the other
    await db
      .deleteFrom(table)
      .where((where) => where.and(columns(key)))
      .execute();
  }
  await endReviewsOfMeeting(db, key);
  // Pending backfill lines are older than this deletion, and must not bring the meeting back.
  await sql`
    update backfill_lines set body = null, warnings = null
    where meeting_id = ${key.meetingId} and body is not null
      and backfill_id in (select id from backfills where workspace_id = ${key.workspaceId})
  `.execute(db);
}

async function markDeleted(db: Transaction<Database>, key: MeetingKey, reason: SyncReason | null): Promise<void> {
  await db
    .updateTable('meetings')
    .set({
      status: 'deleted',
      reason: reason === null ? null : JSON.stringify(reason),
      erasing: false,
      updated_at: sql<Date>`now()`,
    })
    .where((where) => where.and(columns(key)))
    .execute();
}

async function lockMeeting(db: Transaction<Database>, key: MeetingKey) {
  return await db
    .selectFrom('meetings')
    .select(['status', 'erasing'])
    .where((where) => where.and(columns(key)))
    .forUpdate()
    .executeTakeFirst();
}

type Written = Awaited<ReturnType<typeof writtenIn>>[number];

async function writtenIn(db: Db, key: MeetingKey) {
  return await db
    .selectFrom('engagements')
    .select(['portal_id', 'object_type', 'hubspot_id'])
    .where((where) => where.and(columns(key)))
    .orderBy('portal_id')
    .orderBy('kind', 'desc')
    .execute();
}

function remainingReason(written: readonly Written[]): SyncReason | null {
  if (written.length === 0) return null;
  return reasons.activities_remain({
    activities: written.map((row) => ({ portalId: row.portal_id, objectType: row.object_type, id: row.hubspot_id })),
  });
}

function columns({ workspaceId, meetingId }: MeetingKey) {
  return { workspace_id: workspaceId, meeting_id: meetingId };
}
