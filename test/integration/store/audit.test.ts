import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { HUBSPOT, SYSTEM, type Actor } from '../../../src/store/audit/actor';
import { recordAudit, type AuditEvent } from '../../../src/store/audit/record-audit';
import { TEST_ACTOR } from '../../support/actors';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();
const ANA: Actor = { ...TEST_ACTOR, label: 'Ana Ruiz (ana@northwind.example)', ip: '203.0.113.7' };

let workspaces = 0;

/** Creates a workspace with one event, and returns both ids. */
async function recorded(event: Partial<AuditEvent> = {}, actor = TEST_ACTOR) {
  const workspaceId = `audited-${(workspaces += 1)}`;
  await db.insertInto('workspaces').values({ id: workspaceId, name: workspaceId }).execute();
  await db
    .transaction()
    .execute((transaction) => recordAudit(transaction, actor, { workspaceId, action: 'settings.change', ...event }));
  const { id } = await db
    .selectFrom('audit_events')
    .select('id')
    .where('workspace_id', '=', workspaceId)
    .executeTakeFirstOrThrow();
  return { workspaceId, id };
}

const rowsOf = async (workspaceId: string) =>
  await db.selectFrom('audit_events').selectAll().where('workspace_id', '=', workspaceId).execute();
/** Time passes: the trigger refuses this to all but the superuser, who does without it. */
async function age(id: number, days: number) {
  await db.transaction().execute(async (transaction) => {
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql`update audit_events set at = at - make_interval(days => ${days}) where id = ${id}`.execute(transaction);
  });
}

test('an event says who did what on which object, from where, and what changed', async () => {
  const event = {
    action: 'key.create',
    object: { type: 'key', id: '42', label: 'pipeline' },
    before: { scopes: [] },
    after: { scopes: ['read'] },
  } as const;
  const { workspaceId } = await recorded(event, { ...ANA, kind: 'member', id: 'm1', way: 'page' });
  expect(await rowsOf(workspaceId)).toMatchObject([
    {
      actor_kind: 'member',
      actor_id: 'm1',
      actor_label: ANA.label,
      actor_key: 'm1',
      ip: '203.0.113.7',
      way: 'page',
      action: 'key.create',
      action_group: 'key',
      object_type: 'key',
      object_id: '42',
      object_label: 'pipeline',
      before: { scopes: [] },
      after: { scopes: ['read'] },
      count: 1,
    },
  ]);
});

test('an event is gone with the act when its transaction fails', async () => {
  const { workspaceId } = await recorded();
  const failing = db.transaction().execute(async (transaction) => {
    await recordAudit(transaction, SYSTEM, { workspaceId, action: 'meeting.expire' });
    await recordAudit(transaction, HUBSPOT, { workspaceId, action: 'privacy.erase' });
    throw new Error('the act failed');
  });
  await expect(failing).rejects.toThrow('the act failed');
  expect(await rowsOf(workspaceId)).toHaveLength(1);
});

test('rows are neither changed nor deleted', async () => {
  const { workspaceId, id } = await recorded({ after: { retentionDays: 30 } }, ANA);
  const changes: Readonly<Record<string, unknown>>[] = [
    { actor_label: 'Leo' },
    { actor_label: '' },
    { after: null },
    { at: new Date() },
    { ip: null },
    { action: 'key.create', actor_label: '[erased]' },
    { count: 2 },
  ];
  for (const change of changes)
    // oxlint-disable-next-line no-await-in-loop -- one row
    await expect(db.updateTable('audit_events').set(change).where('id', '=', id).execute()).rejects.toThrow(
      'audit events cannot be changed or deleted',
    );
  await expect(db.deleteFrom('audit_events').where('id', '=', id).execute()).rejects.toThrow('cannot be changed');
  await expect(sql`truncate audit_events`.execute(db)).rejects.toThrow('cannot be changed');
  expect(await rowsOf(workspaceId)).toMatchObject([{ actor_label: ANA.label, after: { retentionDays: 30 }, count: 1 }]);
});

test('a person is masked in a row that stays', async () => {
  const { workspaceId, id } = await recorded({}, ANA);
  await db.updateTable('audit_events').set({ actor_label: '[erased]', ip: null }).where('id', '=', id).execute();
  expect(await rowsOf(workspaceId)).toMatchObject([{ actor_label: '[erased]', ip: null, action: 'settings.change' }]);
});

test('rows go with their workspace, and when they are older than it keeps them', async () => {
  const { workspaceId, id } = await recorded();
  await age(id, 364);
  await expect(db.deleteFrom('audit_events').where('id', '=', id).execute()).rejects.toThrow('cannot be changed');
  await age(id, 2);
  await db.deleteFrom('audit_events').where('id', '=', id).execute();
  expect(await rowsOf(workspaceId)).toEqual([]);

  const other = await recorded();
  await db
    .updateTable('workspaces')
    .set({ settings: '{"auditRetentionDays": 30}' })
    .where('id', '=', other.workspaceId)
    .execute();
  await age(other.id, 31);
  await db.deleteFrom('audit_events').where('id', '=', other.id).execute();
  expect(await rowsOf(other.workspaceId)).toEqual([]);

  const third = await recorded();
  await db.deleteFrom('workspaces').where('id', '=', third.workspaceId).execute();
  expect(await rowsOf(third.workspaceId)).toEqual([]);
});
