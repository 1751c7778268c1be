import { createHash } from 'node:crypto';
import { sql, type Selectable } from 'kysely';
import type { Candidate, Decision } from '../../meeting/fields/decide';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { canonicalValue, type PropertyType } from '../../meeting/fields/property';
import type { PendingReview } from '../../meeting/fields/review';
import type { Db } from '../database';
import type { Database } from '../schema';
import type { FieldRecord } from './candidates';

export type FieldWriteRow = Selectable<Database['field_writes']>;

/** A meeting's value for a property of a record, with what a person decided about it. */
export type StoredCandidate = Candidate & {
  readonly property: string;
  readonly field: string;
  readonly quote: string | null;
  readonly startSeconds: number | null;
};

/** Everything that decides about a record's properties, as it is now. */
export interface FieldLedger {
  readonly candidates: readonly StoredCandidate[];
  readonly writes: readonly FieldWriteRow[];
}

/** The ledger with what becomes of suggestions. */
export interface ReviewedLedger extends FieldLedger {
  /** `reason`: why the value is not written. */
  readonly candidates: readonly (StoredCandidate & { readonly reason: string | null })[];
  readonly pendingReviews: readonly PendingReview[];
}

/** The ledger of one record; empty without values. */
export async function readFieldLedger(db: Db, { workspaceId, portalId, record }: FieldRecord): Promise<ReviewedLedger> {
  const ledgers = await readFieldLedgers(db, { workspaceId, portalId }, [record]);
  return ledgers.get(recordKey(record)) ?? { candidates: [], writes: [], pendingReviews: [] };
}

/** The ledgers of records, by `recordKey`. */
export async function readFieldLedgers(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  records: readonly RecordRef[],
): Promise<ReadonlyMap<string, ReviewedLedger>> {
  const types = records.map(({ objectType }) => objectType);
  const ids = records.map(({ id }) => id);
  const ofRecords = sql<boolean>`workspace_id = ${workspaceId} and portal_id = ${portalId}
    and (object_type, record_id) in (select * from unnest(${types}::text[], ${ids}::text[]))`;
  const [candidates, writes, reviews] = await Promise.all([
    db.selectFrom('field_candidates').selectAll().where(ofRecords).execute(),
    db.selectFrom('field_writes').selectAll().where(ofRecords).execute(),
    db
      .selectFrom('field_reviews')
      .select([
        'object_type',
        'record_id',
        'meeting_id',
        'property',
        'field',
        'present',
        'proposed',
        'state',
        'value',
        'applied_at',
      ])
      .where(ofRecords)
      .where('state', 'in', ['open', 'accepted', 'refused'])
      .orderBy('decided_at')
      .execute(),
  ]);
  const [candidatesOf, writesOf, reviewsOf] = [byRecord(candidates), byRecord(writes), byRecord(reviews)];
  return new Map(
    records.map((record) => {
      const key = recordKey(record);
      const known = reviewsOf.get(key) ?? [];
      const decided = known.filter(({ state }) => state !== 'open');
      return [
        key,
        {
          writes: writesOf.get(key) ?? [],
          pendingReviews: pendingOf(known),
          candidates: (candidatesOf.get(key) ?? []).map((row) => ({
            meetingId: row.meeting_id,
            property: row.property,
            field: row.field,
            startedAt: row.started_at.getTime(),
            fits: row.fits,
            quote: row.quote,
            startSeconds: row.start_seconds,
            reason: row.reason,
            decision: decisionAbout({ meetingId: row.meeting_id, property: row.property, fits: row.fits }, decided),
          })),
        },
      ];
    }),
  );
}

/** The records that have values of these meetings. */
export async function recordsWrittenBy(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number },
  meetingIds: readonly string[],
): Promise<RecordRef[]> {
  const rows = await db
    .selectFrom('field_writes')
    .select(['object_type', 'record_id'])
    .distinct()
    .where((where) => where.and({ workspace_id: workspaceId, portal_id: portalId }))
    .where('meeting_id', 'in', meetingIds)
    .execute();
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id }));
}

function byRecord<Row extends { readonly object_type: string; readonly record_id: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  return Map.groupBy(rows, (row) => recordKey({ objectType: row.object_type, id: row.record_id }));
}

/** What a person decided last about this very value of the meeting. */
function decisionAbout(
  {
    meetingId,
    property,
    fits,
  }: { readonly meetingId: string; readonly property: string; readonly fits: string | null },
  reviews: readonly StoredReview[],
): Decision | null {
  const review = reviews.findLast(
    (each) => each.meeting_id === meetingId && each.property === property && each.proposed === fits,
  );
  return review === undefined ? null : decisionOf(review);
}

type StoredReview = Pick<
  Selectable<Database['field_reviews']>,
  'meeting_id' | 'property' | 'field' | 'state' | 'value' | 'present' | 'proposed' | 'applied_at'
>;

