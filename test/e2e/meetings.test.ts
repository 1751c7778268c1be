import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Page } from 'playwright-core';
import type { RecordRef } from '../../src/meeting/linking/cascade';
import { chooseLink } from '../../src/store/meetings/manual-links';
import { requestDeletion } from '../../src/store/meetings/delete-meeting';
import { meeting } from '../support/meetings';
import { expectNoSeriousFindings } from './axe';
import { describeInChromium, overflowOf } from './chromium';
import { startFullStack, type FullStack } from './full-stack';

/** Half an hour in the morning of a day. */
const onDay = (day: string) => ({ startedAt: `${day}T09:00:00Z`, endedAt: `${day}T09:30:00Z` });

describeInChromium('A person and the meetings', (browser) => {
  let stack: FullStack;
  let page: Page;
  let complaints: string[];
  let contactId: string;
  let companyId: string;
  let dealId: string;

  beforeAll(async () => {
    // The files here share the id of a HubSpot account. In one namespace, its changes would be one workflow.
    stack = await startFullStack({ ownNamespace: true });
    await stack.connect();
    const { crm } = stack.sandbox;
    contactId = crm.create('contacts', {
      email: 'marc.serra@acme.example',
      firstname: 'Marc',
      lastname: 'Serra',
      jobtitle: 'Head of IT',
      lifecyclestage: 'customer',
    }).id;
    companyId = crm.create('companies', {
      name: 'Acme Manufacturing',
      domain: 'acme.example',
      industry: 'COMPUTER_SOFTWARE',
    }).id;
    const seats = crm.create('deals', {
      dealname: 'Acme: 120 seats',
      dealstage: 'appointmentscheduled',
      amount: '62000',
      deal_currency_code: 'EUR',
      closedate: '2026-12-12T10:00:00Z',
    });
    dealId = crm.create('deals', { dealname: 'Framework agreement' }).id;
    crm.associate('contacts', contactId, 'companies', companyId);
    crm.associate('companies', companyId, 'deals', seats.id);
    for (let index = 0; index < 30; index += 1)
      await stack.post(
        meeting({
          meetingId: `many-${index}`,
          title: `Weekly ${index}`,
          ...onDay(`2026-10-${String(index + 1).padStart(2, '0')}`),
        }),
      );
    for (let index = 0; index < 30; index += 1) await stack.until(`many-${index}`, 'synced');
    // Reads what the records are called.
    await stack.apply();
  });
  afterAll(async () => {
    await stack.close();
  });
  beforeEach(async () => {
    ({ page, complaints } = await stack.openPage(browser()));
  });
  afterEach(async () => {
    expect(complaints).toEqual([]);
    await page.context().close();
    stack.sandbox.faults.clear();
  });

  const open = async (path: string) => await page.goto(stack.url + path);
  const row = (meetingId: string) => page.locator(`[id="m-${meetingId}"]`);
  const tree = () => page.locator('.tree');
  const onTimeline = (objectType: string, id: string) => stack.sandbox.crm.timeline(objectType, id).length;
  const settled = async (word: string) => await page.locator('main > #live > p > .badge', { hasText: word }).waitFor();

  /** A person's choices for a meeting that has come in, followed by its sync. */
  const choose = async (meetingId: string, ...choices: readonly [RecordRef, 'linked' | 'unlinked'][]) => {
    const key = { workspaceId: stack.workspaceId, meetingId };
    for (const [record, choice] of choices) await chooseLink(stack.product.db, key, stack.portalId, record, choice);
    await stack.resync(meetingId);
  };

  test('see one come in, and follow it to its end, without loading the page again', async () => {
    await stack.sync(meeting({ meetingId: 'before', title: 'Before' }));
    await open('/meetings');
    await page.evaluate("document.body.dataset['same'] = 'yes'");
    await page.locator('#more-filters summary').click();
    await row('before').getByRole('checkbox').check();
    await page.getByRole('searchbox').pressSequentially('half a wo');
    await stack.sync(meeting({ meetingId: 'after', title: 'Came in meanwhile' }));
    await row('after').locator('.badge', { hasText: 'On timeline' }).waitFor();
    expect((await row('after').locator('.tally').allInnerTexts()).join()).toMatch(
      /1 contact,(1\s+)?1 company,(1\s+)?1 deal|1,1,1/,
    );
    expect(await row('after').innerText()).toMatch('82/100');
    // What a person had begun stays.
    expect(await page.evaluate("document.body.dataset['same']")).toBe('yes');
    expect(await row('before').getByRole('checkbox').isChecked()).toBe(true);
    expect(await row('after').getByRole('checkbox').isChecked()).toBe(false);
    expect(await page.getByRole('searchbox').inputValue()).toBe('half a wo');
    expect(await page.getByLabel('Reason').isVisible()).toBe(true);
    expect(await page.locator('#selected-count').innerText()).toBe('1 selected');
    await expectNoSeriousFindings(page);
  });

  test('narrow the list, and keep that over pages and back', async () => {
    await open('/meetings');
    await page.getByRole('searchbox').fill('weekly SERRA');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.waitForURL(/q=weekly/);
    expect(await page.getByRole('navigation', { name: 'State' }).innerText()).toMatch(/All\s*30/);
    await page.getByRole('link', { name: 'Next page' }).click();
    await page.waitForURL(/cursor=/);
    expect(await page.locator('table.meetings tbody tr').count()).toBe(5);
    await page.getByRole('link', { name: 'Previous page' }).click();
    await row('many-29').waitFor();
    expect(page.url()).toMatch('q=weekly');
    await page.getByText('More filters').click();
    await page.getByLabel('Linked record').fill(`deals/${dealId}`);
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByText('No meetings match.').waitFor();
    await page.getByLabel('Linked record').fill('what?');
    await page.getByRole('button', { name: 'Search' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toMatch('must be a type and an id such as deals/123');
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Clear' }).click();
    await page.waitForURL(`${stack.url}/meetings`);
  });

  test('search by a deal, sort by date, and open a row by a click anywhere on it', async () => {
    await open('/meetings');
    await page.getByRole('searchbox').fill('120 seats weekly');
    await page.keyboard.press('Enter');
    await page.waitForURL(/q=120/);
    await row('many-29').waitFor();
    await page.getByRole('link', { name: /^Date/ }).click();
    await page.waitForURL(/sort=oldest/);
    expect(await page.locator('tbody tr').first().getAttribute('id')).toBe('m-many-0');
    await expectNoSeriousFindings(page);
    await row('many-3').locator('.when').click({ force: true });
    await page.getByRole('heading', { name: 'Weekly 3', level: 1 }).waitFor();
  });

  test.each([
    [1440, 900],
    [390, 844],
    [360, 740],
  ])('see the first row without scrolling at %d × %d, and nothing move in an update', async (width, height) => {
    await page.setViewportSize({ width, height });
    await open('/meetings');
    const first = (await page.locator('tbody tr').nth(1).boundingBox()) ?? { y: Infinity, height: Infinity };
    expect(first.y + first.height).toBeLessThan(height);
    expect(await overflowOf(page)).toBe(0);
    const widths = async () =>
      await page.evaluate(
        "[...document.querySelector('tbody tr').cells].map((cell) => cell.getBoundingClientRect().width)",
      );
    const before = await widths();
    await stack.post(meeting({ meetingId: `wide-${width}`, title: `A long title ${'that does not end '.repeat(20)}` }));
    await row(`wide-${width}`).waitFor();
    if (width > 640) expect(await widths()).toEqual(before);
    expect(await overflowOf(page)).toBe(0);
    await stack.until(`wide-${width}`, 'synced');
  });

  test('sync a selection again, and all of a page', async () => {
    await open('/meetings?q=weekly');
    expect(await page.getByRole('button', { name: 'Sync selected again' }).count()).toBe(0);
    const attempts = async () => (await stack.product.db.selectFrom('sync_attempts').select('id').execute()).length;
    const before = await attempts();
    await row('many-28').getByRole('checkbox').check();
    await row('many-27').getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Sync selected again' }).click();
    expect(await page.getByRole('status').first().innerText()).toMatch('Syncing 2 meetings again.');
    expect(page.url()).toMatch('q=weekly');
    await stack.starter.sweep(0);
    await Promise.all([stack.until('many-28', 'synced'), stack.until('many-27', 'synced')]);
    expect(await attempts()).toBe(before + 2);

    await page.getByLabel('Select all on this page').check();
    expect(await page.locator('#selected-count').innerText()).toBe('25 selected');
    await row('many-29').getByRole('checkbox').uncheck();
    expect(await page.locator('#selected-count').innerText()).toBe('24 selected');
    await page.getByRole('button', { name: 'Sync selected again' }).click();
    expect(await page.getByRole('status').first().innerText()).toMatch('Syncing 24 meetings again.');
    expect(await page.locator('#progress').innerText()).toMatch('Syncing 24 meetings');
    await stack.starter.sweep(0);
    for (let index = 5; index < 29; index += 1) await stack.until(`many-${index}`, 'synced');
  });

  test('see on the page why a sync failed, fix it, and sync again', async () => {
    const message = 'Property hs_meeting_outcome has a rule that refuses COMPLETED';
    stack.sandbox.faults.add({
      match: { method: 'POST', path: '/meetings/batch/create' },
      action: {
        kind: 'status',
        status: 400,
        body: { status: 'error', message, category: 'VALIDATION_ERROR', correlationId: 'c0ffee' },
      },
    });
    await stack.sync(meeting({ meetingId: 'refused', title: 'Refused' }));
    await open('/meetings');
    await page.getByRole('link', { name: /^Needs you/ }).click();
    await page.waitForURL(/state=needs_you/);
    expect(await page.locator('#reason-hubspot_rejected').innerText()).toMatch('1 meeting');
    await page.locator('#reason-hubspot_rejected').getByRole('link').click();
    await row('refused').getByRole('link', { name: 'Refused', exact: true }).click();

    const notice = page.locator('#reason');
    expect(await notice.innerText()).toMatch(message);
    expect(await notice.innerText()).toMatch('Ask a HubSpot admin to change that property or its rule in HubSpot');
    await page.locator('.history summary').first().click();
    expect(await page.locator('.history').innerText()).toMatch('POST /crm/objects/2026-03/meetings/batch/create');
    expect(await page.locator('.history').innerText()).toMatch('c0ffee');
    await expectNoSeriousFindings(page);

    stack.sandbox.faults.clear();
    await notice.getByRole('button', { name: 'Sync again' }).click();
    await settled('On timeline');
    expect(await page.locator('.history > li').count()).toBe(3);
    expect(await page.locator('.activity .badge').innerText()).toBe('In HubSpot');
    expect(await page.locator('.activity').innerText()).toMatch('Main topics');
    await page.getByRole('link', { name: 'Smart Category Notes' }).click();
    expect(await page.locator('.activity .badge').innerText()).toBe('In HubSpot');
    expect(await page.locator('.activity').innerText()).not.toMatch('Main topics');
    await expectNoSeriousFindings(page);
    expect(onTimeline('contacts', contactId)).toBeGreaterThan(0);
  });

  test('link a deal by hand with the picker, unlink it, and undo that', async () => {
    await stack.sync(meeting({ meetingId: 'by-hand', title: 'By hand' }));
    await open('/meetings/by-hand');
    expect((await tree().innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /Contact Marc Serra took part Head of IT · Customer Company Acme Manufacturing their company Computer software · Lead Deal Acme: 120 seats its deal Appointment Scheduled · €62,000 · closes 12 Dec 2026/,
    );
    await page.getByRole('link', { name: 'Link a record' }).click();
    await page.getByLabel(/^Name, e-mail/).pressSequentially('framew');
    const link = page.getByRole('button', { name: 'Link Framework agreement' });
    await link.waitFor();
    await expectNoSeriousFindings(page);
    await link.click();
    await page.getByText('Framework agreement is linked. Syncing…').waitFor();
    await tree().getByText('Framework agreement').waitFor();
    await settled('On timeline');
    expect(onTimeline('deals', dealId)).toBe(2);
    expect((await tree().innerText()).replaceAll(/\s+/g, ' ')).toMatch('Deal Framework agreement linked by hand');

    await page.getByRole('button', { name: 'Unlink Framework agreement' }).click();
    await page.getByRole('heading', { name: 'Not linked' }).waitFor();
    await settled('On timeline');
    expect(onTimeline('deals', dealId)).toBe(0);
    await page.locator('.flash').getByRole('button', { name: 'Undo' }).click();
    await tree().getByText('Framework agreement').waitFor();
    await settled('On timeline');
    expect(onTimeline('deals', dealId)).toBe(2);

    await page.getByRole('button', { name: 'Unlink Acme Manufacturing' }).click();
    await page.getByRole('button', { name: 'Undo: link Acme Manufacturing again' }).waitFor();
    await settled('On timeline');
    expect(await tree().innerText()).not.toMatch('120 seats');
    await page.getByRole('link', { name: 'Why these records?' }).click();
    expect(await page.locator('main').innerText()).toMatch(/Acme Manufacturing\s+A person removed this link/);
    await expectNoSeriousFindings(page);
  });

  test('find the picker working without scripts', async () => {
    await stack.sync(meeting({ meetingId: 'plain', title: 'Plain' }));
    await choose('plain', [{ objectType: 'companies', id: companyId }, 'unlinked']);
    const context = await browser().newContext({
      javaScriptEnabled: false,
      storageState: await page.context().storageState(),
    });
    const plain = await context.newPage();
    await plain.goto(`${stack.url}/meetings/plain/records`);
    await plain.getByLabel('What to link').selectOption('companies');
    await plain.getByLabel(/^Name, e-mail/).fill('acme');
    await plain.getByRole('button', { name: 'Search' }).click();
    await plain.getByRole('button', { name: 'Link Acme Manufacturing' }).click();
    await plain.getByText('Acme Manufacturing is linked. Syncing…').waitFor();
    await stack.until('plain', 'synced');
    await plain.goto(`${stack.url}/meetings`);
    expect(await plain.locator('#select-all').isVisible()).toBe(false);
    await plain.locator('[id="m-plain"]').getByRole('checkbox').check();
    await plain.getByRole('button', { name: 'Sync selected again' }).click();
    await plain.getByText('Syncing 1 meeting again.').waitFor();
    await stack.starter.sweep(0);
    await stack.until('plain', 'synced');
    await context.close();
  });

  test('are asked before the last record goes, and can undo it', async () => {
    await stack.sync(meeting({ meetingId: 'last', title: 'The last one' }));
    await open('/meetings/last');
    await page.getByRole('button', { name: 'Unlink Marc Serra' }).click();
    await page.getByRole('heading', { name: 'Unlink Marc Serra, the last record?' }).waitFor();
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Cancel' }).click();
    await settled('On timeline');
    await page.getByRole('button', { name: 'Unlink Marc Serra' }).click();
    await page.getByRole('button', { name: 'Unlink' }).click();
    await settled('Skipped');
    await page.locator('.flash').getByRole('button', { name: 'Undo' }).click();
    await settled('On timeline');
    await tree().getByText('Marc Serra').waitFor();
  });

  test('undo a link by hand at once', async () => {
    await stack.sync(meeting({ meetingId: 'link-undone', title: 'Linked and undone' }));
    await open('/meetings/link-undone/records?type=deals&q=framew');
    await page.getByRole('button', { name: 'Link Framework agreement' }).click();
    await tree().getByText('Framework agreement').waitFor();
    await settled('On timeline');
    await open('/meetings/link-undone/records?type=deals&q=framew');
    expect(await page.getByText('Already linked').count()).toBe(1);
    await open('/meetings/link-undone');
    await page.getByRole('button', { name: 'Unlink Framework agreement' }).click();
    await settled('On timeline');
    await open('/meetings/link-undone/records?type=deals&q=framew');
    await page.getByRole('button', { name: 'Link Framework agreement' }).click();
    await page.locator('.flash').getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Framework agreement is no longer linked by hand.').waitFor();
    await settled('On timeline');
    await page.getByText('You removed this link').waitFor();
    expect(await tree().getByText('Framework agreement').count()).toBe(0);
  });

  test('create a contact for a person whom HubSpot does not know', async () => {
    const participants = [{ email: 'nora@new.example', name: 'Nora New' }];
    await stack.sync(meeting({ meetingId: 'unknown', title: 'Unknown', participants }));
    await open('/meetings/unknown');
    expect(await page.locator('#reason').innerText()).toMatch(
      'Nora New is not in HubSpot. Create the contact and this meeting appears on their timeline.',
    );
    await page.getByRole('button', { name: 'Create contact Nora New <nora@new.example>' }).click();
    await page.getByText('The sync creates the contact nora@new.example.').waitFor();
    await settled('On timeline');
    expect(await tree().innerText()).toMatch('Contact');
    const contact = stack.sandbox.crm
      .list('contacts')
      .find(({ properties }) => properties['email'] === 'nora@new.example');
    expect(contact?.properties).toMatchObject({ firstname: 'Nora', lastname: 'New' });
    expect(onTimeline('contacts', contact?.id ?? '')).toBe(2);
    expect(await page.getByRole('heading', { name: 'Not in HubSpot', exact: true }).count()).toBe(0);
  });

  test('see when HubSpot refuses the contact', async () => {
    const participants = [{ email: 'otto@new.example', name: 'Otto New' }];
    await stack.sync(meeting({ meetingId: 'not-taken', title: 'Not taken', participants }));
    stack.sandbox.faults.add({
      match: { method: 'POST', path: '/contacts/batch/create' },
      action: {
        kind: 'status',
        status: 400,
        body: { status: 'error', message: 'Contacts need a lifecycle stage', category: 'VALIDATION_ERROR' },
      },
    });
    await open('/meetings/not-taken');
    await page.getByRole('button', { name: /^Create contact/ }).click();
    await page.getByText('Contacts need a lifecycle stage').first().waitFor();
  });

  test('remove a meeting from HubSpot, after a confirmation', async () => {
    await stack.sync(meeting({ meetingId: 'gone', title: 'To be gone' }));
    const before = onTimeline('contacts', contactId);
    await open('/meetings/gone');
    await page.getByLabel('More actions').click();
    await expectNoSeriousFindings(page);
    await page.getByRole('link', { name: 'Remove from HubSpot' }).click();
    expect(await page.locator('main').innerText()).toMatch('Remove this meeting from HubSpot?');
    await expectNoSeriousFindings(page);
    await page.getByRole('button', { name: 'Remove from HubSpot' }).click();
    await settled('Deleted');
    expect(onTimeline('contacts', contactId)).toBe(before - 2);
    expect(await page.locator('main').innerText()).not.toMatch('To be gone');
    expect(await page.getByRole('button', { name: 'Sync again' }).count()).toBe(0);
  });

  describe('that have been linked by hand, not matched and removed', () => {
    beforeAll(async () => {
      const pilot = stack.sandbox.crm.create('deals', { dealname: 'Acme: pilot' }).id;
      await stack.sync(meeting({ meetingId: 'chosen', title: 'Chosen' }));
      await choose(
        'chosen',
        [{ objectType: 'deals', id: pilot }, 'linked'],
        [{ objectType: 'companies', id: companyId }, 'unlinked'],
      );
      const participants = [{ email: 'pia@unknown.example', name: 'Pia Unknown' }];
      await stack.sync(meeting({ meetingId: 'unmatched', title: 'Unmatched', participants }));
      await stack.sync(meeting({ meetingId: 'removed', title: 'Removed' }));
      await requestDeletion(stack.product.db, stack.workspaceId, 'removed');
      await stack.starter.sweep(0);
      await stack.until('removed', 'deleted');
      await stack.apply();
    });

    test.each([
      ['light', 'a desktop', 1280],
      ['dark', 'a phone', 390],
    ] as const)('see every page in %s on %s, without scrolling sideways', async (colorScheme, _device, width) => {
      const { page: one, complaints: heard } = await stack.openPage(browser(), {
        colorScheme,
        viewport: { width, height: 844 },
      });
      for (const path of [
        '',
        '?q=nothing+like+it&record=what',
        '/chosen',
        '/unmatched',
        '/removed',
        '/chosen/records?type=deals',
        '/chosen/why-linked',
        '/chosen/remove',
        '/chosen?tab=notes',
        '?state=not_in_hubspot',
      ]) {
        await one.goto(`${stack.url}/meetings${path}`);
        // An open menu covers others, so that a click does not reach them.
        await one.evaluate("for (const each of document.querySelectorAll('details')) each.open = true");
        await expectNoSeriousFindings(one);
        const overflow = await overflowOf(one);
        expect({ path, overflow }).toEqual({ path, overflow: 0 });
        const folder = process.env['SHOTS'];
        if (folder !== undefined)
          await one.screenshot({
            path: `${folder}/${colorScheme}-${width}${path.replaceAll(/\W/g, '_')}.png`,
            fullPage: true,
          });
      }
      expect(heard).toEqual([]);
      await one.context().close();
    });
  });
});
