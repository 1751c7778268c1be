import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { adminOf } from '../support/actors';
import { saveProvider } from '../../src/store/sign-in/providers';
import { addMember } from '../integration/sign-in/members';
import { startProvider, type TestProvider } from '../support/oidc-provider';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

describeInChromium('A person who signs in', (browser) => {
  let stack: FullStack;
  let provider: TestProvider;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    const { db, secrets } = stack.product;
    const { workspaceId } = stack;
    provider = await startProvider([`${stack.url}/sign-in/oidc/${workspaceId}/callback`]);
    await addMember(db, workspaceId, 'ana@northwind.example');
    await saveProvider(db, await adminOf(db, workspaceId), {
      issuer: provider.issuer,
      clientId: 'meeting-sync',
      sealedSecret: secrets.seal('client-secret', `oidc:${workspaceId}`),
      groupsClaim: 'groups',
      groupRoles: {},
      defaultRole: null,
      domains: ['northwind.example'],
    });
    const account = { email: 'ana@northwind.example', email_verified: true };
    await provider.set({ accounts: { ana: account }, account: 'ana' });
  });
  afterAll(async () => {
    await Promise.all([stack.close(), provider.close()]);
  });

  const newPage = async () => await (await browser().newContext()).newPage();

  test('by work e-mail: the page that they wanted opens, without a further click', async () => {
    const page = await newPage();
    await page.goto(`${stack.url}/analytics`);
    expect(await page.locator('main').innerText()).toMatch('Please sign in');
    await expectNoSeriousFindings(page);
    await page.getByLabel('Work e-mail').fill('leo@nowhere.example');
    await page.getByRole('button', { name: 'Continue with single sign-on' }).click();
    await page.getByText('No workspace here uses single sign-on for nowhere.example.').waitFor();
    await expectNoSeriousFindings(page);
    await page.getByLabel('Work e-mail').fill('ana@northwind.example');
    await page.getByRole('button', { name: 'Continue with single sign-on' }).click();
    await page.waitForURL(`${stack.url}/analytics`);
    await page.context().close();
  });

  test('with HubSpot', async () => {
    const [portal] = stack.sandbox.portals.list();
    const admin = stack.sandbox.portals.users(portal?.id ?? 0).find((user) => user.mayInstall);
    await addMember(stack.product.db, stack.workspaceId, admin?.email ?? '');
    const page = await newPage();
    await page.goto(`${stack.url}/sign-in`);
    await page.getByRole('link', { name: 'Sign in with HubSpot' }).click();
    await page.getByRole('button', { name: 'Connect app' }).click();
    await page.waitForURL(`${stack.url}/overview`);
    expect(await page.locator('header.side').innerText()).toMatch(admin?.email ?? '');
    await page.context().close();
  });

  test('once more before an API key is created, and finds what they entered', async () => {
    const page = await newPage();
    await page.goto(`${stack.url}/sign-in/oidc/${stack.workspaceId}`);
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Continue' }).click();
    await page.waitForURL(`${stack.url}/overview`);
    await page.goto(`${stack.url}/settings/keys`);
    await page.getByLabel('Name of a new key').fill('made in a hurry');
    await stack.product.db
      .updateTable('sessions')
      .set({ authenticated_at: new Date(Date.now() - 16 * 60_000) })
      .execute();
    await page.getByRole('button', { name: 'Create key' }).click();
    await page.getByRole('heading', { name: 'Sign in once more' }).waitFor();
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Continue with single sign-on' }).click();
    await page.getByRole('heading', { name: 'You are signed in' }).waitFor();
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Go on' }).click();
    await page.getByRole('heading', { name: 'API key created' }).waitFor();
    await page.goto(`${stack.url}/settings/keys`);
    expect(await page.locator('main').innerText()).toMatch('made in a hurry');
    await page.context().close();
  });

  test.each(['light', 'dark'] as const)('on a phone, in %s colours', async (colorScheme) => {
    const context = await browser().newContext({ colorScheme, viewport: { width: 360, height: 740 } });
    const page = await context.newPage();
    for (const path of ['/sign-in', '/settings/sign-in']) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await page.goto(stack.url + path);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expectNoSeriousFindings(page);
      // oxlint-disable-next-line no-await-in-loop -- as above
      expect(await overflowOf(page)).toBeLessThanOrEqual(0);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (path === '/sign-in') await page.goto(`${stack.url}/sign-in/oidc/${stack.workspaceId}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (path === '/sign-in') await page.getByRole('link', { name: 'Continue' }).click();
    }
    await context.close();
  });
});
