import { createServer, type AddressInfo } from 'node:net';
import PostalMime from 'postal-mime';
import { afterEach, describe, expect, test } from '@jest/globals';
import { Mailer, type Mail, type MailerOptions, type MailServer } from '../../../src/outbound/mailer';
import {
  MAIL_CERTIFICATE,
  startMailServer,
  type MailServerOptions,
  type TestMailServer,
} from '../../support/mail-server';

const LOGIN = { user: 'sync', password: 'open/sesame' };
const MAIL: Mail = {
  to: ['ana@northwind.example'],
  subject: 'Northwind: 3 reuniones están en cronologías de HubSpot',
  text: 'Tres reuniones.\n',
  html: '<p>Tres reuniones.</p>',
  id: 'digest-1',
  unsubscribeUrl: 'https://sync.northwind.example/settings/notices',
};

const open: TestMailServer[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((server) => server.close()));
});

async function started(options?: MailServerOptions): Promise<TestMailServer> {
  const server = await startMailServer(options);
  open.push(server);
  return server;
}

function mailer(server: MailServer, options: Partial<MailerOptions> = {}): Mailer {
  return new Mailer({
    server,
    from: { name: 'Meeting Sync', address: 'sync@northwind.example' },
    ca: MAIL_CERTIFICATE,
    ...options,
  });
}

describe('a mail', () => {
  test('arrives in both forms, over STARTTLS, with its headers', async () => {
    const { server, taken } = await started();
    const outcome = await mailer(server).send(MAIL);
    expect(outcome).toEqual({ outcome: 'delivered', answer: '250 Queued', refused: [], ms: expect.any(Number) });
    expect(taken).toHaveLength(1);
    expect(taken[0]).toMatchObject({ from: 'sync@northwind.example', to: ['ana@northwind.example'], secure: true });
    const email = await PostalMime.parse(taken[0]?.raw ?? '');
    expect(email).toMatchObject({
      from: { name: 'Meeting Sync', address: 'sync@northwind.example' },
      to: [{ address: 'ana@northwind.example' }],
      subject: MAIL.subject,
      messageId: '<digest-1@northwind.example>',
    });
    expect(email.text?.trim()).toBe('Tres reuniones.');
    expect(email.html?.trim()).toBe(MAIL.html);
    const headers = new Map(email.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('list-unsubscribe')).toBe('<https://sync.northwind.example/settings/notices>');
    expect(headers.get('auto-submitted')).toBe('auto-generated');
  });

  test('has the same Message-ID at each attempt', async () => {
    const { server, taken, refusedMails } = await started();
    refusedMails.push(451);
    const sender = mailer(server);
    expect(await sender.send(MAIL)).toMatchObject({ cause: 'deferred', status: 451 });
    await sender.send(MAIL);
    await sender.send(MAIL);
    const ids = taken.map(({ raw }) => /^message-id: (.*)$/im.exec(raw)?.[1]);
    expect(ids).toEqual(['<digest-1@northwind.example>', '<digest-1@northwind.example>']);
  });

  test('goes to several recipients, also when one of them is refused', async () => {
    const { server, taken, refusedRecipients } = await started();
    refusedRecipients.set('leo@northwind.example', 550);
    const to = ['ana@northwind.example', 'leo@northwind.example', 'mia@northwind.example'];
    expect(await mailer(server).send({ ...MAIL, to })).toMatchObject({
      outcome: 'delivered',
      refused: ['leo@northwind.example'],
    });
    expect(taken[0]?.to).toEqual(['ana@northwind.example', 'mia@northwind.example']);
  });

  test('has no header that a text brought in', async () => {
    const { server, taken } = await started();
    const subject = 'Q4\r\nBcc: eve@evil.example\r\n\r\nBody\u2028of Eve';
    await mailer(server).send({ ...MAIL, subject });
    const [mail] = taken;
    expect(mail?.to).toEqual(MAIL.to);
    const email = await PostalMime.parse(mail?.raw ?? '');
    expect(email.bcc).toBeUndefined();
    expect(email.subject).toBe('Q4 Bcc: eve@evil.example Body\u2028of Eve');
    expect(mail?.raw).not.toMatch(/^bcc:/im);
  });

  test.each(['a@x.example, eve@evil.example', 'a@x.example\r\nRCPT TO:<eve@evil.example>'])(
    'reaches no other recipient by the address %j',
    async (address) => {
      const { server, taken } = await started();
      await mailer(server).send({ ...MAIL, to: [address] });
      expect(taken.flatMap(({ to }) => to)).not.toContain('eve@evil.example');
    },
  );
});

