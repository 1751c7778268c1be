import { sql, type Selectable } from 'kysely';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db, DbPool } from '../database';
import { addAssociations, ofEngagement, type EngagementKey } from './engagement-associations';
import { groupedBy, merged } from '../merged';
import { idInAccount, idOfRow, ofMeetings, type AccountMeeting, type MeetingKey } from '../meetings/key';
import type { Database } from '../schema';
import type { AnsweredProperties } from './tables';

export type EngagementRow = Selectable<Database['engagements']> & {
  /** Identifies the pending create; null once the activity is written. */
  readonly claim: string | null;
  /** How long the outcome of the create has been unknown, in milliseconds of the database's clock. */
  readonly writing_ms: number;
};

/** An activity that exists in HubSpot. A null `contentHash` means that its content has to be written again. */
export interface WrittenEngagement {
  readonly hubspotId: string;
  readonly url: string;
  readonly contentHash: string | null;
}

/** A create that is about to be sent: the associations of its activity, and what identifies the activity in HubSpot. */
export interface WritingEngagement {
  readonly objectType: EngagementRow['object_type'];
  readonly associations: readonly RecordRef[];
  readonly recordingUrl: string;
  readonly startedAt: string;
  /** Digests of the texts that it sends, by property. */
  readonly sending: Readonly<Record<string, string>>;
}

/** In microseconds. Two creates of one activity never begin within the same one. */
const claim = sql<string | null>`extract(epoch from writing_since)::text`;
const since = sql<Date>`clock_timestamp()`;
const extras = [
  claim.as('claim'),
  sql<number>`coalesce(extract(epoch from clock_timestamp() - writing_since) * 1000, 0)::float8`.as('writing_ms'),
];

/** @returns the ledger's row of one activity, or null when the activity certainly does not exist in HubSpot */
export async function findEngagement(db: Db, key: EngagementKey): Promise<EngagementRow | null> {
  return (await engagementsOf(db, key)).find(({ kind }) => kind === key.kind) ?? null;
}

/** All activities of one meeting in one account. */
export async function listEngagements(db: Db, key: MeetingKey, portalId: number): Promise<readonly EngagementRow[]> {
  return await engagementsOf(db, { ...key, portalId });
}

const engagementsOf = merged(async (db, asked: readonly AccountMeeting[]): Promise<(readonly EngagementRow[])[]> => {
  const rows = await db.selectFrom('engagements').selectAll().select(extras).where(ofMeetings(asked)).execute();
  const found = groupedBy(rows, idOfRow);
  return asked.map((meeting) => found(idInAccount(meeting)));
});

/**
 * Commits that a create is about to be sent with these associations. Until it is recorded or forgotten, its outcome
 * counts as unknown, and recovery searches the activity on the associated records.
 *
 * @returns the claim of the create, or null when another attempt has begun or finished one, so that none may be sent
 */
export async function markWriting(db: Db, key: EngagementKey, writing: WritingEngagement): Promise<string | null> {
  const { workspaceId, meetingId, portalId, kind } = key;
  const { objectType, associations, recordingUrl, startedAt, sending } = writing;
  const { rows } = await sql<{ claim: string | null }>`
    with claimed as (
      insert into engagements (workspace_id, meeting_id, portal_id, kind, state, object_type, writing_since, sought_url, sought_at, sending)
      values (${workspaceId}, ${meetingId}, ${portalId}, ${kind}, 'writing', ${objectType}, ${since}, ${recordingUrl},
        ${startedAt}, ${JSON.stringify(sending)})
      on conflict do nothing
      returning ${claim} as claim
    ), associated as (
      insert into engagement_associations (workspace_id, meeting_id, portal_id, kind, object_type, record_id)
      select ${workspaceId}, ${meetingId}, ${portalId}, ${kind}, record.* from claimed, ${listed(associations)}
      on conflict (workspace_id, meeting_id, portal_id, kind, object_type, record_id) do update set pending = false, gone_at = null
    )
    select claim from claimed
  `.execute(db);
  return rows[0]?.claim ?? null;
}

/** Records as a table `record` of an SQL statement. */
function listed(records: readonly RecordRef[]) {
  return sql`unnest(${records.map(({ objectType }) => objectType)}::text[], ${records.map(({ id }) => id)}::text[]) as record (object_type, record_id)`;
}

/**
 * Restarts the time that HubSpot has to finish a create, after its response was lost. Does nothing when the claim is no
 * longer ours.
 */
export async function markUnanswered(db: Db, key: EngagementKey, ownClaim: string): Promise<void> {
  await db
    .updateTable('engagements')
    .set({ writing_since: since })
    .where((where) => where.and(ofEngagement(key)))
    .where(claim, '=', ownClaim)
    .execute();
}

/**
 * Commits the result of a create. The first recorded result wins, whichever attempt owns the claim, because an abandoned
 * attempt may still receive HubSpot's response.
 *
 * @param created - `claim`: that of `markWriting` with the same associations. While it holds, one statement is enough
 * @returns the recorded id. If it differs from the given one, the caller has created a duplicate
 */
