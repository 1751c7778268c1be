import { sql } from 'kysely';
import { readPage, type CursorPage, type PagePlace } from '../cursor-pages';
import type { Db } from '../database';
import type { ActorKind, ActorWay } from './actor';
import type { AuditValues } from './tables';

/** Filters of the audit trail. They apply together. An absent one matches every event. */
export interface AuditFilters {
  /** The id of a member, key or session, or the label of an actor without one, such as `the operator`. */
  readonly who?: string | undefined;
  /** The part of an action's code before the dot. */
  readonly group?: string | undefined;
  readonly action?: string | undefined;
  readonly objectType?: string | undefined;
  readonly objectId?: string | undefined;
  /** Inclusive. */
  readonly from?: Date | undefined;
  /** Exclusive. */
  readonly until?: Date | undefined;
  /** Beginnings of words in who, where, object, before and after. */
  readonly text?: string | undefined;
}

/** One event. */
export interface ListedAuditEvent {
  readonly id: number;
  readonly at: Date;
  readonly actor: {
    readonly kind: ActorKind;
    readonly id: string | null;
    readonly label: string;
    readonly ip: string | null;
    readonly way: ActorWay;
  };
  readonly action: string;
  readonly object: { readonly type: string; readonly id: string | null; readonly label: string | null } | null;
  readonly before: AuditValues | null;
  readonly after: AuditValues | null;
  readonly count: number;
  readonly lastAt: Date | null;
}

/** The columns of a {@link ListedAuditEvent}. */
export const auditColumns = [
  'id',
  'at',
  'actor_kind',
  'actor_id',
  'actor_label',
  'ip',
  'way',
  'action',
  'object_type',
  'object_id',
  'object_label',
  'before',
  'after',
  'count',
  'last_at',
] as const;

/**
 * The events of a workspace, newest first.
 *
 * @throws `InvalidCursorError` for a cursor that this did not return
 */
export async function listAuditEvents(
  db: Db,
  workspaceId: string,
  filters: AuditFilters,
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<CursorPage<ListedAuditEvent>> {
  return await readPage<ListedAuditEvent>(page, async (place, limit) => {
    const rows = await matching(db, workspaceId, filters, place)
      .select([...auditColumns, sql<string>`at::text`.as('exact')])
      .limit(limit)
      .execute();
    return rows.map((row) => ({ row: listed(row), at: row.exact, id: String(row.id) }));
  });
}

/** Who acted in the workspace, by label, 200 at most. */
export async function listAuditActors(
  db: Db,
  workspaceId: string,
): Promise<{ readonly key: string; readonly label: string }[]> {
  // Jumps from one actor to the next in the index, so that the number of events does not matter.
  const { rows } = await sql<{ key: string; label: string }>`
    with recursive actors (key, number) as (
      (select actor_key, 1 from audit_events where workspace_id = ${workspaceId} order by actor_key limit 1)
      union all
      select (
        select actor_key from audit_events
        where workspace_id = ${workspaceId} and actor_key > actors.key order by actor_key limit 1
      ), number + 1 from actors where actors.key is not null and number < 200
    )
    select key, (
      select actor_label from audit_events
      where workspace_id = ${workspaceId} and actor_key = actors.key order by at desc, id desc limit 1
    ) as label
    from actors where key is not null
    order by label, key
  `.execute(db);
  return rows;
}

function matching(db: Db, workspaceId: string, filters: AuditFilters, place: PagePlace | null) {
  const { who, group, action, objectType, objectId, from, until, text } = filters;
  const words = text === undefined ? [] : wordsOf(text);
  const order = place?.direction === 'previous' ? 'asc' : 'desc';
  return db
    .selectFrom('audit_events')
    .where('workspace_id', '=', workspaceId)
    .$if(who !== undefined, (query) => query.where('actor_key', '=', who ?? ''))
    .$if(group !== undefined, (query) => query.where('action_group', '=', group ?? ''))
    .$if(action !== undefined, (query) =>
      query.where('action_group', '=', action?.split('.', 1)[0] ?? '').where('action', '=', action ?? ''),
    )
    .$if(objectType !== undefined, (query) => query.where('object_type', '=', objectType ?? ''))
    .$if(objectId !== undefined, (query) => query.where('object_id', '=', objectId ?? ''))
    .$if(from !== undefined, (query) => query.where('at', '>=', from ?? new Date()))
    .$if(until !== undefined, (query) => query.where('at', '<', until ?? new Date()))
    .$if(words.length > 0, (query) =>
      query.where(
        sql<boolean>`audit_words(workspace_id, actor_label, ip, object_id, object_label, before, after)
          @@ ${[`'workspace:${workspaceId}'`, ...words].join(' & ')}::tsquery`,
      ),
    )
    .$if(place !== null, (query) =>
      place?.direction === 'previous'
        ? query.where(sql<boolean>`(at, id) > (${place.at}::timestamptz, ${place.id}::bigint)`)
        : query.where(sql<boolean>`(at, id) < (${place?.at ?? null}::timestamptz, ${place?.id ?? null}::bigint)`),
    )
    .orderBy('at', order)
    .orderBy('id', order);
}

/** The words of a search as beginnings of words. Letters and digits only, which no `tsquery` reads as an operator. */
function wordsOf(text: string): string[] {
  return [
    ...text
      .normalize('NFC')
      .toLowerCase()
      .matchAll(/[\p{L}\p{N}]+/gu),
  ].map(([word]) => `'${word}':*`);
}

type Row = Awaited<ReturnType<ReturnType<typeof rowsOf>['execute']>>[number];

function rowsOf(db: Db) {
  return db.selectFrom('audit_events').select(auditColumns);
}

/** The event of a row. */
export function listed(row: Row): ListedAuditEvent {
  return {
    id: row.id,
    at: row.at,
    actor: { kind: row.actor_kind, id: row.actor_id, label: row.actor_label, ip: row.ip, way: row.way },
    action: row.action,
    object: row.object_type === null ? null : { type: row.object_type, id: row.object_id, label: row.object_label },
    before: row.before,
    after: row.after,
    count: row.count,
    lastAt: row.last_at,
  };
}
