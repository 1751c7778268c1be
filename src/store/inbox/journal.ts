import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { FollowedType } from '../../meeting/crm-types';
import { settingsSchema } from '../../meeting/settings';
import type { Db } from '../database';

/** What the subscriptions of HubSpot's webhooks journal must cover. */
export interface Followed {
  /** All connected accounts. */
  readonly portalIds: readonly number[];
  /** The custom object types in their settings, if the catalogue knows them. */
  readonly types: readonly FollowedType[];
  /**
   * Changes whenever a type is added or removed, and when an account reconnects, because HubSpot may have deleted its
   * subscriptions.
   */
  readonly digest: string;
}

/** @param scope - the OAuth scope without which HubSpot does not show custom objects of an account */
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

/** Whether exactly these subscriptions were requested within the last day. */
export async function isSubscribed(db: Db, { digest }: Followed): Promise<boolean> {
  const row = await db
    .selectFrom('webhooks_journal')
    .select('the_one')
    .where('subscribed', '=', digest)
    .where('subscribed_at', '>', sql<Date>`now() - interval '1 day'`)
    .executeTakeFirst();
  return row !== undefined;
}

/** Records that these subscriptions were requested. */
export async function recordSubscribed(db: Db, { digest }: Followed): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ subscribed: digest, subscribed_at: sql<Date>`now()` })
    .execute();
}

/** @returns the offset of the last file whose events were stored, or null */
export async function journalCursor(db: Db): Promise<string | null> {
  const row = await db.selectFrom('webhooks_journal').select('cursor').executeTakeFirst();
  return row?.cursor ?? null;
}

/** @returns false when another reader moved the cursor in the meantime; the caller continues at the new position */
export async function moveJournalCursor(db: Db, from: string | null, to: string): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks_journal')
    .set({ cursor: to })
    .where('cursor', 'is not distinct from', from)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Records whether HubSpot refuses access to the journal.
 *
 * @param refused - HubSpot's message, or null when access is granted
 * @returns whether this differs from the previous state
 */
export async function recordJournalRefusal(db: Db, refused: string | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhooks_journal')
    .set({ refused })
    .where('refused', 'is distinct from', refused)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/**
 * Claims the next read of the journal, if it is due and the settings of a connected account name custom object types.
 * Webhooks and failed token refreshes report everything else, so that other apps need no journal.
 *
 * @param forMs - the next read is due after this time, unless this one sets another
 * @returns whether the caller shall read now
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

/** Makes the next read due now. */
export async function makeLookDue(db: Db): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ look_at: sql<Date>`now()` })
    .execute();
}

/** The pause before the current read, in milliseconds. */
export async function journalPauseMs(db: Db): Promise<number> {
  return (await db.selectFrom('webhooks_journal').select('rest_ms').executeTakeFirstOrThrow()).rest_ms;
}

/** Sets the pause before the next read. @param timeScale - `SYNC_TIME_SCALE` */
export async function pauseJournal(db: Db, pauseMs: number, timeScale: number): Promise<void> {
  await db
    .updateTable('webhooks_journal')
    .set({ rest_ms: pauseMs, look_at: inMs(pauseMs * timeScale) })
    .execute();
}

function inMs(ms: number) {
  return sql<Date>`now() + make_interval(secs => ${ms / 1_000})`;
}
