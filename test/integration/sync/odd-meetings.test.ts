import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StatusDocument } from '../../../src/meeting/status';
import { previewMeeting } from '../../../src/planning/preview';
import { startHttpStack, textOf, type HttpStack } from '../http/support';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

const MARC = 'marc@odd-known.example';
const SUE = { email: 'sue@northwind.example', name: 'Sue', internal: true };
const host = { email: 'sue@northwind.example', name: 'Sue' };

describe('a meeting with one odd attendee is synced for the others', () => {
  let stack: Stack;
  let known: string;
  beforeAll(async () => {
    stack = await startStack({});
    await stack.connect();
    known = stack.sandbox.crm.create('contacts', { email: MARC }).id;
    stack.sandbox.crm.create('contacts', { email: 'laia@odd.example' });
    stack.sandbox.crm.create('contacts', { email: 'pol@odd.example' });
  });
  afterAll(() => stack.close());

  async function sync(meetingId: string, odd: Record<string, unknown>) {
    const participants = [SUE, { email: MARC, name: 'Marc' }, odd];
    const { status, links, unmatched, warnings } = await stack.sync(meeting({ meetingId, host, participants }));
    expect(status).toBe('synced');
    expect(links.map(({ id }) => id)).toContain(known);
    return { linked: links.length, unmatched, warned: warnings.map(({ path }) => path) };
  }
  const unreadable = { linked: 1, warned: ['participants[2].email'], unmatched: [{ email: null, name: 'Laia Pons' }] };
  const found = (linked: number) => ({ linked, unmatched: [], warned: [] });

  test.each<[string, string, object]>([
    ['a dot at the end', 'laia@odd.example.', found(2)],
    ['a name and an address', 'Laia Pons <laia@odd.example>', found(2)],
    ['mailto:', 'mailto:laia@odd.example', found(2)],
    ['single quotes', "'laia@odd.example'", found(2)],
    ['a quoted local part', '"laia"@odd.example', found(2)],
    ['two in one', 'laia@odd.example; pol@odd.example', { ...found(3), warned: ['participants[2].email'] }],
    ['an X.500 name', '/o=ExchangeLabs/ou=Exchange Administrative Group/cn=Recipients/cn=0a1b2c3d-laia', unreadable],
    [
      'an IMCEAEX name',
      'IMCEAEX-_O=EXCHANGELABS_OU=EXCHANGE+20GROUP_CN=RECIPIENTS_CN=LAIA@eurprd01.prod.outlook.com',
      unreadable,
    ],
    ['only a name', 'Laia Pons', unreadable],
  ])('%s', async (name, email, expected) => {
    expect(await sync(`odd-${name.replaceAll(/\W/g, '-')}`, { email, name: 'Laia Pons' })).toEqual(expected);
  });

  test("Google's group calendar", async () => {
    const email = `c_${'0123456789abcdef'.repeat(4)}@group.calendar.google.com`;
    expect(await sync('odd-group', { email, name: 'Laia Pons' })).toMatchObject({ linked: 1, warned: [] });
  });

  test('a phone alone, and nothing at all', async () => {
    expect(await sync('odd-phone', { phone: '+34 600 000 001' })).toMatchObject({ linked: 1, warned: [] });
    const nothing = { email: null, name: null, phone: null };
    expect(await sync('odd-null', nothing)).toEqual({ linked: 1, unmatched: [], warned: ['participants[2]'] });
  });

  test('the preview says what was dropped', async () => {
    const odd = { email: 'Laia Pons' };
    await stack.sync(meeting({ meetingId: 'odd-preview', host, participants: [SUE, { email: MARC }, odd] }));
    const key = { workspaceId: stack.workspaceId, meetingId: 'odd-preview' };
    const preview = await previewMeeting(stack.product, key);
    expect(preview?.warnings.map(({ path }) => path)).toEqual(['participants[2].email']);
  });

  test.each<[string, string | null | undefined]>([
    ['null', null],
    ['blank', '  '],
    ['absent', undefined],
  ])('a title that is %s', async (how, title) => {
    const posted = meeting({ meetingId: `untitled-${how}`, host, participants: [SUE, { email: MARC }], title });
    const { status, warnings } = await stack.sync(posted);
    expect([status, warnings.map(({ path }) => path)]).toEqual(['synced', ['title']]);
    const titles = stack.sandbox.crm
      .timeline('contacts', known)
      .map(({ properties }) => properties['hs_meeting_title']);
    expect(titles).toContain('Meeting');
  });
});

describe('the answer says what was left out', () => {
  let stack: HttpStack;
  beforeAll(async () => {
    stack = await startHttpStack();
  });
  afterAll(() => stack.close());

  const odd = (meetingId: string) => ({
    ...meeting({ meetingId, host, participants: [SUE, { email: '<none>', name: 'Laia' }] }),
    summary: { nextSteps: [{ text: 'Call', dueDate: 'next week' }] },
  });
  const expected = ['participants[1].email', 'summary.nextSteps[0].dueDate'];
  const pathsIn = (document: StatusDocument) => document.warnings.map(({ path }) => path);

  test('at the first post, at the same body again, in the status document, the list and on the page', async () => {
    const first = await stack.call('POST', '/api/v1/meetings', odd('warned'));
    expect([first.statusCode, pathsIn(first.json())]).toEqual([202, expected]);
    const again = await stack.call('POST', '/api/v1/meetings', odd('warned'));
    expect([again.statusCode, pathsIn(again.json())]).toEqual([200, expected]);
    expect(pathsIn((await stack.call('GET', '/api/v1/meetings/warned')).json())).toEqual(expected);
    const { meetings } = (await stack.call('GET', '/api/v1/meetings')).json<{ meetings: StatusDocument[] }>();
    expect(meetings.map(pathsIn)).toContainEqual(expected);
    const page = textOf(await (await stack.signIn()).open('/meetings/warned'));
    expect(page).toMatch('summary.nextSteps[0].dueDate This is not a date such as 2026-11-06, so it was left out.');
  });

  test('a corrected body takes its warnings back', async () => {
    await stack.call('POST', '/api/v1/meetings', odd('corrected'));
    const answer = await stack.call('POST', '/api/v1/meetings', meeting({ meetingId: 'corrected' }));
    expect([answer.statusCode, pathsIn(answer.json())]).toEqual([202, []]);
  });

  test('a wrong structure stays a 400 that names the field', async () => {
    const answer = await stack.call('POST', '/api/v1/meetings', {
      ...odd('wrong'),
      host: { email: 'not an address' },
      participants: [],
    });
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [{ path: 'host.email' }] });
  });

  test('a backfill counts its lines with warnings', async () => {
    const payload = [odd('line-1'), meeting({ meetingId: 'line-2' })].map((body) => JSON.stringify(body)).join('\n');
    const answer = await stack.app.inject({
      method: 'POST',
      url: '/api/v1/backfills',
      headers: { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/x-ndjson' },
      payload,
    });
    const { backfillId } = answer.json<{ backfillId: string }>();
    const { linesWithWarnings, faultyLines } = (await stack.call('GET', `/api/v1/backfills/${backfillId}`)).json<{
      linesWithWarnings: number;
      faultyLines: number;
    }>();
    expect({ linesWithWarnings, faultyLines }).toEqual({ linesWithWarnings: 1, faultyLines: 0 });
  });
});
