import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import pino from 'pino';
import PostalMime from 'postal-mime';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { deliverDue, type DeliveryDependencies } from '../../../src/activities/notices/deliver';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { digestTimes } from '../../../src/meeting/notices/digest-times';
import { NOTICE_EVENTS } from '../../../src/meeting/notices/events';
import { reasons } from '../../../src/meeting/reasons';
import { Mailer } from '../../../src/outbound/mailer';
import { OutboundHttp } from '../../../src/outbound/outbound-http';
import { sealOutlet } from '../../../src/outbound/outlet-secrets';
import { SecretBox } from '../../../src/secrets';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { saveConnection } from '../../../src/store/connections/connections';
import type { DbPool } from '../../../src/store/database';
import { acceptMeeting, saveProgress } from '../../../src/store/meetings/meetings';
import { putTestNotice } from '../../../src/store/notices/delivery-lists';
import { insertOutlet } from '../../../src/store/notices/outlets';
import { MAIL_CERTIFICATE, startMailServer, type TestMailServer } from '../../support/mail-server';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';
import { startReceiver, type Receiver } from './receiver';

const secrets = new SecretBox([{ id: 'test', key: randomBytes(32) }]);

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
});
afterEach(async () => {
  await mail.close();
  await chat.close();
});

/** An outlet of people. @returns its id */
async function outlet(kind: 'slack' | 'email', choices: { daily?: boolean } = {}): Promise<string> {
  const id = randomUUID();
  await insertOutlet(db, {
    id,
    workspaceId,
    kind,
    name: kind,
    address: sealOutlet(secrets, id, 'address', kind === 'slack' ? chat.url : 'ana@northwind.example'),
    addressHint: 'hint',
    events: NOTICE_EVENTS,
    daily: choices.daily ?? false,
    includesText: false,
    language: 'en',
    secret: null,
    createdBy: 'a test',
  });
  return id;
}

async function deliver(outletId: string, timeScale = 0.001, { server } = mail) {
  const from = { name: '', address: 'sync@northwind.example' };
  const dependencies: DeliveryDependencies = {
    db,
    secrets,
    outbound: new OutboundHttp({ privateAddresses: 'loopback' }),
    mailer: new Mailer({ server, from, ca: MAIL_CERTIFICATE }),
    log: pino({ level: 'silent' }),
    publicUrl: 'https://sync.northwind.example',
    timeScale,
  };
  return await deliverDue(dependencies, outletId, new AbortController().signal);
}

/** Runs as the workflow does, until nothing waits. */
async function deliverAll(outletId: string, timeScale?: number): Promise<void> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- one run after the other
    const { nextInMs } = await deliver(outletId, timeScale);
    if (nextInMs === null) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(nextInMs);
  }
}

/** A suggestion that waits gives a notice. */
async function happen(reviewId: string): Promise<void> {
  const data = JSON.stringify({ reviewId });
  await sql`select put_notice(${workspaceId}, 'review.waiting', ${data}::jsonb)`.execute(db);
}

async function fail(meetingId: string): Promise<void> {
  const key = { workspaceId, meetingId };
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId })) });
  await saveProgress(db, key, { status: 'syncing', reason: null, portalId: 1, begins: true });
  await saveProgress(db, key, { status: 'needs_attention', reason: reasons.contact_limit() });
}

/** No more notices come. */
async function gathered(): Promise<void> {
  await sql`update outlets set paused_until = null`.execute(db);
  await sql`update notices set at = at - interval '1 minute'`.execute(db);
}

/** It is eight o'clock. */
async function eight(): Promise<void> {
  await sql`update notice_deliveries set due_at = clock_timestamp() where state = 'waiting'`.execute(db);
}

async function waiting(outletId: string): Promise<Date[]> {
  const rows = await db
    .selectFrom('notice_deliveries')
    .select('due_at')
    .where('outlet_id', '=', outletId)
    .where('state', '=', 'waiting')
    .execute();
  return rows.flatMap(({ due_at: at }) => at ?? []);
}

const textsInChat = () => chat.received.map(({ body }) => (JSON.parse(body) as { text: string }).text);
const subjects = async () =>
  (await Promise.all(mail.taken.map(({ raw }) => PostalMime.parse(raw)))).map(({ subject }) => subject);

