import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Mailer } from '../../../src/outbound/mailer';
import { OutboundHttp } from '../../../src/outbound/outbound-http';
import { secretOf, SettingsPage } from './settings-page';
import { startHttpStack, textOf, type Browser, type HttpStack } from './support';

const NOTICES = '/settings/notices';
const CHAT = 'http://127.0.0.1:4999/services/T1/B1/secret';

let stack: HttpStack;
let browser: Browser;
let settings: SettingsPage;
beforeEach(async () => {
  const server = { host: 'localhost', port: 9, secure: false, login: null };
  const mailer = new Mailer({ server, from: { name: '', address: 'sync@northwind.example' } });
  const outbound = new OutboundHttp({ privateAddresses: 'loopback' });
  stack = await startHttpStack({ dependencies: { mailer, outbound } });
  browser = await stack.signIn();
  settings = new SettingsPage(stack, browser);
});
afterEach(async () => {
  await stack.close();
});

const SLACK = {
  name: 'Sales ops',
  address: CHAT,
  events: 'meeting.needs_attention',
  when: 'at_once',
  language: 'en',
};

async function outlets() {
  return await stack.product.db.selectFrom('outlets').selectAll().orderBy('created_at').execute();
}

async function added(kind: string, fields: Record<string, string>): Promise<string> {
  const answer = await settings.send(`${NOTICES}/new/${kind}`, fields);
  expect([200, 303]).toContain(answer.statusCode);
  return (await outlets()).at(-1)?.id ?? '';
}

describe('an outlet', () => {
  test('is added, listed, changed, switched off and on, and removed', async () => {
    expect(textOf(await browser.open(NOTICES))).toMatch('No notices go out yet. Add Slack Add E-mail Add Webhook');
    const id = await added('slack', SLACK);
    expect(textOf(await browser.open(NOTICES))).toMatch('“Sales ops” gets notices from now on.');
    expect(textOf(await browser.open(NOTICES))).toMatch(/Sales ops Slack, 127\.0\.0\.1:4999 At once On Send a test/);
    const page = await browser.open(`${NOTICES}/${id}`);
    expect(page).toMatch(`value="${CHAT}"`);

    await settings.send(`${NOTICES}/${id}`, {
      ...SLACK,
      name: 'Ops',
      when: 'daily',
      includesText: 'on',
      language: 'es',
    });
    expect(await outlets()).toEqual([
      expect.objectContaining({ name: 'Ops', daily: true, includes_text: true, language: 'es' }),
    ]);
    await settings.send(`${NOTICES}/${id}/off`);
    expect(textOf(await browser.open(NOTICES))).toMatch('“Ops” is off.');
    expect(textOf(await browser.open(NOTICES))).toMatch('Daily Switched off');
    await settings.send(`${NOTICES}/${id}/on`);
    expect((await outlets())[0]?.state).toBe('on');

    expect(textOf(await browser.open(`${NOTICES}/${id}/remove`))).toMatch('Remove “Ops”?');
    await settings.send(`${NOTICES}/${id}/remove`);
    expect(await outlets()).toEqual([]);
    expect((await browser.get(`${NOTICES}/${id}`)).statusCode).toBe(404);
  });

  test('gets a test message', async () => {
    const id = await added('slack', SLACK);
    await settings.send(`${NOTICES}/${id}/test`);
    expect(textOf(await browser.open(NOTICES))).toMatch('A test message is on its way.');
    const notices = await stack.product.db.selectFrom('notices').select('event').execute();
    expect(notices).toEqual([{ event: 'outlet.test' }]);
  });

  test('of e-mail has several addresses, which are stored encrypted', async () => {
    const address = 'Ana@northwind.example, leo@northwind.example';
    const id = await added('email', { ...SLACK, name: 'Daily', address, when: 'daily' });
    const [row] = await outlets();
    expect(row).toMatchObject({ kind: 'email', daily: true });
    expect(JSON.stringify(row)).not.toMatch('ana@northwind.example');
    expect(await browser.open(`${NOTICES}/${id}`)).toMatch('ana@northwind.example, leo@northwind.example');
  });

  test('of a program shows its secret', async () => {
    const page = await settings.send(`${NOTICES}/new/webhook`, { ...SLACK, name: 'Pipeline' });
    expect(secretOf(page.body)).toMatch(/^whsec_/);
  });
});

describe('a field that is not valid', () => {
  test.each([
    ['slack', { name: ' ' }, 'It must be 1 to 100 visible characters.'],
    ['slack', { address: 'http://10.0.0.1/in' }, 'It must lead to a public internet address'],
    ['slack', { address: 'hooks.slack.com' }, 'It must be a URL, such as https://example.com/hooks/meetings.'],
    ['webhook', { address: 'ftp://pipeline.example' }, 'It must begin with https://.'],
    ['email', { address: 'ana' }, 'It must be e-mail addresses, separated by commas'],
    ['email', { address: 'ana@northwind.example', events: 'meeting.invented' }, 'It must be one of'],
  ])('of %s, %j: %s', async (kind, fields, problem) => {
    const answer = await settings.send(`${NOTICES}/new/${kind}`, { ...SLACK, ...fields });
    expect(answer.statusCode).toBe(400);
    expect(textOf(answer.body)).toMatch(problem);
    expect(await outlets()).toEqual([]);
  });

  test('leaves the outlet as it was', async () => {
    const id = await added('slack', SLACK);
    const answer = await settings.send(`${NOTICES}/${id}`, { ...SLACK, address: 'https://169.254.169.254/' });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toMatch('value="https://169.254.169.254/"');
    expect(await browser.open(`${NOTICES}/${id}`)).toMatch(`value="${CHAT}"`);
  });
});

test('without a mail server, e-mail cannot be added', async () => {
  const without = await startHttpStack();
  try {
    const page = textOf(await (await without.signIn()).open(NOTICES));
    expect(page).toMatch('Add Slack Add Webhook E-mail needs a mail server');
  } finally {
    await without.close();
  }
});

test('in Spanish', async () => {
  await settings.send('/language', { language: 'es', back: NOTICES });
  const page = await browser.open(`${NOTICES}/new/email`);
  expect(textOf(page)).toMatch('Avisos: Correo');
  expect(page).toMatch('<option value="es" selected>');
});
