import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { SecretBox } from '../../../src/secrets';
import { findConnection, saveConnection } from '../../../src/store/connections/connections';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { useDatabase } from '../../support/use-database';
import { run } from './run';

const key = (id: string) => ({ id, key: randomBytes(32) });
const [old, current] = [key('old'), key('current')];

const { db, url } = useDatabase();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cli-rotate-keys-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
// The command counts the tokens of all workspaces.
beforeEach(async () => {
  await db.deleteFrom('connections').execute();
});

let portalId = 1;
async function connected(name: string, box: SecretBox): Promise<string> {
  const { workspaceId } = await createWorkspace(db, name);
  portalId += 1;
  await saveConnection(db, {
    workspaceId,
    portalId,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'UTC',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: {
      accessToken: box.seal(`access of ${name}`, `access:${workspaceId}`),
      refreshToken: box.seal(`refresh of ${name}`, `refresh:${workspaceId}`),
      expiresInSeconds: 1_800,
    },
  });
  return workspaceId;
}

const rotate = async (...keys: (typeof old)[]) =>
  await run(['rotate-keys'], {
    folder,
    env: {
      DATABASE_URL: url,
      ENCRYPTION_KEYS: keys.map((each) => `${each.id}:${each.key.toString('base64')}`).join(','),
    },
  });

test('rotate-keys encrypts every token with the first key, counts by key, and keeps tokens that it cannot decrypt', async () => {
  const north = await connected('Northwind', new SecretBox([old]));
  await connected('Contoso', new SecretBox([current]));
  const before = await findConnection(db, north);

  const { code, out, err } = await rotate(current, old);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(out).toBe(
    'Tokens encrypted with each key (the first of ENCRYPTION_KEYS is "current"):\n' +
      '  current: 2 before, 4 now\n  old: 2 before, 0 now\nNo longer needed: old\n',
  );
  const after = await findConnection(db, north);
  const box = new SecretBox([current]);
  expect(box.open(after?.access_token ?? '', `access:${north}`)).toBe('access of Northwind');
  expect(box.open(after?.refresh_token ?? '', `refresh:${north}`)).toBe('refresh of Northwind');
  expect(after?.access_token_expires_at).toEqual(before?.access_token_expires_at);

  const again = await rotate(current, old);
  expect(again.out).toMatch('current: 4 before, 4 now');

  // Without the key of the other tokens, nothing changes and the command fails.
  const lost = await rotate(key('new'));
  expect(lost.code).toBe(1);
  expect(lost.out).toMatch('new: 0 before, 0 now\n  current: 4 before, 4 now');
  expect(lost.err).toMatch(/Workspace northwind was not changed: .*key "current"/);
  expect((await findConnection(db, north))?.access_token).toBe(after?.access_token);
});

test('rotate-keys fails for tokens that the key of their id does not open', async () => {
  const sealing = key('swapped');
  const fabrikam = await connected('Fabrikam', new SecretBox([sealing]));
  const before = await findConnection(db, fabrikam);
  const { code, out, err } = await rotate({ ...sealing, key: randomBytes(32) }, current);
  expect(code).toBe(1);
  expect(out).toMatch('swapped: 2 before');
  expect(err).toMatch(/Workspace fabrikam was not changed: .*key "swapped" of ENCRYPTION_KEYS: put back the value/);
  expect((await findConnection(db, fabrikam))?.access_token).toBe(before?.access_token);
});

test('rotate-keys needs only the database and the keys, and lists their errors', async () => {
  const { code, err } = await run(['rotate-keys'], { folder, env: { ENCRYPTION_KEYS: 'a:b,a:b' } });
  expect(code).toBe(78);
  expect(err).toMatch('DATABASE_URL: is required but not set');
  expect(err).toMatch('ENCRYPTION_KEYS: each entry must be');
  expect(err).not.toMatch('HUBSPOT');
});
