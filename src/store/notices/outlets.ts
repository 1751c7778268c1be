import { sql, type Selectable, type Transaction } from 'kysely';
import type { AttemptError } from '../../meeting/notices/attempts';
import type { NoticeEvent } from '../../meeting/notices/events';
import type { OffReason, OutletKind } from '../../meeting/notices/outlet';
import { isUuid } from '../access/uuid';
import { SYSTEM } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';

/** An outlet with its encrypted address and secrets. */
export type OutletRow = Selectable<Database['outlets']>;

/** What people choose about an outlet. */
export interface OutletChoices {
  readonly name: string;
  /** Encrypted. */
  readonly address: string;
  readonly addressHint: string;
  readonly events: readonly NoticeEvent[];
  readonly daily: boolean;
  readonly includesText: boolean;
  readonly language: string;
}

/** The workspace's outlets, oldest first. */
export async function listOutlets(db: Db, workspaceId: string): Promise<OutletRow[]> {
  return await db
    .selectFrom('outlets')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .orderBy('created_at')
    .orderBy('id')
    .execute();
}

/** One outlet; null if the workspace has none with this id. */
export async function findOutlet(db: Db, workspaceId: string, id: string): Promise<OutletRow | null> {
  if (!isUuid(id)) return null;
  const query = db.selectFrom('outlets').selectAll().where('workspace_id', '=', workspaceId).where('id', '=', id);
  return (await query.executeTakeFirst()) ?? null;
}

/** One outlet of any workspace, for its deliveries; null if it was deleted. */
export async function outletToDeliver(db: Db, id: string): Promise<OutletRow | null> {
  return (await db.selectFrom('outlets').selectAll().where('id', '=', id).executeTakeFirst()) ?? null;
}

/**
 * Creates an outlet.
 *
 * @param outlet - `id`: a UUID of the caller, which is part of what the encrypted texts are bound to. `secret`: encrypted
 */
