import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { FollowedType } from '../meeting/crm-types';
import { settingsSchema } from '../meeting/settings';
import type { Db } from './database';

/** What HubSpot's webhooks journal is read for. */
export interface Followed {
  /** Every account that is connected here. */
  readonly portalIds: readonly number[];
  /** The custom object types that their settings name, as far as HubSpot told what these have. */
  readonly types: readonly FollowedType[];
  /** Another one whenever a type comes or goes, and when an account connects again: HubSpot may have dropped what stood. */
  readonly digest: string;
}

/** @param scope - without which an account tells nothing of its custom objects */
export async function followedTypes(db: Db, scope: string): Promise<Followed> {
  const connections = await db
    .selectFrom('connections')
    .innerJoin('workspaces', 'workspaces.id', 'connections.workspace_id')
    .select(['portal_id', 'connected_at', 'scopes', 'settings'])
    .where('state', '=', 'connected')
    .orderBy('portal_id')
    .execute();
  const portalIds = connections.map((connection) => connection.portal_id);
  const chosen = new Map(
    connections.map(({ portal_id, scopes, settings }) => [
      portal_id,
      new Set(scopes.includes(scope) ? settingsSchema.parse(settings).customObjectTypes : []),
    ]),
  );
  const known = await db
    .selectFrom('crm_object_types')
    .select(['portal_id', 'object_type', 'properties'])
    .where(sql<boolean>`portal_id = any (${portalIds})`)
    .orderBy('portal_id')
    .orderBy('object_type')
    .execute();
  const types = known
    .filter((type) => chosen.get(type.portal_id)?.has(type.object_type) === true)
    .map((type) => ({ portalId: type.portal_id, objectType: type.object_type, properties: type.properties }));
  const since = connections.map(({ portal_id, connected_at }) => [portal_id, connected_at]);
  const digest = createHash('sha256')
    .update(JSON.stringify([since, types]))
    .digest('hex');
  return { portalIds, types, digest };
}

/** Whether HubSpot was asked within the last day to put just this into the journal. */
export async function isSubscribed(db: Db, { digest }: Followed): Promise<boolean> {
  const row = await db
    .selectFrom('webhooks_journal')
    .select('the_one')
    .where('subscribed', '=', digest)
    .where('subscribed_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirst();
  return row !== undefined;
}

/** Remembers what HubSpot was asked for. */
export async function noteSubscribed(db: Db, { digest }: Followed): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ subscribed: digest, subscribed_at: sql<Date>`now()` })
    .execute();
}

/** The file whose events were stored last, or null. */
export async function journalCursor(db: Db): Promise<string | null> {
  const row = await db.selectFrom('webhooks_journal').select('cursor').executeTakeFirst();
  return row?.cursor ?? null;
}

/** @returns false when another reader moved it meanwhile: it goes on from where that one is */
export async function moveJournalCursor(db: Db, from: string | null, to: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks_journal')
    .set({ cursor: to })
    .where('cursor', 'is not distinct from', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Remembers whether HubSpot refuses the journal.
 *
 * @param refused - its words, or null
 * @returns whether that is new
 */
export async function noteJournalRefused(db: Db, refused: string | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks_journal')
    .set({ refused })
    .where('refused', 'is distinct from', refused)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Takes the next look into the journal, if it is due and any connected account has custom object types chosen: for
 * everything else webhooks and refused refreshes tell as much, and an app that needs no journal does not ask for one.
 *
 * @param forMs - another one is due then, unless this one says when
 */
export async function claimLook(db: Db, forMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks_journal')
    .set({ look_at: inMs(forMs) })
    .where('look_at', '<=', sql<Date>`now()`)
    .where(
      sql<boolean>`exists (
        select from connections join workspaces on workspaces.id = connections.workspace_id
        where connections.state = 'connected' and jsonb_array_length(coalesce(workspaces.settings -> 'customObjectTypes', '[]')) > 0
      )`,
    )
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** Makes a look due. */
export async function lookSoon(db: Db): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ look_at: sql<Date>`now()` })
    .execute();
}

/** How long the journal was left alone before this look, in milliseconds. */
export async function journalRestMs(db: Db): Promise<number> {
  return (await db.selectFrom('webhooks_journal').select('rest_ms').executeTakeFirstOrThrow()).rest_ms;
}

/** Leaves the journal alone. @param timeScale - `SYNC_TIME_SCALE` */
export async function restJournal(db: Db, restMs: number, timeScale: number): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ rest_ms: restMs, look_at: inMs(restMs * timeScale) })
    .execute();
}

function inMs(ms: number) {
  return sql<Date>`now() + make_interval(secs => ${ms / 1_000})`;
}
