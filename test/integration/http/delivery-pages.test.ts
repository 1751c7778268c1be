import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { putTestNotice } from '../../../src/store/notices/delivery-lists';
import { webhook } from '../notices/outlets';
import { secretOf, SettingsPage } from './settings-page';
import { startHttpStack, textOf, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
let settings: SettingsPage;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
  settings = new SettingsPage(stack, browser);
});
afterAll(() => stack.close());

async function failedDelivery(): Promise<{ path: string; secret: string; outletId: string; deliveryId: string }> {
  const { id: outletId, secret } = await webhook(stack, 'https://8.8.8.8/hook');
  const deliveryId = await putTestNotice(stack.product.db, { outletId, workspaceId: stack.workspaceId });
  await sql`
    update notice_deliveries set state = 'failed', due_at = null, attempts = 10, error = 'refused', http_status = 500,
      answer = '<script>alert(1)</script>' where id = ${deliveryId}
  `.execute(stack.product.db);
  return { path: `/settings/notices/${outletId}`, secret, outletId, deliveryId };
}

const stateOf = async (id: string) =>
  (await stack.product.db.selectFrom('notice_deliveries').select('state').where('id', '=', id).executeTakeFirst())
    ?.state;

test('the page lists each delivery with the escaped answer, and delivers one again', async () => {
  const { path, deliveryId } = await failedDelivery();
  const page = await browser.open(`${path}/deliveries`);
  expect(page).not.toContain('<script>alert(1)');
  expect(textOf(page)).toMatch(/outlet\.test .* Failed 10 attempts The receiver refused it 500/);
  await settings.send(`${path}/deliveries/${deliveryId}/redeliver`, {});
  expect(await stateOf(deliveryId)).toBe('waiting');
  expect(textOf(await browser.open(`${path}/deliveries`))).toMatch('It is delivered again.');
});

test('all that failed is delivered again', async () => {
  const { path, deliveryId } = await failedDelivery();
  await settings.send(`${path}/redeliver`, {});
  expect(await stateOf(deliveryId)).toBe('waiting');
  expect(textOf(await browser.open(`${path}/deliveries`))).toMatch('1 notice is delivered again.');
});

test('an admin sees the secret on request, and gets a new one', async () => {
  const { path, secret } = await failedDelivery();
  expect(secretOf((await settings.send(`${path}/secret`, {})).body)).toBe(secret);
  const rotated = secretOf((await settings.send(`${path}/rotate-secret`, {})).body);
  expect(rotated).toMatch(/^whsec_/);
  expect(rotated).not.toBe(secret);
  expect(await browser.open(`${path}/deliveries`)).not.toContain(rotated);
});

test('a workspace does not see the deliveries of another', async () => {
  const { workspaceId } = await createWorkspace(stack.product.db, 'Other');
  const { id } = await webhook({ ...stack, workspaceId }, 'https://8.8.8.8/hook');
  expect((await browser.get(`/settings/notices/${id}/deliveries`)).statusCode).toBe(404);
});
