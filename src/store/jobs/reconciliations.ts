import { sql } from 'kysely';
import type { ReconciliationDocument } from '../../meeting/reconciliation';
import type { Actor } from '../audit/actor';
import { recordAudit } from '../audit/record-audit';
import type { Db, DbPool } from '../database';
import { requeueMany } from '../meetings/requeue-many';

const DIGESTS_AT_ONCE = 5_000;

/**
 * Starts a reconciliation: requests a sync of every meeting of the workspace. An ordinary pass compares the meeting with
 * HubSpot and writes only differences.
 *
 * @returns the id of the new reconciliation, or of the one that is running already
 */
export async function beginReconciliation(db: DbPool, workspaceId: string, actor: Actor): Promise<string> {
  return await db.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(hashtext(${`reconcile:${workspaceId}`}))`.execute(transaction);
    const running = await transaction
      .selectFrom('reconciliations')
      .select('id')
      .where((where) => where.and({ workspace_id: workspaceId, state: 'running' }))
      .executeTakeFirst();
    if (running !== undefined) return running.id;
    const before = await linkDigests(transaction, workspaceId);
    const { id } = await transaction
      .insertInto('reconciliations')
      .values({ workspace_id: workspaceId, state: 'running', links_before: JSON.stringify(before) })
      .returning('id')
      .executeTakeFirstOrThrow();
    await requeueMany(transaction, workspaceId, { kind: 'reconcilable' }, 'reconciliation');
    // The nightly run is no act of a person, and its own table has it.
    const object = { type: 'reconciliation', id };
    if (actor.kind !== 'system')
      await recordAudit(transaction, actor, { workspaceId, action: 'reconciliation.start', object });
    return id;
  });
}

/**
 * Meetings of a workspace whose pass is requested, about to begin in Temporal, or running.
 *
 * @param reconciliationId - excludes meetings accepted after its start, because a backfill would delay its end by hours
 */
const underWay = (workspaceId: string, reconciliationId: string) => sql<boolean>`(
  workspace_id = ${workspaceId} and accepted_at <= (select started_at from reconciliations where id = ${reconciliationId}) and (
    (sync_requested_at is not null and status <> 'needs_attention') or status = 'syncing'
    or (status in ('synced', 'skipped') and asked_at > coalesce(begun_at, '-infinity') and coalesce(reason ->> 'code', '') <> 'cancelled')
  )
)`;

async function countUnderWay(db: Db, workspaceId: string, reconciliationId: string): Promise<number> {
  const { count } = await db
    .selectFrom('meetings')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where(underWay(workspaceId, reconciliationId))
    .executeTakeFirstOrThrow();
  return count;
}

/** Whether syncs that a reconciliation requested are unfinished. */
export async function meetingsUnderWay(db: Db, workspaceId: string, reconciliationId: string): Promise<boolean> {
  const row = await db
    .selectFrom('meetings')
    .select('meeting_id')
    .where(underWay(workspaceId, reconciliationId))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined || (await isStillRequesting(db, workspaceId));
}

/** Whether a reconciliation has not requested all meetings yet. */
async function isStillRequesting(db: Db, workspaceId: string): Promise<boolean> {
  const row = await db
    .selectFrom('requeues')
    .select('id')
    .where((where) => where.and({ workspace_id: workspaceId, reason: 'reconciliation' }))
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends the workspace's running reconciliation, if there is one, because no workflow will continue it. */
export async function abandonReconciliation(db: DbPool, workspaceId: string): Promise<void> {
  const running = await db
    .selectFrom('reconciliations')
    .select('id')
    .where((where) => where.and({ workspace_id: workspaceId, state: 'running' }))
    .executeTakeFirst();
  if (running !== undefined) await finishReconciliation(db, running.id, 0);
}

/** A running reconciliation, with the number of its meetings. */
export interface RunningReconciliation {
  readonly meetings: number;
}

/** @returns the workspace's running reconciliation, or null */
export async function runningReconciliation(db: Db, workspaceId: string): Promise<RunningReconciliation | null> {
  const { rows } = await sql<{ meetings: number }>`
    select (select count(*) from jsonb_object_keys(links_before)) as meetings from reconciliations
    where workspace_id = ${workspaceId} and state = 'running'
    limit 1
  `.execute(db);
  return rows[0] ?? null;
}

/** Workspaces whose reconciliation has been running for longer than `forMs`. */
export async function longReconciliations(db: Db, forMs: number): Promise<string[]> {
  const rows = await db
    .selectFrom('reconciliations')
    .select('workspace_id')
    .where('state', '=', 'running')
    .where('started_at', '<', sql<Date>`now() - make_interval(secs => ${forMs / 1_000})`)
    .execute();
  return rows.map((row) => row.workspace_id);
}

/** Ends a reconciliation and counts the meetings whose links it repaired. */
export async function finishReconciliation(db: DbPool, id: string, recordsChanged: number): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const row = await transaction
      .selectFrom('reconciliations')
      .select(['workspace_id', 'links_before'])
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    const after = await linkDigests(transaction, row.workspace_id);
    const repaired = Object.keys({ ...row.links_before, ...after }).filter(
      (key) => row.links_before[key] !== after[key],
    );
    await transaction
      .updateTable('reconciliations')
      .set({
        state: 'done',
        finished_at: sql<Date>`now()`,
        records_changed: recordsChanged,
        meetings_mended: repaired.length,
      })
      .where('id', '=', id)
      .execute();
  });
}

/** @returns a reconciliation of the workspace, or null */
export async function findReconciliation(
  db: Db,
  workspaceId: string,
  id: string,
): Promise<ReconciliationDocument | null> {
  const row = await db
    .selectFrom('reconciliations')
    .selectAll()
    .where(sql`id::text`, '=', id)
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    reconciliationId: row.id,
    state: row.state,
    startedAt: row.started_at.toISOString(),
    finishedAt: row.finished_at?.toISOString() ?? null,
    meetingsChecked: Object.keys(row.links_before).length,
    meetingsLeft: row.state === 'done' ? 0 : await countUnderWay(db, workspaceId, row.id),
    mended: { meetings: row.meetings_mended, records: row.records_changed },
  };
}

/** A digest of each meeting's links. One statement a page, because one for a million meetings would exceed its time. */
async function linkDigests(db: Db, workspaceId: string): Promise<Record<string, string>> {
  const digests: [string, string][] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    // oxlint-disable-next-line no-await-in-loop -- one page after the other
    const page: readonly [string, string][] = await digestsAfter(db, workspaceId, after);
    digests.push(...page);
    after = page.length < DIGESTS_AT_ONCE ? undefined : page.at(-1)?.[0];
  }
  return Object.fromEntries(digests);
}

async function digestsAfter(db: Db, workspaceId: string, after: string): Promise<[string, string][]> {
  const { rows } = await sql<{ meeting_id: string; digest: string }>`
    select meeting_id, md5(coalesce((
      select string_agg(object_type || '/' || record_id, ',' order by object_type, record_id) from links
      where links.workspace_id = meetings.workspace_id and links.meeting_id = meetings.meeting_id
    ), '')) as digest
    from meetings where workspace_id = ${workspaceId} and meeting_id > ${after} and status <> 'deleted'
    order by meeting_id limit ${DIGESTS_AT_ONCE}
  `.execute(db);
  return rows.map((row) => [row.meeting_id, row.digest]);
}
