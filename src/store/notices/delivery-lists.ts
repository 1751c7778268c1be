import { sql } from 'kysely';
import type { AttemptError } from '../../meeting/notices/attempts';
import type { DeliveryState } from '../../meeting/notices/outlet';
import type { AnyNoticeEvent } from '../../meeting/notices/events';
import { isUuid } from '../access/uuid';
import { readPage, type PagePlace } from '../cursor-pages';
import type { Db, DbPool } from '../database';

/** What became of a notice at an outlet. */
export interface Delivery {
  readonly id: string;
  readonly noticeId: string;
  readonly event: AnyNoticeEvent;
  readonly at: Date;
  /** Null if the notice concerns no meeting. */
  readonly meetingId: string | null;
  readonly state: DeliveryState;
  readonly attempts: number;
  readonly triedAt: Date | null;
  readonly dueAt: Date | null;
  readonly status: number | null;
  readonly answer: string | null;
  readonly error: AttemptError | null;
}

/** A page of deliveries. Cursors are null at the list's ends. */
export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  readonly nextCursor: string | null;
  readonly previousCursor: string | null;
}

/**
 * A page of an outlet's deliveries, the newest notice first.
 *
 * @throws `InvalidCursorError` when no page returned the cursor
 */
export async function listDeliveries(
  db: Db,
  outletId: string,
  filters: { readonly state?: DeliveryState | undefined },
  page: { readonly cursor?: string | undefined; readonly limit: number },
): Promise<DeliveryPage> {
  const { rows, ...cursors } = await readPage(page, async (place, limit) => {
    const found = await rowsOf(db, outletId, filters, place).limit(limit).execute();
    return found.map(({ position, ...row }) => ({ row, at: row.at.toISOString(), id: String(position) }));
  });
  return { deliveries: rows, ...cursors };
}

/** One delivery of an outlet; null if it has none with this id. */
export async function findDelivery(db: Db, outletId: string, id: string): Promise<Delivery | null> {
  if (!isUuid(id)) return null;
  const row = await selected(db, outletId).where('delivery.id', '=', id).executeTakeFirst();
  if (row === undefined) return null;
  const { position: _position, ...delivery } = row;
  return delivery;
}

function rowsOf(
  db: Db,
  outletId: string,
  { state }: { readonly state?: DeliveryState | undefined },
  place: PagePlace | null,
) {
  const order = place?.direction === 'previous' ? 'asc' : 'desc';
  const position = place === null ? null : Number(place.id) || 0;
  return selected(db, outletId)
    .$if(state !== undefined, (query) => query.where('delivery.state', '=', state ?? 'waiting'))
    .$if(position !== null, (query) => query.where('delivery.notice', order === 'asc' ? '>' : '<', position ?? 0))
    .orderBy('delivery.notice', order);
}

function selected(db: Db, outletId: string) {
  return db
    .selectFrom('notice_deliveries as delivery')
    .innerJoin('notices', 'notices.position', 'delivery.notice')
    .where('delivery.outlet_id', '=', outletId)
    .select([
      'delivery.notice as position',
      'delivery.id',
      'notices.id as noticeId',
      'event',
      'at',
      sql<string | null>`data ->> 'meetingId'`.as('meetingId'),
      'state',
      'attempts',
      'tried_at as triedAt',
      'due_at as dueAt',
      'http_status as status',
      'answer',
      'error',
    ]);
}

/** Delivers again, from the first attempt. @param which - one delivery, or all that failed since a time */
export async function redeliver(
  db: Db,
  outletId: string,
  which: { readonly id: string } | { readonly since: Date },
): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('notice_deliveries')
    .set({ state: 'waiting', attempts: 0, due_at: sql<Date>`clock_timestamp()` })
    .where('outlet_id', '=', outletId)
    .$if('id' in which, (query) => query.where('id', '=', 'id' in which ? which.id : ''))
    .$if('since' in which, (query) =>
      query.where('state', '=', 'failed').where('notice', 'in', (notices) =>
        notices
          .selectFrom('notices')
          .select('position')
          .where('at', '>=', 'since' in which ? which.since : new Date(0)),
      ),
    )
    .executeTakeFirst();
  if (numUpdatedRows > 0n) await sendNow(db, outletId);
  return Number(numUpdatedRows);
}

/** A notice of one outlet only, to try it. @returns the id of the delivery */
export async function putTestNotice(
  db: DbPool,
  { outletId, workspaceId }: { readonly outletId: string; readonly workspaceId: string },
): Promise<string> {
  return await db.transaction().execute(async (transaction) => {
    const { position } = await transaction
      .insertInto('notices')
      .values({ workspace_id: workspaceId, event: 'outlet.test', data: JSON.stringify({ outletId }) })
      .returning('position')
      .executeTakeFirstOrThrow();
    const { id } = await transaction
      .insertInto('notice_deliveries')
      .values({
        outlet_id: outletId,
        workspace_id: workspaceId,
        notice: position,
        due_at: sql<Date>`clock_timestamp()`,
      })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sendNow(transaction, outletId);
    return id;
  });
}

/** A person asked for it, so a pause of the outlet ends. */
async function sendNow(db: Db, outletId: string): Promise<void> {
  await db.updateTable('outlets').set({ paused_until: null }).where('id', '=', outletId).execute();
}

/** Notices and their deliveries are kept for this long. */
const KEPT_DAYS = 30;

/** Deletes old notices with their deliveries. @returns how many; fewer than `limit` means that none is left */
export async function deleteOldNotices(db: Db, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from notices where position in (
      select position from notices where at < now() - make_interval(days => ${KEPT_DAYS}) order by at limit ${limit}
    )
  `.execute(db);
  return Number(numAffectedRows ?? 0);
}
