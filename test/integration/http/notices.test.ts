import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { recordHeartbeat, countWorkers, recordStop } from '../../../src/store/processes/processes';
import { liftRestores, recordRestore } from '../../../src/store/engagements/restores';
import { startHttpStack, textOf, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
});
beforeEach(async () => {
  await stack.product.db.deleteFrom('processes').execute();
  await liftRestores(stack.product.db);
});
afterAll(() => stack.close());

const PAGES = ['/settings/integrations', '/meetings', '/analytics'];
const shown = async () => await Promise.all(PAGES.map(async (path) => textOf(await browser.open(path))));

test('Every page says that nothing is synced while no worker polls, and since when', async () => {
  const { db } = stack.product;
  for (const text of await shown()) expect(text).toContain('Syncing is paused: the sync service is not running.');
  await recordHeartbeat(db, { id: 'worker-1', polls: true });
  for (const text of await shown()) expect(text).not.toContain('Syncing is paused');
  await recordStop(db, 'worker-1');
  for (const text of await shown()) expect(text).toMatch(/not running \(since .*\)\. No meeting is lost/);
});

test.each<[string, () => Promise<void>]>([
  ['was killed', () => silentFor(60)],
  ['no longer reaches Temporal', async () => await recordHeartbeat(stack.product.db, { id: 'worker-1', polls: false })],
])('A worker that %s does not count', async (_, end) => {
  const { db } = stack.product;
  await recordHeartbeat(db, { id: 'worker-1', polls: true });
  await recordHeartbeat(db, { id: 'worker-2', polls: true });
  await recordStop(db, 'worker-2');
  expect(await countWorkers(db)).toMatchObject({ alive: 1 });
  await end();
  expect(await countWorkers(db)).toMatchObject({ alive: 0, lastSeenAt: expect.any(Date) });
});

async function silentFor(seconds: number): Promise<void> {
  const seenAt = new Date(Date.now() - seconds * 1_000);
  await stack.product.db.updateTable('processes').set({ seen_at: seenAt }).execute();
}

test('A restored backup is shown on every page until its checks end', async () => {
  const { db } = stack.product;
  await recordHeartbeat(db, { id: 'worker-1', polls: true });
  await recordRestore(db, new Date('2026-11-29T10:00:00Z'));
  for (const text of await shown()) expect(text).toMatch(/A backup of Sun 29 Nov, 10:00 was restored/);
  await liftRestores(db);
  for (const text of await shown()) expect(text).not.toContain('backup');
});
