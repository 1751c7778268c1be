import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { sendMessage, type PeopleOutlet } from '../../../src/activities/notices/send-message';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { reasons } from '../../../src/meeting/reasons';
import type { Notice } from '../../../src/messages/digest-facts';
import { Mailer } from '../../../src/outbound/mailer';
import { OutboundHttp } from '../../../src/outbound/outbound-http';
import { createWorkspace } from '../../../src/store/access/workspaces';
import type { DbPool } from '../../../src/store/database';
import { acceptMeeting, saveProgress } from '../../../src/store/meetings/meetings';
import { MAIL_CERTIFICATE, startMailServer, type TestMailServer } from '../../support/mail-server';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';
import { startReceiver, type Receiver } from './receiver';

const PUBLIC_URL = 'https://sync.northwind.example';

let db: DbPool;
let workspaceId: string;
useDatabaseForEach(async (opened) => {
  db = opened;
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

let mail: TestMailServer;
let chat: Receiver;
beforeEach(async () => {
  mail = await startMailServer();
  chat = await startReceiver();
  chat.behave((_received, reply) => reply.send('ok'));
});
afterEach(async () => {
  await mail.close();
  await chat.close();
});

function outlet(choices: Partial<PeopleOutlet> = {}): PeopleOutlet {
  return {
    workspace_id: workspaceId,
    kind: 'slack',
    name: 'Sales ops',
    address: chat.url,
    daily: false,
    includes_text: false,
    language: 'en',
    created_by: 'Ana Ruiz (ana@northwind.example)',
    ...choices,
  };
}

const byEmail = (choices: Partial<PeopleOutlet> = {}) =>
  outlet({ kind: 'email', address: 'ana@northwind.example, leo@northwind.example', ...choices });

async function send(to: PeopleOutlet, notices: readonly Notice[], messageId = 'm-1') {
  const from = { name: 'Meeting Sync', address: 'sync@northwind.example' };
  const deps = {
    db,
    outbound: new OutboundHttp({ privateAddresses: 'loopback' }),
    mailer: new Mailer({ server: mail.server, from, ca: MAIL_CERTIFICATE }),
    publicUrl: PUBLIC_URL,
  };
  return await sendMessage(deps, to, notices, messageId);
}

/** A meeting that needs attention, and its notice. */
async function stopped(meetingId: string, title = 'Q4 <review> & *plan*'): Promise<Notice> {
  const key = { workspaceId, meetingId };
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId, title })) });
  await saveProgress(db, key, { status: 'syncing', reason: null, portalId: 1, begins: true });
  await saveProgress(db, key, { status: 'needs_attention', reason: reasons.contact_limit() });
  return {
    event: 'meeting.needs_attention',
    data: { meetingId, portalId: 1, reasonCode: 'contact_limit' },
    at: new Date(),
  };
}

const just = (event: string): Notice => ({ event, data: {}, at: new Date() });

