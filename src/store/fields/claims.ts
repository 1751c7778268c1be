import { sql } from 'kysely';
import type { Db } from '../database';
import type { FieldRecord, WantedRecord } from './candidates';

/** Longer than a request to HubSpot with its wait for a slot takes. A pass renews its claim before it writes. */
const CLAIM_SECONDS = 60;

interface ClaimedRecords {
  /** With the request that is fulfilled when the claim ends. */
  readonly claimed: readonly WantedRecord[];
  /** Another pass has fulfilled the request in the meantime. */
  readonly done: readonly WantedRecord[];
}

/** Claims records, so that one pass at a time writes values to them. Those that another pass has are in neither list. */
export async function claimFieldRecords(
  db: Db,
  account: { readonly workspaceId: string; readonly portalId: number },
  records: readonly WantedRecord[],
  token: string,
): Promise<ClaimedRecords> {
  const { rows } = await sql<{ object_type: string; record_id: string; wanted: number; claimed: boolean }>`
    with one as (
      select * from unnest(${records.map(({ objectType }) => objectType)}::text[], ${records.map(({ id }) => id)}::text[],
        ${records.map(({ wanted }) => wanted)}::int[]) as one (object_type, record_id, mine)
    ), free as (
      select known.object_type, known.record_id from field_records as known join one using (object_type, record_id)
      where workspace_id = ${account.workspaceId} and portal_id = ${account.portalId} and done < mine
        and (claim is null or claimed_until < clock_timestamp())
      for update of known skip locked
    ), claimed as (
      update field_records as known set claim = ${token}, claimed_until = clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})
      from free
      where workspace_id = ${account.workspaceId} and portal_id = ${account.portalId}
        and known.object_type = free.object_type and known.record_id = free.record_id
      returning known.object_type, known.record_id, known.wanted
    )
    select object_type, record_id, wanted, true as claimed from claimed
    union all
    select object_type, record_id, wanted, false from field_records as known join one using (object_type, record_id)
    where workspace_id = ${account.workspaceId} and portal_id = ${account.portalId} and done >= mine
  `.execute(db);
  const of = (claimed: boolean) =>
    rows
      .filter((row) => row.claimed === claimed)
      .map((row) => ({ objectType: row.object_type, id: row.record_id, wanted: row.wanted }));
  return { claimed: of(true), done: of(false) };
}

/** Prolongs the claim of a record. @returns false if it has ended: another pass may have the record */
export async function renewFieldClaim(db: Db, at: FieldRecord, token: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('field_records')
    .set({ claimed_until: sql<Date>`clock_timestamp() + make_interval(secs => ${CLAIM_SECONDS})` })
    .where((where) => where.and({ ...columnsOf(at), claim: token }))
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Ends the claim of a record. @param isDone - whether its values are as they have to be */
export async function endFieldClaim(
  db: Db,
  at: FieldRecord & { readonly record: WantedRecord },
  token: string,
  isDone: boolean,
): Promise<void> {
  await db
    .updateTable('field_records')
    .set({
      claim: null,
      claimed_until: null,
      ...(isDone ? { done: sql<number>`greatest(done, ${at.record.wanted})` } : {}),
    })
    .where((where) => where.and({ ...columnsOf(at), claim: token }))
    .execute();
}

function columnsOf({ workspaceId, portalId, record }: FieldRecord) {
  return { workspace_id: workspaceId, portal_id: portalId, object_type: record.objectType, record_id: record.id };
}
