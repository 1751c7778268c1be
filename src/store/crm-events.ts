import { sql, type Kysely } from 'kysely';
import type { CrmChange } from '../hubspot/webhook-events';
import { recordKey, type RecordRef } from '../meeting/cascade';
import type { Db } from './database';
import type { CrmEventKind, Database } from './schema';

/** An event of the inbox that waits for its turn. */
export interface PendingEvent {
  readonly id: number;
  readonly kind: CrmEventKind;
  readonly records: readonly RecordRef[];
  readonly property: { readonly name: string; readonly value: string } | null;
  readonly occurredAt: Date;
}

/** Puts events into the inbox, each once, whatever HubSpot repeats. @returns how many were new */
export async function putEvents(db: Kysely<Database>, changes: readonly CrmChange[]): Promise<number> {
  if (changes.length === 0) return 0;
  const result = await db
    .insertInto('crm_events')
    .values(
      changes.map((change) => ({
        portal_id: change.portalId,
        event_key: change.key,
        kind: change.kind,
        records: change.records.map(recordKey),
        property_name: change.property?.name ?? null,
        property_value: change.property?.value ?? null,
        occurred_at: change.occurredAt,
      })),
    )
    .onConflict((conflict) => conflict.columns(['portal_id', 'event_key']).doNothing())
    .executeTakeFirst();
  return Number(result.numInsertedOrUpdatedRows ?? 0n);
}

/** The oldest events of a portal that were not worked off, in the order in which they occurred. */
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
  return rows.map((row) => ({
    id: row.id,
    kind: row.kind,
    records: row.records.map(parseKey),
    property: row.property_name === null ? null : { name: row.property_name, value: row.property_value ?? '' },
    occurredAt: row.occurred_at,
  }));
}

/** Marks events as worked off: not at their arrival, or a repeat after a failure of ours would be taken for a double. */
export async function markEventsDone(db: Db, ids: readonly number[]): Promise<void> {
  if (ids.length === 0) return;
  await db
    .updateTable('crm_events')
    .set({ done_at: sql<Date>`now()`, property_value: null })
    .where('id', 'in', ids)
    .execute();
}

/** New records of many meetings are read together, and not while their meetings are being written. */
const READ_AFTER_SECONDS = 20;

/** Connected portals with work: events that wait, or records that were not read yet. */
export async function portalsWithWork(db: Db): Promise<number[]> {
  const { rows } = await sql<{ portal_id: number }>`
    select portal_id from connections
    where state = 'connected' and (
      exists (select from crm_events where crm_events.portal_id = connections.portal_id and done_at is null)
      or exists (select from crm_records where crm_records.portal_id = connections.portal_id and read_at is null
        and sighted_at < now() - make_interval(secs => ${READ_AFTER_SECONDS}))
    )
  `.execute(db);
  return rows.map((row) => row.portal_id);
}

function parseKey(key: string): RecordRef {
  const separator = key.indexOf('/');
  return { objectType: key.slice(0, separator), id: key.slice(separator + 1) };
}