describe('to Slack', () => {
  test('many meetings of one cause are one message with their count', async () => {
    const ids = Array.from({ length: 120 }, (_, index) => `m${index}`);
    const notices = await Promise.all(ids.map((id) => stopped(id)));
    expect(await send(outlet(), notices)).toEqual({ error: null, status: 200, answer: 'ok' });
    expect(chat.received).toHaveLength(1);
    expect(chat.received[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
    const { text } = JSON.parse(chat.received[0]?.body ?? '') as { text: string };
    expect(text).toBe('Northwind: The HubSpot account has no room for contacts: 120 meetings');
    // No content of a meeting unless it is switched on.
    expect(chat.received[0]?.body).not.toMatch('review');
  });

  test('titles are shown as they are, once they are switched on', async () => {
    await send(outlet({ includes_text: true }), [await stopped('m1')]);
    expect(chat.received[0]?.body).toContain(
      'Q4 &lt;review&gt; &amp; ∗plan∗: The HubSpot account has reached its limit',
    );
    expect(chat.received[0]?.body).toContain(`${PUBLIC_URL}/meetings/m1`);
  });

  test('what has recovered is not reported', async () => {
    const notice = await stopped('m1');
    await saveProgress(db, { workspaceId, meetingId: 'm1' }, { status: 'synced', reason: null });
    expect(await send(outlet(), [notice])).toEqual({ error: null, status: null, answer: null });
    expect(chat.received).toEqual([]);
  });

  test.each<[{ status: number; body: string; headers?: Record<string, string> }, string, number | undefined]>([
    [{ status: 429, body: 'rate_limited', headers: { 'retry-after': '30' } }, 'refused', 30_000],
    [{ status: 404, body: 'no_service' }, 'gone', 0],
    [{ status: 410, body: 'channel_is_archived' }, 'gone', undefined],
    [{ status: 403, body: 'invalid_token' }, 'gone', 0],
    [{ status: 404, body: '<html>Not found</html>' }, 'refused', 0],
    [{ status: 500, body: 'rollup_error' }, 'refused', 0],
    [{ status: 302, body: '', headers: { location: 'http://127.0.0.1/' } }, 'redirect', undefined],
  ])('an answer %j: %s', async (answer, error, retryAfterMs) => {
    chat.behave((_received, reply) =>
      reply
        .code(answer.status)
        .headers(answer.headers ?? {})
        .send(answer.body),
    );
    expect(await send(outlet(), [just('outlet.test')])).toEqual({
      error,
      status: answer.status,
      answer: answer.body,
      retryAfterMs,
    });
    expect(chat.received).toHaveLength(1);
  });
});

describe('by e-mail', () => {
  test('a digest names its day and who set it up, in the language of the outlet', async () => {
    const sent = await send(byEmail({ daily: true, language: 'es' }), [await stopped('m1')], 'digest-1');
    expect(sent).toMatchObject({ error: null, status: 250 });
    const [taken] = mail.taken;
    expect(taken?.to).toEqual(['ana@northwind.example', 'leo@northwind.example']);
    const email = await PostalMime.parse(taken?.raw ?? '');
    expect(email.subject).toMatch(/^Northwind, \w+, \d+ de \w+: .*: 1 reunión$/);
    expect(email.messageId).toBe('<digest-1@northwind.example>');
    expect(email.text).toContain(
      'Ana Ruiz (ana@northwind.example) configuró «Sales ops» para el espacio de trabajo Northwind.',
    );
    expect(email.text).toContain(`${PUBLIC_URL}/settings/notices`);
    const headers = new Map(email.headers.map(({ key, value }) => [key, value]));
    expect(headers.get('list-unsubscribe')).toBe(`<${PUBLIC_URL}/settings/notices>`);
  });

  test('a title brings no header in', async () => {
    const notice = await stopped('m1', 'Call\r\nBcc: eve@evil.example');
    await send(byEmail({ includes_text: true }), [notice]);
    expect(mail.taken[0]?.to).toEqual(['ana@northwind.example', 'leo@northwind.example']);
    expect(mail.taken[0]?.raw).not.toMatch(/^bcc:/im);
  });

  test.each([
    [451, 'refused'],
    [554, 'refused'],
  ])('a mail server that answers %i', async (status, error) => {
    mail.refusedMails.push(status);
    expect(await send(byEmail(), [just('outlet.test')])).toMatchObject({ error, status });
  });

  test('without a mail server', async () => {
    const deps = {
      db,
      outbound: new OutboundHttp({ privateAddresses: 'loopback' }),
      mailer: null,
      publicUrl: PUBLIC_URL,
    };
    expect(await sendMessage(deps, byEmail(), [just('outlet.test')], 'm-1')).toEqual({
      error: 'mail_server',
      status: null,
      answer: 'This installation has no mail server (SMTP_URL).',
    });
  });
});