describe('the login', () => {
  test('goes over TLS', async () => {
    const { server, taken } = await started({ login: LOGIN });
    expect(await mailer(server).send(MAIL)).toMatchObject({ outcome: 'delivered' });
    expect(taken[0]).toMatchObject({ secure: true, user: 'sync' });
  });

  test('never goes over a connection without TLS', async () => {
    const { server, taken } = await started({ login: LOGIN, tls: false });
    expect(await mailer(server).send(MAIL)).toMatchObject({ outcome: 'failed', cause: 'mail_server' });
    expect(taken).toEqual([]);
  });

  test('that is wrong is a problem of the configuration', async () => {
    const { server } = await started({ login: LOGIN });
    const wrong = { ...server, login: { ...LOGIN, password: 'no' } };
    expect(await mailer(wrong).send(MAIL)).toMatchObject({ outcome: 'failed', cause: 'mail_server', status: 535 });
  });

  test('is not needed by a server without one, with or without TLS', async () => {
    const { server, taken } = await started({ tls: false });
    expect(await mailer(server).send(MAIL)).toMatchObject({ outcome: 'delivered' });
    expect(taken[0]).toMatchObject({ secure: false, user: null });
  });
});

describe('a failure', () => {
  test.each([
    [450, 'deferred'],
    [550, 'address_refused'],
  ])('a recipient is refused with %i: %s', async (code, cause) => {
    const { server, refusedRecipients } = await started();
    refusedRecipients.set('ana@northwind.example', code);
    expect(await mailer(server).send(MAIL)).toMatchObject({ outcome: 'failed', cause, status: code });
  });

  test.each([
    [452, 'deferred'],
    [552, 'mail_refused'],
  ])('the content is refused with %i: %s', async (code, cause) => {
    const { server, refusedMails } = await started();
    refusedMails.push(code);
    expect(await mailer(server).send(MAIL)).toMatchObject({ outcome: 'failed', cause, status: code });
  });

  test('the server is away, and comes back', async () => {
    const first = await startMailServer();
    await first.close();
    const sender = mailer(first.server);
    expect(await sender.send(MAIL)).toMatchObject({ outcome: 'failed', cause: 'mail_server', status: null });
    const { taken } = await started({ port: first.server.port });
    expect(await sender.send(MAIL)).toMatchObject({ outcome: 'delivered' });
    expect(taken).toHaveLength(1);
  });

  test('the certificate is not trusted', async () => {
    const { server, taken } = await started();
    const outcome = await mailer(server, { ca: undefined }).send(MAIL);
    expect(outcome).toMatchObject({ outcome: 'failed', cause: 'mail_server' });
    expect(taken).toEqual([]);
  });

  test('the server does not answer', async () => {
    const silent = createServer();
    await new Promise<void>((resolve) => {
      silent.listen(0, '127.0.0.1', resolve);
    });
    const { port } = silent.address() as AddressInfo;
    const server = { host: '127.0.0.1', port, secure: false, login: null };
    const outcome = await mailer(server, { timeoutMs: 50 }).send(MAIL);
    await new Promise((resolve) => silent.close(resolve));
    expect(outcome).toMatchObject({ outcome: 'failed', cause: 'mail_server', status: null });
  });
});
