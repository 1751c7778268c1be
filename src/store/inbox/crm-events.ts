import { sql, type Selectable } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { CrmChange } from '../../meeting/crm-types';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';
import type { CrmEventKind } from './tables';

/** An event in the inbox that has not been processed. */
export interface PendingEvent {
  readonly id: number;
  readonly kind: CrmEventKind;
  readonly records: readonly RecordRef[];
  readonly property: { readonly name: string; readonly value: string } | null;
  readonly occurredAt: Date;
}

/** Adds events to the inbox. Ignores repeated deliveries. @returns the number of new events */
export async function putEvents(db: DbPool, changes: readonly CrmChange[]): Promise<number> {
  if (changes.length === 0) return 0;
  // Always insert in the same order, so that two concurrent deliveries of the same events cannot deadlock.
  const ordered = changes.toSorted((a, b) => a.portalId - b.portalId || (a.key < b.key ? -1 : Number(a.key > b.key)));
  const { numAffectedRows } = await sql`
    insert into crm_events (portal_id, event_key, kind, records, property_name, property_value, occurred_at)
    select portal_id, event_key, kind, string_to_array(records, ' '), property_name, property_value, occurred_at
    from unnest(
      ${ordered.map((change) => change.portalId)}::bigint[], ${ordered.map((change) => change.key)}::text[],
      ${ordered.map((change) => change.kind)}::text[], ${ordered.map((change) => change.records.map(recordKey).join(' '))}::text[],
      ${ordered.map((change) => change.property?.name ?? null)}::text[], ${ordered.map((change) => change.property?.value ?? null)}::text[],
      ${ordered.map((change) => change.occurredAt)}::timestamptz[]
    ) with ordinality as given (portal_id, event_key, kind, records, property_name, property_value, occurred_at, position)
    order by position
    on conflict (portal_id, event_key) do nothing
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** The oldest pending events of a portal, in the order in which they occurred. */
export async function pendingEvents(db: Db, portalId: number, limit: number): Promise<PendingEvent[]> {
  const rows = await db
    .selectFrom('crm_events')
    .selectAll()
    .where('portal_id', '=', portalId)
    .where('done_at', 'is', null)
    .orderBy('occurred_at')
    .orderBy('id')
    .limit(limit)
    .execute();
  return rows.map(pendingOf);
}

/**
 * Finds the records whose address or domain is in any event, pending or done, because HubSpot sends these events before
 * or after the creation event.
 *
 * @returns their `recordKey`s
 */
export async function recordsWithKnownMatch(
  db: Db,
  portalId: number,
  refs: readonly RecordRef[],
): Promise<Set<string>> {
  if (refs.length === 0) return new Set();
  // PostgreSQL uses the partial index only for the names in its condition. They are those of `MATCHED_BY`.
  const { rows } = await sql<{ record: string }>`
    select distinct records[1] as record from crm_events
    where portal_id = ${portalId} and records[1] = any (${refs.map(recordKey)})
      and property_name in ('email', 'hs_additional_emails', 'domain', 'hs_additional_domains')
  `.execute(db);
  return new Set(rows.map((row) => row.record));
}

function pendingOf(row: Selectable<Database['crm_events']>): PendingEvent {
  return {
    id: row.id,
    kind: row.kind,
    records: row.records.map(parseRecordKey),
    property: row.property_name === null ? null : { name: row.property_name, value: row.property_value ?? '' },
    occurredAt: row.occurred_at,
  };
}

/**
 * Marks events as done, after they were processed. If they were marked at arrival, a delivery that HubSpot repeats after
 * a failure of ours would count as a duplicate.
 */
export async function markEventsDone(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('crm_events')
    .set({ done_at: sql<Date>`now()`, property_value: null })
    .where(sql<boolean>`id = any (${ids})`)
    .execute();
}

/**
 * HubSpot repeats an event for up to a day, and the row is needed that long to recognise the duplicate. A week leaves
 * time to investigate problems.
 */
const KEPT_DAYS = 7;

/**
 * Deletes events that are older than a week and are done, or that belong to accounts that are not connected and will
 * never be processed.
 *
 * @returns the number of deleted events; fewer than `limit` means that none is left
 */
export async function deleteOldEvents(db: Db, limit: number): Promise<number> {
  const old = sql`now() - make_interval(days => ${KEPT_DAYS})`;
  const { numAffectedRows } = await sql`
    with done as (
      select id from crm_events where done_at < ${old} limit ${limit} for update skip locked
    ), forsaken as (
      select id from crm_events as event
      where done_at is null and received_at < ${old} and not exists (
        select from connections where connections.portal_id = event.portal_id and state = 'connected'
      )
      limit ${limit} for update skip locked
    )
    delete from crm_events where id in (select id from done union all select id from forsaken limit ${limit})
  `.execute(db);
  return Number(numAffectedRows ?? 0n);
}

/** @returns those of the portals that are connected */
export async function connectedAmong(db: Db, portalIds: readonly number[]): Promise<number[]> {
  if (portalIds.length === 0) return [];
  const rows = await db
    .selectFrom('connections')
    .select('portal_id')
    .where('portal_id', 'in', portalIds)
    .where('state', '=', 'connected')
    .execute();
  return rows.map((row) => row.portal_id);
}

/**
 * New records of many meetings are read together, once no sync of the workspace is running, or after this time at the
 * latest.
 */
const READ_AFTER_SECONDS = 20;

/** Connected portals with pending events, due privacy deletions, or records that have not been read. */
export async function portalsWithWork(db: Db): Promise<number[]> {
  const { rows } = await sql<{ portal_id: number }>`
    select portal_id from connections
    where state = 'connected' and (
      exists (select from crm_events where crm_events.portal_id = connections.portal_id and done_at is null)
      or exists (select from privacy_deletions where privacy_deletions.portal_id = connections.portal_id and due)
      or exists (select from crm_records where crm_records.portal_id = connections.portal_id and read_at is null
        and (sighted_at < now() - make_interval(secs => ${READ_AFTER_SECONDS}) or not exists (
          select from meetings where meetings.workspace_id = connections.workspace_id and status in ('accepted', 'syncing')
        )))
    )
  `.execute(db);
  return rows.map((row) => row.portal_id);
}

/** The record of a `recordKey`. */
export function parseRecordKey(key: string): RecordRef {
  const separator = key.indexOf('/');
  return { objectType: key.slice(0, separator), id: key.slice(separator + 1) };
}