function pendingOf(reviews: readonly StoredReview[]): PendingReview[] {
  return reviews
    .filter(({ state, applied_at: appliedAt }) => state === 'open' || (state === 'accepted' && appliedAt === null))
    .map(({ meeting_id: meetingId, property, field, proposed, state }) => ({
      meetingId,
      property,
      field,
      proposed,
      isAccepted: state === 'accepted',
    }));
}

function decisionOf(review: StoredReview): Decision {
  if (review.state === 'refused') return { is: 'refused' };
  const { value, present: seen, proposed, applied_at: appliedAt } = review;
  return { is: 'accepted', value: value ?? proposed ?? '', seen, isApplied: appliedAt !== null };
}

/** Identifies a value without keeping it: the content of a meeting may be deleted here, while its value stays in HubSpot. */
export function digestOf(type: PropertyType | null, value: string | null): string {
  return createHash('sha256').update(canonicalValue(type, value)).digest('hex');
}

/** A write that is about to be sent. */
export interface FieldIntent {
  readonly property: string;
  /** The property's name for people; null if it is not known. */
  readonly label: string | null;
  /** Null when the value from before is put back. */
  readonly meetingId: string | null;
  readonly startedAt: number;
  readonly before: string | null;
  /** HubSpot's value right before the write. */
  readonly present: string | null;
  /** Of HubSpot's value before the write, if it is ours; null otherwise. */
  readonly ourDigest: string | null;
  readonly digest: string;
}

/** Commits that values are about to be written, so that a pass after a crash or a lost answer knows them as ours. */
export async function markSending(db: Db, at: FieldRecord, intents: readonly FieldIntent[]): Promise<void> {
  const rows = JSON.stringify(
    intents.map((each) => ({
      ...each,
      meeting_id: each.meetingId,
      started_at: new Date(each.startedAt).toISOString(),
    })),
  );
  await sql`
    insert into field_writes as known
      (workspace_id, portal_id, object_type, record_id, property, label, meeting_id, started_at, before, written_digest, sending_digest)
    select ${at.workspaceId}, ${at.portalId}::bigint, ${at.record.objectType}, ${at.record.id}, property, label, meeting_id, started_at, before, "ourDigest", digest
    from jsonb_to_recordset(${rows}::jsonb) as one (property text, label text, meeting_id text, started_at timestamptz, before text, "ourDigest" text, digest text)
    on conflict (workspace_id, portal_id, object_type, record_id, property) do update set
      label = excluded.label, meeting_id = excluded.meeting_id, started_at = excluded.started_at, before = excluded.before,
      -- HubSpot has the value whose answer was lost: it stays known as ours if this write is not applied.
      written_digest = coalesce(excluded.written_digest, known.written_digest),
      sending_digest = excluded.sending_digest
  `.execute(db);
  // Only now is it known what the meeting's value replaces: after a lost answer HubSpot may have the new value.
  await sql`
    update field_candidates as known set before = one.present
    from jsonb_to_recordset(${rows}::jsonb) as one (property text, meeting_id text, present text)
    where ${ofRecord(at)} and known.property = one.property and known.meeting_id = one.meeting_id
  `.execute(db);
}

/** The outcome of a write. A refused value was not written. */
export interface FieldAnswer {
  readonly property: string;
  readonly digest: string;
  readonly isRefused: boolean;
}

/** Commits HubSpot's answers. Its refusals are not kept here, because they may quote the value. */
export async function recordAnswers(db: Db, at: FieldRecord, answers: readonly FieldAnswer[]): Promise<void> {
  const rows = JSON.stringify(answers);
  await sql`
    update field_writes as known set
      written_digest = case when one."isRefused" then known.written_digest else one.digest end,
      written_at = case when one."isRefused" then known.written_at else clock_timestamp() end,
      sending_digest = null
    from jsonb_to_recordset(${rows}::jsonb) as one (property text, digest text, "isRefused" boolean)
    where ${ofRecord(at)} and known.property = one.property
  `.execute(db);
}

/** Commits that HubSpot has the value of another meeting already. */
export async function moveWrite(
  db: Db,
  at: FieldRecord,
  { property, meetingId, startedAt, digest }: Omit<FieldIntent, 'before' | 'present' | 'label' | 'ourDigest'>,
): Promise<void> {
  await sql`
    update field_writes as known set meeting_id = ${meetingId}, started_at = ${new Date(startedAt)}, written_digest = ${digest},
      sending_digest = null
    where ${ofRecord(at)} and property = ${property}
  `.execute(db);
}

/** Forgets what was written: it was put back, or a person changed it and its meeting is gone. */
export async function forgetWrites(db: Db, at: FieldRecord, properties: readonly string[]): Promise<void> {
  if (properties.length === 0) return;
  await sql`delete from field_writes as known where ${ofRecord(at)} and property = any (${properties})`.execute(db);
}

function ofRecord({ workspaceId, portalId, record }: FieldRecord) {
  return sql<boolean>`known.workspace_id = ${workspaceId} and known.portal_id = ${portalId}
    and known.object_type = ${record.objectType} and known.record_id = ${record.id}`;
}
