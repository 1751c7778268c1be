import PostalMime from 'postal-mime';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Mailer } from '../../../src/outbound/mailer';
import { MAIL_CERTIFICATE, startMailServer, type TestMailServer } from '../../support/mail-server';
import { PEOPLE, PUBLIC_URL, secretOf, SettingsPage } from './settings-page';
import { Browser, startHttpStack, textOf, type HttpStack } from './support';

let mail: TestMailServer;
let stack: HttpStack;
let browser: Browser;
let settings: SettingsPage;
beforeEach(async () => {
  mail = await startMailServer();
  const from = { name: 'Meeting Sync', address: 'sync@northwind.example' };
  const mailer = new Mailer({ server: mail.server, from, ca: MAIL_CERTIFICATE });
  stack = await startHttpStack({ dependencies: { mailer } });
  browser = await stack.signIn();
  settings = new SettingsPage(stack, browser);
});
afterEach(async () => {
  await stack.close();
  await mail.close();
});

test('an invitation goes out by e-mail, and its link signs the person in', async () => {
  expect(textOf(await browser.open(PEOPLE))).toMatch('Send the link by e-mail');
  const page = await settings.send(PEOPLE, { email: 'leo@northwind.example', name: 'Leo', mail: 'true' });
  expect(textOf(page.body)).toMatch('The link was sent to leo@northwind.example. You can also copy it here');
  const [sent] = mail.taken;
  expect(sent?.to).toEqual(['leo@northwind.example']);
  const email = await PostalMime.parse(sent?.raw ?? '');
  expect(email.subject).toBe('Northwind invites you to the workspace Northwind');
  const link = /Sign in: (\S+)/.exec(email.text ?? '')?.[1] ?? '';
  expect(link).toBe(secretOf(page.body));
  const invited = new Browser(stack.app);
  await invited.press(link.replace(PUBLIC_URL, ''), '/sign-in');
  expect(textOf(await invited.open(PEOPLE))).toMatch('Leo (leo@northwind.example) (you)');
  expect(stack.logLines.join('')).not.toMatch('leo@northwind.example');
});

test('a new link goes out by e-mail when it is asked for, and else is only shown', async () => {
  await settings.send(PEOPLE, { email: 'leo@northwind.example' });
  expect(mail.taken).toEqual([]);
  const path = /action="(\/settings\/members\/[^"]+\/link)"/.exec(await browser.open(PEOPLE))?.[1] ?? '';
  const page = await settings.send(path, { mail: 'true' });
  expect(mail.taken).toHaveLength(1);
  expect(mail.taken[0]?.raw.replaceAll('=\r\n', '')).toContain(secretOf(page.body).split('token=')[1]);
});

test('it is in the language of the person who sends it', async () => {
  await settings.send('/language', { language: 'es', back: '/overview' });
  await settings.send(PEOPLE, { email: 'leo@northwind.example', mail: 'true' });
  const email = await PostalMime.parse(mail.taken[0]?.raw ?? '');
  expect(email.subject).toBe('Northwind invita a unirse al espacio de trabajo Northwind');
  expect(email.html).toContain('<html lang="es">');
});

test('when the mail server refuses it, the page shows the link all the same', async () => {
  mail.refusedMails.push(554);
  const page = await settings.send(PEOPLE, { email: 'leo@northwind.example', mail: 'true' });
  expect(textOf(page.body)).toMatch('The mail server did not accept the e-mail. Copy this link now');
  expect(secretOf(page.body)).toMatch(/invitation\?token=/);
});

test('without a mail server no page offers e-mails', async () => {
  const without = await startHttpStack();
  try {
    const page = await (await without.signIn()).open(PEOPLE);
    expect(textOf(page)).toMatch('no e-mail is sent');
    expect(page).not.toMatch('name="mail"');
  } finally {
    await without.close();
  }
});