export async function insertOutlet(
  db: Db,
  outlet: OutletChoices & {
    readonly id: string;
    readonly workspaceId: string;
    readonly kind: OutletKind;
    readonly secret: string | null;
    readonly createdBy: string;
  },
): Promise<OutletRow> {
  return await db
    .insertInto('outlets')
    .values({
      id: outlet.id,
      workspace_id: outlet.workspaceId,
      kind: outlet.kind,
      secret: outlet.secret,
      created_by: outlet.createdBy,
      updated_at: sql<Date>`clock_timestamp()`,
      ...columnsOf(outlet),
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Changes what people choose. What waits for a digest is due now if the outlet no longer gets digests. */
export async function updateOutlet(
  transaction: Transaction<Database>,
  id: string,
  choices: OutletChoices,
): Promise<void> {
  await transaction
    .updateTable('outlets')
    .set({ ...columnsOf(choices), updated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
  const due = choices.daily ? sql<Date>`next_digest_at(workspace_id)` : sql<Date>`clock_timestamp()`;
  await transaction
    .updateTable('notice_deliveries')
    .set({ due_at: due })
    .where('outlet_id', '=', id)
    .where('state', '=', 'waiting')
    .where('attempts', '=', 0)
    .where('due_at', '>', sql<Date>`clock_timestamp()`)
    .execute();
}

function columnsOf({ name, address, addressHint, events, daily, includesText, language }: OutletChoices) {
  return {
    name,
    address,
    address_hint: addressHint,
    events: [...events],
    daily,
    includes_text: includesText,
    language,
  };
}

/** Switches an outlet on. It gets what happens from now on. */
export async function switchOn(db: Db, id: string): Promise<void> {
  await db
    .updateTable('outlets')
    .set({ state: 'on', off_reason: null, off_at: null, ...NOT_FAILING, updated_at: sql<Date>`clock_timestamp()` })
    .where('id', '=', id)
    .execute();
}

/** Columns of an outlet whose last attempt did not fail. */
export const NOT_FAILING = { failures: 0, failing_since: null, paused_until: null } as const;

/**
 * Switches an outlet off, which fails its waiting deliveries. All other outlets of the workspace get a notice, unless a
 * person did it.
 *
 * @returns the outlet as it was; null if it was off already or deleted
 */
export async function switchOff(
  transaction: Transaction<Database>,
  id: string,
  reason: OffReason,
): Promise<OutletRow | null> {
  const outlet = await transaction
    .selectFrom('outlets')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'on')
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (outlet === undefined) return null;
  await transaction
    .updateTable('outlets')
    .set({
      state: 'off',
      off_reason: reason,
      off_at: sql<Date>`clock_timestamp()`,
      updated_at: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .execute();
  await transaction
    .updateTable('notice_deliveries')
    .set({ state: 'failed', due_at: null, error: sql<AttemptError>`coalesce(error, 'switched_off')` })
    .where('outlet_id', '=', id)
    .where('state', '=', 'waiting')
    .execute();
  if (reason !== 'by_person') {
    await recordAudit(transaction, SYSTEM, {
      workspaceId: outlet.workspace_id,
      action: 'outlet.switch_off',
      object: { type: 'outlet', id, label: outlet.name },
      after: { reason, failingSince: outlet.failing_since?.toISOString() ?? null },
    });
    await sql`
      select put_notice(${outlet.workspace_id}, 'outlet.switched_off', jsonb_build_object('outletId', ${id}::text,
        'kind', ${outlet.kind}::text, 'name', ${outlet.name}::text, 'cause', ${reason}::text,
        'failingSince', ${outlet.failing_since?.toISOString() ?? null}::text))
    `.execute(transaction);
  }
  return outlet;
}

/** Deletes an outlet and its deliveries. @returns false if the workspace has no such outlet */
export async function deleteOutlet(
  transaction: Transaction<Database>,
  workspaceId: string,
  id: string,
): Promise<boolean> {
  if (!isUuid(id)) return false;
  const { numDeletedRows } = await transaction
    .deleteFrom('outlets')
    .where('workspace_id', '=', workspaceId)
    .where('id', '=', id)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await transaction.deleteFrom('notice_deliveries').where('outlet_id', '=', id).execute();
  return true;
}

/** The old secret of a webhook signs, too, for this time. */
const OLD_SECRET_HOURS = 24;

/** Replaces the secret of a webhook. @param secret - encrypted */
export async function replaceSecret(db: Db, id: string, secret: string): Promise<void> {
  await db
    .updateTable('outlets')
    .set({
      secret,
      previous_secret: sql<string>`secret`,
      previous_until: sql<Date>`clock_timestamp() + make_interval(hours => ${OLD_SECRET_HOURS})`,
      updated_at: sql<Date>`clock_timestamp()`,
    })
    .where('id', '=', id)
    .execute();
}

/** The encrypted texts of all outlets. */
export async function listSealedOutlets(
  db: Db,
): Promise<Pick<OutletRow, 'id' | 'workspace_id' | 'address' | 'secret' | 'previous_secret'>[]> {
  return await db
    .selectFrom('outlets')
    .select(['id', 'workspace_id', 'address', 'secret', 'previous_secret'])
    .orderBy('id')
    .execute();
}

/** Stores the same texts encrypted with another key. Does nothing if one of them changed meanwhile. */
export async function saveResealedOutlet(
  db: DbPool,
  before: Awaited<ReturnType<typeof listSealedOutlets>>[number],
  after: Pick<OutletRow, 'address' | 'secret' | 'previous_secret'>,
): Promise<void> {
  await db
    .updateTable('outlets')
    .set(after)
    .where('id', '=', before.id)
    .where('address', '=', before.address)
    .where('secret', 'is not distinct from', before.secret)
    .where('previous_secret', 'is not distinct from', before.previous_secret)
    .execute();
}
