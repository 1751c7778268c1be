import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { InjectOptions } from 'fastify';
import { signatureOf } from '../../../src/hubspot/webhooks/webhook-signature';
import { meeting } from '../../support/meetings';
import { startHttpStack, type Browser, type HttpStack } from './support';

let stack: HttpStack;
let browser: Browser;
beforeAll(async () => {
  stack = await startHttpStack();
  browser = await stack.signIn();
});
afterAll(async () => {
  await stack.close();
});

async function send(
  url: string,
  payload: string | Buffer,
  headers: Record<string, string> = {},
  method: InjectOptions['method'] = 'POST',
) {
  const sent = { authorization: `Bearer ${stack.apiKey}`, 'content-type': 'application/json', ...headers };
  return await stack.app.inject({ method, url, payload, headers: sent });
}

const json = JSON.stringify(meeting({ meetingId: 'plain' }));
const FEED = '/api/v1/meetings';

test.each([
  ['gzip', gzipSync(json)],
  ['br', json],
  ['identity, gzip', json],
  ['x-unknown', json],
])('Content-Encoding %s is refused by name, everywhere', async (encoding, payload) => {
  expect((await send('/sign-in', payload, { 'content-encoding': encoding })).statusCode).toBe(415);
  for (const url of [FEED, '/api/v1/backfills', '/webhooks/hubspot', '/api/v1/settings/preview']) {
    const answer = await send(url, payload, { 'content-encoding': encoding });
    expect(answer.statusCode).toBe(415);
    expect(answer.headers['accept-encoding']).toBe('identity');
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining(`Content-Encoding: ${encoding}`) });
  }
});

test.each(['iso-8859-1', 'utf-16', '"latin1"', 'UTF-8; charset=utf-7'])('charset %s is refused', async (charset) => {
  for (const url of [FEED, '/api/v1/backfills', '/webhooks/hubspot']) {
    const answer = await send(url, json, { 'content-type': `application/json; charset=${charset}` });
    expect(answer.statusCode).toBe(415);
    expect(answer.json()).toMatchObject({ detail: expect.stringMatching(/The charset "[\w-]+" is not understood/) });
  }
});

test.each(['utf-8', 'UTF8', '"utf-8"'])('charset %s is accepted, and so is identity', async (charset) => {
  const headers = { 'content-type': `application/json; charset=${charset}`, 'content-encoding': 'identity' };
  expect([200, 202]).toContain((await send(FEED, json, headers)).statusCode);
});

test('Bytes that are not UTF-8 are refused, not replaced', async () => {
  const latin = Buffer.from(JSON.stringify({ ...meeting({ meetingId: 'latin' }), title: 'Caf\u00E9' }), 'latin1');
  const answer = await send(FEED, latin);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ detail: 'The body is not encoded as UTF-8.' });
  expect((await send(FEED, Buffer.from(`\uFEFF${json}`))).statusCode).toBeLessThan(300);
});

test.each([
  ['title', json.replace('{', '{"title":"first",')],
  ['title', json.replace('{', '{"titl\\u0065":"first",')],
  ['email', json.replace('"host":{', '"host":{"email":"x@y.example",')],
  ['title', json.replace('{', `{"title":${JSON.stringify(meeting({ meetingId: 'x' }).title)},`)],
])('A duplicate field %s is refused by name', async (name, payload) => {
  const answer = await send(FEED, payload);
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ detail: `The body has the field "${name}" twice in one object.` });
});

test('"__proto__" is refused, and so is a body of brackets', async () => {
  expect((await send(FEED, json.replace('{', '{"__proto__":{},'))).json()).toMatchObject({
    detail: 'The body has a field that is never accepted: "__proto__".',
  });
  for (const payload of ['['.repeat(1_000_000), `${'['.repeat(500_000)}${']'.repeat(500_000)}`])
    expect((await send(FEED, payload)).statusCode).toBe(400);
});

