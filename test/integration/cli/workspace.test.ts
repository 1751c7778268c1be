import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { expect, test } from '@jest/globals';
import { listAccessChanges } from '../../../src/store/audit/access-changes';
import { findApiKey } from '../../../src/store/access/api-keys';
import { openDatabase } from '../../../src/store/database';
import { useDatabase } from '../../support/use-database';
import { run, type CommandResult } from './run';

const { url } = useDatabase();

const workspace = async (...args: string[]): Promise<CommandResult> =>
  await run(['workspace', ...args], {
    folder: tmpdir(),
    env: {
      DATABASE_URL: url,
      HUBSPOT_CLIENT_ID: 'id',
      HUBSPOT_CLIENT_SECRET: 'secret',
      PUBLIC_URL: 'https://meetings.northwind.example',
      ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    },
  });

test('workspace key creates one more key of a workspace, and records who did', async () => {
  const created = await workspace('create', 'Acme');
  const unknown = await workspace('key', 'Acme Sales');
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('no workspace "Acme Sales"')]);
  const { code, out } = await workspace('key', 'Acme', '--label', 'on call');
  const key = out.trim().split('\n').at(-1) ?? '';
  expect([code, key, created.out]).toEqual([0, expect.stringMatching(/^hms_/), expect.not.stringContaining(key)]);
  const db = openDatabase(url, { max: 1 });
  expect(await findApiKey(db, key)).toMatchObject({ name: 'on call', workspaceId: 'acme' });
  expect(await listAccessChanges(db, 'acme')).toMatchObject([
    { actor: 'the operator', action: 'created the API key "on call"' },
  ]);
  await db.deleteFrom('workspaces').execute();
  await db.destroy();
});

test('workspace delete deletes by name, and requires --yes without a terminal', async () => {
  expect((await workspace('create', 'Northwind Sales')).code).toBe(0);
  const unasked = await workspace('delete', 'Northwind Sales');
  expect([unasked.code, unasked.err]).toEqual([1, expect.stringContaining('--yes')]);
  const unknown = await workspace('delete', 'Northwind', '--yes');
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('no workspace "Northwind"')]);
  const db = openDatabase(url, { max: 1 });
  expect(await db.selectFrom('workspaces').select('id').execute()).toEqual([{ id: 'northwind-sales' }]);

  const deleted = await workspace('delete', 'Northwind Sales', '--yes');
  expect([deleted.code, deleted.out, deleted.err]).toEqual([
    0,
    'Workspace northwind-sales was deleted with the content of 0 meetings.\n',
    '',
  ]);
  expect(await db.selectFrom('workspaces').select('id').execute()).toEqual([]);
  await db.destroy();
});