export async function recordCreated(
  db: DbPool,
  key: EngagementKey,
  created: WrittenEngagement &
    Pick<WritingEngagement, 'objectType' | 'associations'> & {
      readonly answered?: AnsweredProperties;
      readonly claim?: string;
    },
): Promise<string | null> {
  const columns = {
    ...writtenColumns(created),
    ...(created.answered === undefined ? {} : { answered: JSON.stringify(created.answered), sending: null }),
  };
  if (created.claim !== undefined) {
    const own = await db
      .updateTable('engagements')
      .set(columns)
      .where((where) => where.and(ofEngagement(key)))
      .where(claim, '=', created.claim)
      .executeTakeFirst();
    if (own.numUpdatedRows > 0n) return created.hubspotId;
  }
  return await db.transaction().execute(async (transaction) => {
    const recorded = await transaction
      .insertInto('engagements')
      .values({ ...ofEngagement(key), object_type: created.objectType, ...columns })
      .onConflict((conflict) =>
        conflict
          .columns(['workspace_id', 'meeting_id', 'portal_id', 'kind'])
          .doUpdateSet(columns)
          .where('engagements.state', '=', 'writing'),
      )
      .returning('hubspot_id')
      .executeTakeFirst();
    if (recorded === undefined) return (await findEngagement(transaction, key))?.hubspot_id ?? null;
    await transaction
      .deleteFrom('engagement_associations')
      .where((where) => where.and(ofEngagement(key)))
      .execute();
    await addAssociations(transaction, key, created.associations);
    return recorded.hubspot_id;
  });
}

/**
 * Commits that the activity of a create with an unknown outcome was found in HubSpot.
 *
 * @returns false when the row has changed, because another attempt continues with it
 */
export async function recordFound(
  db: Db,
  key: EngagementKey,
  seen: EngagementRow,
  found: WrittenEngagement,
): Promise<boolean> {
  const result = await db
    .updateTable('engagements')
    .set(writtenColumns(found))
    .where((where) => where.and(ofEngagement(key)))
    .where(claim, '=', seen.claim)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/**
 * Commits that an activity is about to be updated, and its state before. Otherwise, a pass that dies before it records the
 * response would mistake its own write for a person's.
 *
 * @param properties - `answered`: the state before; `sending`: digests of the texts that are sent, by property
 */
export async function markUpdating(
  db: Db,
  key: EngagementKey,
  hubspotId: string,
  { answered, sending }: { readonly answered: AnsweredProperties; readonly sending: Readonly<Record<string, string>> },
): Promise<void> {
  await db
    .updateTable('engagements')
    .set({ answered: JSON.stringify(answered), sending: JSON.stringify(sending) })
    .where((where) => where.and({ ...ofEngagement(key), hubspot_id: hubspotId, state: 'written' }))
    .execute();
}

/** The result of an update. */
export interface UpdatedEngagement extends Pick<WrittenEngagement, 'hubspotId' | 'contentHash'> {
  readonly answered: AnsweredProperties;
}

/** Commits that the activity was updated. */
export async function recordUpdated(
  db: Db,
  key: EngagementKey,
  { hubspotId, contentHash, answered }: UpdatedEngagement,
): Promise<void> {
  await db
    .updateTable('engagements')
    .set({
      content_hash: contentHash,
      answered: JSON.stringify(answered),
      sending: null,
      deleted_at: null,
      removing: false,
      written_at: since,
    })
    .where((where) => where.and({ ...ofEngagement(key), hubspot_id: hubspotId, state: 'written' }))
    .execute();
}

function writtenColumns({ hubspotId, url, contentHash }: WrittenEngagement) {
  return {
    state: 'written' as const,
    hubspot_id: hubspotId,
    url,
    content_hash: contentHash,
    deleted_at: null,
    removing: false,
    writing_since: null,
    sought_url: null,
    sought_at: null,
    written_at: since,
  };
}

/**
 * Commits, before anything is written, that the summary goes into a calendar meeting of a person. From now on we never
 * archive that meeting, and a pass that finds our part missing writes it once.
 *
 * @returns false when another attempt has begun, or the calendar meeting has the summary of another meeting
 */
export async function recordJoined(
  db: Db,
  key: EngagementKey,
  calendarMeeting: Pick<WrittenEngagement, 'hubspotId' | 'url'>,
): Promise<boolean> {
  const row = await db
    .insertInto('engagements')
    .values({
      ...ofEngagement(key),
      object_type: 'meetings',
      joined: true,
      ...writtenColumns({ ...calendarMeeting, contentHash: null }),
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('hubspot_id')
    .executeTakeFirst();
  return row !== undefined;
}

/** Commits that a person deleted the activity in HubSpot. The row stays, so that only a resync creates it again. */
export async function markDeleted(db: Db, key: EngagementKey, seen: Pick<EngagementRow, 'hubspot_id'>): Promise<void> {
  await db
    .updateTable('engagements')
    .set({ deleted_at: since })
    .where((where) => where.and({ ...ofEngagement(key), hubspot_id: seen.hubspot_id, state: 'written' }))
    .where('deleted_at', 'is', null)
    .execute();
}

/**
 * Commits that we are about to remove the activity, or our part in it. Otherwise, a pass after a lost answer would mistake
 * our own removal for a person's deletion.
 */
export async function markRemoving(db: Db, key: EngagementKey, seen: Pick<EngagementRow, 'hubspot_id'>): Promise<void> {
  await db
    .updateTable('engagements')
    .set({ removing: true })
    .where((where) => where.and({ ...ofEngagement(key), hubspot_id: seen.hubspot_id, state: 'written' }))
    .execute();
}

/**
 * Deletes the row of an activity that certainly does not exist in HubSpot. The next sync creates it again.
 *
 * @param seen - the row as it was read, or the claim of the failed create. A row that has changed since then stays
 */
export async function deleteEngagement(
  db: Db,
  key: EngagementKey,
  seen: Pick<EngagementRow, 'claim' | 'hubspot_id'>,
): Promise<void> {
  await db
    .deleteFrom('engagements')
    .where((where) => where.and(ofEngagement(key)))
    .where(claim, 'is not distinct from', seen.claim)
    .where('hubspot_id', 'is not distinct from', seen.hubspot_id)
    .execute();
}
