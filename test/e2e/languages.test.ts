import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import { z } from 'zod';
import { MeetingSyncClient } from '../../src/client';
import { LANGUAGES } from '../../src/languages/language';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

/** `CONTACT` and so on are the ids of what {@link prepare} makes. */
const PATHS = [
  '/overview',
  '/meetings',
  '/meetings?state=needs_you',
  '/meetings?record=nothing&q=nothing',
  '/meetings/synced',
  '/meetings/synced?tab=notes',
  '/meetings/synced/remove',
  '/meetings/synced/why-linked',
  '/meetings/synced/records',
  '/meetings/unknown',
  '/meetings/refused',
  '/meetings/nowhere',
  '/backfills/IMPORT',
  '/backfills/IMPORT/stop',
  '/records/contacts/CONTACT',
  '/records/companies/COMPANY',
  '/search',
  '/search?q=serra',
  '/analytics',
  '/analytics?section=scores',
  '/analytics?section=deals&by=stage',
  '/analytics?section=context',
  '/analytics?section=topics',
  '/analytics?section=to-do',
  '/analytics?section=coverage',
  '/analytics?company=nothing&owner=missing&from=2026-12-31&to=2026-01-01',
  '/analytics/next-steps?due=none',
  '/analytics/score-over-time/meetings',
  '/settings/integrations',
  '/settings/meetings',
  '/settings/linking',
  '/settings/appearance',
  '/settings/fields',
  '/settings/notices',
  '/settings/notices/new/slack',
  '/settings/notices/new/webhook',
  '/settings/keys',
  '/settings/keys/KEY/revoke',
  '/settings/members',
  '/settings/sign-in',
  '/settings/sessions',
  '/settings/changes',
  '/settings/apply',
  '/integrations/hubspot/disconnect',
  '/connect?token=LINK',
  '/connect?token=unknown',
];

describeInChromium('A person who reads Spanish', (browser) => {
  let stack: FullStack;
  let ids: Readonly<Record<string, string>>;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    ids = await prepare(stack);
  });
  afterAll(async () => {
    await stack.close();
  });

  test('gets the pages of the browser’s language, and changes it with the switch', async () => {
    const { page, complaints } = await stack.openPage(browser(), { locale: 'es-MX' });
    await page.goto(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    await page.getByRole('button', { name: 'English' }).click();
    await page.waitForURL(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('en');
    await page.getByRole('button', { name: 'Español' }).click();
    await page.waitForURL(`${stack.url}/meetings?status=synced`);
    expect(await page.getAttribute('html', 'lang')).toBe('es');
    expect(complaints).toEqual([]);
  });

  test.each(PATHS)('finds no English text on %s', async (path) => {
    const { page, complaints } = await stack.openPage(browser(), PHONE);
    await page.goto(`${stack.url}${path.replace(/[A-Z]{2,}/, (name) => ids[name] ?? name)}`);
    await expectSpanish(page, path);
    // The browser reports the answer of a page that does not exist.
    expect(complaints.filter((complaint) => !complaint.includes('404'))).toEqual([]);
    await page.context().close();
  });
});

describeInChromium('A person who reads Spanish, before HubSpot is connected,', (browser) => {
  let stack: FullStack;

  beforeAll(async () => {
    stack = await startFullStack({ ownNamespace: true });
  });
  afterAll(async () => {
    await stack.close();
  });

  test('is led through the first steps, and sees that a meeting waits', async () => {
    const { page, complaints } = await stack.openPage(browser(), PHONE);
    await expectSpanish(page, '/overview');
    await stack.post(meeting({ meetingId: 'waiting', title: 'Reunión de prueba' }));
    await stack.until('waiting', 'needs_attention');
    for (const path of ['/overview', '/analytics?section=to-do', '/meetings/waiting']) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await page.goto(`${stack.url}${path}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expectSpanish(page, `not connected ${path}`);
    }
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('reads how to sign in', async () => {
    const page = await (await browser().newContext(PHONE)).newPage();
    for (const path of ['/overview', '/sign-in?token=old']) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      await page.goto(`${stack.url}${path}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      await expectSpanish(page, `signed out ${path}`);
    }
    await page.context().close();
  });
});

const PHONE = { locale: 'es', viewport: { width: 360, height: 740 } };