test.each(['.', '..'])('%s is not a meeting id', async (meetingId) => {
  expect((await stack.call('POST', FEED, meeting({ meetingId }))).json()).toMatchObject({
    errors: [{ path: 'meetingId', message: 'must not be "." or ".."' }],
  });
});

test.each([
  ['startedAt', { startedAt: '0001-01-01T00:00:00Z' }],
  ['startedAt', { startedAt: '1969-12-31T23:59:59Z' }],
  ['endedAt', { endedAt: '9999-12-31T23:59:59Z' }],
  ['endedAt', { endedAt: '2101-01-01T00:00:00Z' }],
])('An impossible year is refused at %s', async (path, changes) => {
  const answer = await stack.call('POST', FEED, meeting({ meetingId: 'years', ...changes }));
  expect(answer.statusCode).toBe(400);
  expect(answer.json().errors).toContainEqual({ path, message: 'must be in the years 1970 to 2100' });
});

const NUL = '\0';
const HALF = '\uD83D';

test.each([NUL, HALF])('%j in a meeting is cleaned; in names of fields and ids it is refused', async (character) => {
  const dirty = meeting({ meetingId: `dirty-${character === NUL ? 'nul' : 'half'}`, title: `a${character}b` });
  expect((await stack.call('POST', FEED, dirty)).statusCode).toBe(202);
  for (const body of [
    { ...dirty, [`x${character}`]: 1 },
    { ...dirty, meetingId: `a${character}` },
    { ...dirty, startedAt: `2026${character}` },
  ])
    expect((await stack.call('POST', FEED, body)).statusCode).toBe(400);
});

test.each([
  ['PATCH', '/api/v1/settings', { excludedTitleWords: ['X'] }],
  ['PATCH', '/api/v1/settings', { dealPipelines: ['X'] }],
  ['PATCH', '/api/v1/settings', { ownDomains: ['X.example'] }],
  ['PATCH', '/api/v1/settings', { X: true }],
  ['POST', '/api/v1/settings/preview', { excludedTitleWords: ['X'] }],
  ['POST', '/api/v1/keys', { name: 'X' }],
  ['POST', '/api/v1/sessions', { email: 'a@b.example', name: 'X' }],
  ['POST', '/api/v1/meetings/resync', { reason: 'X' }],
] as const)('%s %s refuses what cannot be stored: %j', async (method, url, shape) => {
  for (const character of [NUL, HALF]) {
    const body: unknown = JSON.parse(
      JSON.stringify(shape).replaceAll('X', JSON.stringify(`a${character}`).slice(1, -1)),
    );
    const answer = await stack.call(method, url, body);
    expect(answer.statusCode).toBe(400);
    expect(answer.json()).toMatchObject({ errors: [expect.anything()] });
  }
});

test.each([
  `${FEED}/a%00`,
  `${FEED}/a%00/context`,
  `${FEED}/a%00/preview`,
  `${FEED}?q=a%00`,
  `${FEED}?cursor=a%00`,
  `${FEED}?record=deals/1%00`,
  '/api/v1/reconcile/a%00',
  '/api/v1/reconcile/none',
  '/api/v1/backfills/a%00',
  '/api/v1/crm/contacts?q=a%00',
  '/api/v1/crm/a%00?q=a',
  '/api/v1/analytics/topics?owner=a@b%00',
  '/api/v1/analytics/topics/meetings?column=meetings&key=a%00',
  '/api/v1/analytics/a%00',
])('GET %s is no internal error', async (url) => {
  const answer = await stack.call('GET', url);
  expect([400, 404, 409]).toContain(answer.statusCode);
});

test.each([
  ['DELETE', `${FEED}/a%00`],
  ['POST', `${FEED}/a%00/resync`],
  ['PUT', `${FEED}/plain/links/a%00/1`],
  ['PUT', `${FEED}/plain/links/deals/1%00`],
  ['DELETE', '/api/v1/keys/a%00'],
] as const)('%s %s is no internal error', async (method, url) => {
  expect([400, 404, 409]).toContain((await stack.call(method, url)).statusCode);
});

