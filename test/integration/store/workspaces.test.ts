import { expect, test } from '@jest/globals';
import { findApiKey } from '../../../src/store/access/api-keys';
import { createWorkspace, ensureBootstrapKey } from '../../../src/store/access/workspaces';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();

test('a workspace gets a readable id and a valid key', async () => {
  const { workspaceId, apiKey } = await createWorkspace(db, '  Acme España, S.L. ');
  expect(workspaceId).toBe('acme-espana-s-l');
  expect(apiKey).toMatch(/^hms_[\w-]{43}$/);
  expect(await findApiKey(db, apiKey)).toMatchObject({ workspaceId: workspaceId });
  expect(await findApiKey(db, `${apiKey}x`)).toBeNull();
  const stored = await db.selectFrom('api_keys').selectAll().execute();
  expect(stored.some((row) => row.key_hash.toString().includes(apiKey))).toBe(false);
});

test.each([
  [
    ['Northwind', 'northwind!', 'NORTHWIND?'],
    ['northwind', 'northwind-2', 'northwind-3'],
  ],
  [
    ['株式会社', '有限会社'],
    ['workspace', 'workspace-2'],
  ],
  [
    ['a'.repeat(60), 'a'.repeat(61)],
    ['a'.repeat(40), `${'a'.repeat(38)}-2`],
  ],
])('the names %j get the ids %j', async (names, ids) => {
  const made: string[] = [];
  // oxlint-disable-next-line no-await-in-loop -- one after the other
  for (const name of names) made.push((await createWorkspace(db, name)).workspaceId);
  expect(made).toEqual(ids);
});

test('a workspace name is unique', async () => {
  await createWorkspace(db, 'Once');
  await expect(createWorkspace(db, 'Once ')).rejects.toThrow(
    'There is a workspace named "Once" already: choose another name',
  );
  for (const name of ['', '   ', 'a\u0000b', 'x'.repeat(101)]) {
    await expect(createWorkspace(db, name)).rejects.toThrow('must be 1 to 100 visible characters');
  }
});

test('ten concurrent creations give ten workspaces', async () => {
  const made = await Promise.all(
    Array.from({ length: 10 }, (_, index) => createWorkspace(db, `Same${'!'.repeat(index)}`)),
  );
  expect(new Set(made.map(({ workspaceId }) => workspaceId)).size).toBe(10);
});

test('the bootstrap key is stored once, and not in a workspace that already has a key', async () => {
  const results = await Promise.all(Array.from({ length: 5 }, () => ensureBootstrapKey(db, 'bootstrap-key-of-a-test')));
  expect(results).toEqual([true, true, true, true, true]);
  expect(await findApiKey(db, 'bootstrap-key-of-a-test')).toMatchObject({ workspaceId: 'default' });
  expect(await ensureBootstrapKey(db, 'another-key-of-a-test')).toBe(false);
  expect(await findApiKey(db, 'another-key-of-a-test')).toBeNull();
  expect(await db.selectFrom('api_keys').selectAll().where('workspace_id', '=', 'default').execute()).toHaveLength(1);
});