/** No English text, no scrolling sideways, and nothing serious for axe. */
async function expectSpanish(page: Page, state: string): Promise<void> {
  for (const closed of await page.locator('details:not([open]) > summary').all())
    if (await closed.isVisible()) await closed.click();
  const words = await wordsOf(page);
  expect([state, ...englishTexts().filter((text) => words.includes(text))]).toEqual([state]);
  await page.keyboard.press('Escape');
  const folder = process.env['SHOTS'];
  const path = `${folder}/es-${state.replaceAll(/\W+/g, '-')}.png`;
  if (folder !== undefined) await page.screenshot({ path, fullPage: true });
  expect(await overflowOf(page)).toBe(0);
  // A field beside its words must leave them room.
  const squeezed = await page
    .locator('.setting-words:visible')
    .evaluateAll((all) => all.flatMap((one) => (one.clientWidth < 120 ? one.textContent : [])));
  expect(squeezed).toEqual([]);
  await expectNoSeriousFindings(page);
}

/** A meeting in HubSpot, one whose people are not there, one that HubSpot refuses, and an import that has just begun. */
async function prepare(stack: FullStack): Promise<Record<string, string>> {
  const { crm, faults } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'marc.serra@acme.example', firstname: 'Marc', lastname: 'Serrà' });
  const company = crm.create('companies', { name: 'Acme', domain: 'acme.example', industry: 'COMPUTER_SOFTWARE' });
  const deals = [
    { dealname: 'Acme 1', dealstage: 'closedwon', amount: '12000', closedate: '2026-11-20T00:00:00Z' },
    { dealname: 'Acme 2', dealstage: 'appointmentscheduled', amount: '900', closedate: '' },
  ];
  for (const properties of deals)
    crm.associate('contacts', contact.id, 'deals', crm.create('deals', { pipeline: 'default', ...properties }).id);
  await stack.sync(meeting({ meetingId: 'synced', title: 'Reunión de prueba' }));
  crm.associate('contacts', contact.id, 'companies', company.id);
  const participants = [{ email: 'nora@new.example', name: 'Nora Nueva' }];
  await stack.sync(meeting({ meetingId: 'unknown', title: 'Desconocida', participants }));
  faults.add({
    match: { method: 'POST', path: '/meetings/batch/create' },
    action: { kind: 'status', status: 400, body: { status: 'error', message: 'No', category: 'VALIDATION_ERROR' } },
  });
  await stack.sync(meeting({ meetingId: 'refused', title: 'Rechazada' }));
  faults.clear();
  await stack.apply();
  const access = await changeAccess(stack);
  const client = new MeetingSyncClient({ url: stack.url, apiKey: stack.apiKey });
  const lines = ['old-1', 'old-2'].map((meetingId) => JSON.stringify(meeting({ meetingId })));
  const importId = await client.startBackfill([...lines, '{"meetingId": "old-x"}'].join('\n'));
  return { CONTACT: contact.id, COMPANY: company.id, IMPORT: importId, ...access };
}

/** A change of settings for the change log, a key, and a link for a HubSpot admin. */
async function changeAccess({ url, apiKey }: FullStack): Promise<Record<'KEY' | 'LINK', string>> {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' };
  const call = async (method: string, path: string, body: object): Promise<unknown> => {
    const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
    return await response.json();
  };
  await call('PATCH', '/settings', { minimumMinutes: 1, maxDeals: 3, externalOnly: true, excludedTitleWords: ['1:1'] });
  const { id } = z.object({ id: z.string() }).parse(await call('POST', '/keys', { name: 'recorder' }));
  const link = z.object({ url: z.string() }).parse(await call('POST', '/connection/links', {}));
  return { KEY: id, LINK: new URL(link.url).searchParams.get('token') ?? '' };
}

/** What the page shows, without the texts that are in HubSpot. */
async function wordsOf(page: Page): Promise<string> {
  await page.locator('.activity-text').evaluateAll((texts) => texts.forEach((text) => text.remove()));
  return await page.locator('body').innerText();
}

/** The constant parts of at least two words of every English text, without those that are Spanish too. */
function englishTexts(): string[] {
  const { messages = {}, stored = {} } = LANGUAGES.get('es') ?? {};
  return Object.entries({ ...messages, ...stored })
    .filter(([text]) => !text.includes(', plural,') && !text.includes(', select,'))
    .flatMap(([text, translated]) =>
      text.split(/\{[^}]*\}|<[^>]*>/).filter((part) => !translated.includes(part.trim())),
    )
    .map((part) => part.trim())
    .filter((part) => /\p{L}{2,} \p{L}/u.test(part));
}