test.each([
  '/meetings?q=a%00',
  '/meetings?cursor=a%00',
  '/meetings/a%00',
  '/analytics?owner=a%00',
  '/settings/keys/a%00/revoke',
  '/backfills/a%00',
  '/records?q=a%00',
  '/oauth/hubspot/callback?state=a%00&code=b%00',
  '/connect?token=%00',
  '/sign-in?token=%00',
])('The page %s is no internal error', async (url) => {
  expect((await browser.get(url)).statusCode).toBeLessThan(500);
});

test('A form with U+0000 is answered with a page that says so', async () => {
  const page = await browser.open('/settings/integrations');
  const token = /name="_csrf" value="(?<token>[^"]+)"/.exec(page)?.groups?.['token'] ?? '';
  for (const [url, fields] of [
    ['/settings/members', { email: 'a@b.example', name: 'a\0' }],
    ['/settings/keys', { name: 'a\0', id: '00000000-0000-4000-8000-000000000000' }],
    ['/settings/meetings', { excludedTitleWords: 'a\0' }],
  ] as const) {
    const answer = await browser.post(url, { _csrf: token, ...fields });
    expect(answer.statusCode).toBe(400);
    expect(answer.headers['content-type']).toMatch('text/html');
  }
});

test('In a backfill, an invalid line affects no other line', async () => {
  const line = (id: string) => JSON.stringify(meeting({ meetingId: id }));
  const lines = [
    line('b-1'),
    `${line('b-2').slice(0, -1)},"x\\u0000":1}`,
    `${NUL}${line('b-3')}`,
    `{"a": "${NUL}${HALF}`,
    line('b-5').replace('{', '{"title":"twice",'),
    line('..'),
    line('b-7').replace('discovery', 'a\\u0000b\\ud83d'),
    line('b-8').replace('2026-11-03T10:42', '9026-11-03T10:42'),
    NUL,
  ];
  const payload = Buffer.concat([
    Buffer.from(lines.join('\n')),
    Buffer.from(`\n${JSON.stringify({ ...meeting({ meetingId: 'b-10' }), title: 'Caf\u00E9' })}\n`, 'latin1'),
    Buffer.from(line('b-11')),
  ]);
  const answer = await send('/api/v1/backfills', payload, { 'content-type': 'application/x-ndjson' });
  expect(answer.statusCode).toBe(202);
  const { backfillId } = answer.json<{ backfillId: string }>();
  const document = (await stack.call('GET', `/api/v1/backfills/${backfillId}`)).json();
  expect(document).toMatchObject({ lines: 11, meetings: 3 });
  expect(document.faults.map(({ line: number }: { line: number }) => number)).toEqual([2, 3, 4, 5, 6, 8, 9, 10]);
});

test("HubSpot's events are accepted without characters that cannot be stored, because HubSpot would only repeat them", async () => {
  const event = { eventId: 1, subscriptionId: 1, portalId: 1, subscriptionType: 'contact.propertyChange', objectId: 5 };
  const body = JSON.stringify([
    {
      ...event,
      occurredAt: Date.now(),
      attemptNumber: 0,
      propertyName: 'firstname',
      propertyValue: 'a\0b\uD83Dc👍\\u0000',
    },
  ]);
  const timestamp = String(Date.now());
  const uri = `${stack.config.publicUrl}/webhooks/hubspot`;
  const answer = await stack.app.inject({
    method: 'POST',
    url: '/webhooks/hubspot',
    payload: body,
    headers: {
      'content-type': 'application/json',
      'x-hubspot-signature-v3': signatureOf(
        { method: 'POST', uri, body, timestamp },
        stack.config.hubspot.clientSecret,
      ),
      'x-hubspot-request-timestamp': timestamp,
    },
  });
  expect(answer.statusCode).toBe(200);
});

test('None of these requests caused an internal error', () => {
  expect(stack.logLines.filter((line) => line.includes('request failed'))).toEqual([]);
});
