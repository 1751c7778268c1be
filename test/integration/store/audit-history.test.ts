import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { listAccessChanges } from '../../../src/store/audit/access-changes';
import { listAuditEvents } from '../../../src/store/audit/audit-lists';
import { up } from '../../../src/store/migrations/0060-0079/0069_audit_history';
import { listSettingsChanges } from '../../../src/store/settings/settings';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();

test('the history of access and settings moves into the audit trail', async () => {
  await sql`
    create table access_changes (id bigint generated always as identity, workspace_id text, changed_at timestamptz, actor text, action text);
    create table settings_changes (id bigint generated always as identity, workspace_id text, changed_at timestamptz, changed_by text, before jsonb, after jsonb);
    insert into workspaces (id, name) values ('acme', 'Acme');
    insert into api_keys (workspace_id, name, key_hash) values ('acme', 'pipeline', '\\x00');
    insert into members (workspace_id, email, name, invited_by) values ('acme', 'ana@acme.example', 'Ana', 'x');
    insert into access_changes (workspace_id, changed_at, actor, action) values
      ('acme', now() - interval '4 days', 'API key "pipeline"', 'invited Leo (leo@acme.example)'),
      ('acme', now() - interval '3 days', 'Ana (ana@acme.example)', 'revoked the API key "b", created with "a"'),
      ('acme', now() - interval '1 day', 'the operator', 'did what a version before called otherwise'),
      ('acme', now() - interval '1 hour', 'a sign-in link', 'deleted the meeting "m1"');
    insert into settings_changes (workspace_id, changed_at, changed_by, before, after) values
      ('acme', now() - interval '2 days', 'Ana (ana@acme.example)',
        '{"minimumMinutes": 0, "openDealsOnly": false}', '{"minimumMinutes": 5, "openDealsOnly": false}')
  `.execute(db);
  await up(db as never);
  const { rows } = await listAuditEvents(db, 'acme', {}, { limit: 10 });
  expect(rows.map(({ actor, action, object, before, after }) => [actor.kind, action, object, before, after])).toEqual([
    ['session', 'meeting.delete', { type: 'meeting', id: 'm1', label: null }, null, null],
    ['operator', 'access_change.other', expect.objectContaining({ type: 'access' }), null, null],
    ['member', 'settings.change', null, { minimumMinutes: 0 }, { minimumMinutes: 5 }],
    ['member', 'key.revoke_derived', { type: 'key', id: null, label: 'b' }, { origin: 'a' }, null],
    ['key', 'member.invite', { type: 'member', id: null, label: 'Leo (leo@acme.example)' }, null, null],
  ]);
  expect(rows.map(({ actor }) => actor.id === null)).toEqual([true, true, false, false, false]);
  expect((await listAccessChanges(db, 'acme')).map(({ actor, action }) => `${actor} ${action}`)).toEqual([
    'a sign-in link deleted the meeting "m1"',
    'the operator did what a version before called otherwise',
    'Ana (ana@acme.example) revoked the API key "b", created with "a"',
    'API key "pipeline" invited Leo (leo@acme.example)',
  ]);
  expect(await listSettingsChanges(db, 'acme')).toMatchObject([
    { changedBy: 'Ana (ana@acme.example)', fields: [{ field: 'minimumMinutes', before: 0, after: 5 }] },
  ]);
});