describe('at once', () => {
  test('meetings that fail together are one message', async () => {
    const id = await outlet('slack');
    await Promise.all(Array.from({ length: 40 }, (_, index) => fail(`m${index}`)));
    // Ten seconds, in which no other one comes.
    await deliverAll(id, 0.01);
    expect(textsInChat()).toEqual(['Northwind: The HubSpot account has no room for contacts: 40 meetings']);
  });

  test('notices wait for others first, and a minute after a message', async () => {
    const id = await outlet('slack');
    await happen('1');
    const { nextInMs } = await deliver(id, 1);
    expect(nextInMs).toBeGreaterThan(5_000);
    expect(nextInMs).toBeLessThanOrEqual(10_000);
    await gathered();
    expect((await deliver(id, 1)).nextInMs).toBeNull();
    expect(textsInChat()).toEqual(['Northwind: 1 suggestion waits for your review']);
    await happen('2');
    const after = await deliver(id, 1);
    expect(after.nextInMs).toBeGreaterThan(30_000);
    expect(chat.received).toHaveLength(1);
  });

  test('a test goes out at once, alone', async () => {
    const id = await outlet('slack');
    await happen('1');
    await putTestNotice(db, { outletId: id, workspaceId });
    const { nextInMs } = await deliver(id, 1);
    expect(textsInChat()).toEqual(['Northwind: This is a test message. Notices arrive here.']);
    expect(nextInMs).toBeGreaterThan(0);
    expect(await waiting(id)).toHaveLength(1);
  });

  test('Slack gets the time that it asks for', async () => {
    const id = await outlet('slack');
    chat.behave((_received, reply) => reply.code(429).header('retry-after', '30').send('rate_limited'));
    await happen('1');
    await gathered();
    const { nextInMs } = await deliver(id);
    expect(nextInMs).toBeGreaterThan(20_000);
    expect(await waiting(id)).toHaveLength(1);
  });

  test('an outlet whose webhook is gone is switched off, and the others learn of it', async () => {
    const id = await outlet('slack');
    const other = await outlet('email');
    chat.behave((_received, reply) => reply.code(404).send('no_service'));
    await putTestNotice(db, { outletId: id, workspaceId });
    await deliver(id);
    const row = await db.selectFrom('outlets').select(['state', 'off_reason']).where('id', '=', id).executeTakeFirst();
    expect(row).toEqual({ state: 'off', off_reason: 'gone' });
    await deliverAll(other);
    expect(await subjects()).toEqual([
      'Northwind: Notices to “slack” are switched off, because they could not be delivered.',
    ]);
  });
});

describe('a daily digest', () => {
  test.each(['Europe/Madrid', 'America/Los_Angeles', 'Pacific/Auckland', 'Asia/Kolkata', 'Nowhere/Else'])(
    "is due at eight o'clock in %s",
    async (timeZone) => {
      await saveConnection(db, {
        workspaceId,
        portalId: 4711,
        hubDomain: null,
        uiDomain: 'app.hubspot.com',
        timeZone,
        accountType: null,
        userId: null,
        userEmail: null,
        scopes: [],
        tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1_800 },
      });
      const id = await outlet('email', { daily: true });
      const before = digestTimes(new Date(), timeZone).next;
      await happen('1');
      const after = digestTimes(new Date(), timeZone).next;
      const [due] = await waiting(id);
      expect([before.getTime(), after.getTime()]).toContain(due?.getTime());
    },
  );

  test('without an account it is due at eight in UTC', async () => {
    const id = await outlet('email', { daily: true });
    await happen('1');
    expect((await waiting(id))[0]?.toISOString()).toMatch(/T08:00:00\.000Z$/);
  });

  test('all of a day is one mail, and what comes late waits for the next day', async () => {
    const id = await outlet('email', { daily: true });
    await happen('1');
    await happen('2');
    await eight();
    await deliver(id);
    expect(await subjects()).toEqual([
      expect.stringMatching(/^Northwind, \w+ \d+ \w+: 2 suggestions wait for your review$/),
    ]);
    await happen('3');
    await eight();
    const { nextInMs } = await deliver(id);
    expect(mail.taken).toHaveLength(1);
    expect(nextInMs).toBeGreaterThan(0);
    expect(await waiting(id)).toEqual([digestTimes(new Date(), 'UTC').next]);
  });

  test('nothing to report is no mail, and uses up no digest', async () => {
    const id = await outlet('email', { daily: true });
    await fail('m1');
    await saveProgress(db, { workspaceId, meetingId: 'm1' }, { status: 'deleted', reason: null });
    await eight();
    await deliver(id);
    expect(mail.taken).toEqual([]);
    expect(await waiting(id)).toEqual([]);
    await happen('1');
    await eight();
    await deliver(id);
    expect(mail.taken).toHaveLength(1);
  });

  test('a mail server that was away gets one mail for the day', async () => {
    const id = await outlet('email', { daily: true });
    await happen('1');
    await eight();
    const away = await startMailServer();
    await away.close();
    const { delivered, failed } = await deliver(id, 0.001, away);
    expect(delivered).toBe(0);
    expect(failed).toBeGreaterThan(0);
    await happen('2');
    await eight();
    await deliverAll(id);
    expect(await subjects()).toEqual([expect.stringMatching('2 suggestions wait')]);
  });

  test('a mail whose outcome was lost is sent again with the same Message-ID', async () => {
    const id = await outlet('email', { daily: true });
    await happen('1');
    await eight();
    await deliver(id);
    // A worker that was killed after the server's answer has recorded nothing.
    await sql`update notice_deliveries set state = 'waiting', attempts = 0`.execute(db);
    await eight();
    await deliver(id);
    const ids = mail.taken.map(({ raw }) => /^message-id: (.+)$/im.exec(raw)?.[1]);
    expect(ids).toHaveLength(2);
    expect(ids[0]).toBe(ids[1]);
  });
});
