import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Link } from '../../../src/meeting/linking/cascade';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { NOTICE_EVENTS } from '../../../src/meeting/notices/events';
import { reasons } from '../../../src/meeting/reasons';
import type { SyncReason, SyncStatus } from '../../../src/meeting/status';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { closeBudget, reopenBudgets } from '../../../src/store/connections/budgets';
import {
  deleteConnection,
  findConnection,
  requireReauthorization,
  saveConnection,
} from '../../../src/store/connections/connections';
import type { DbPool } from '../../../src/store/database';
import { withReviewsLocked, suggestValues } from '../../../src/store/fields/reviews';
import { acceptBackfill, endBackfill, openBackfill, recordBackfillStart } from '../../../src/store/jobs/backfills';
import { endBlock, showBlock } from '../../../src/store/meetings/bulk/blocks';
import { dropLink, renameLink, replaceLinks } from '../../../src/store/meetings/links';
import { acceptMeeting, saveProgress } from '../../../src/store/meetings/meetings';
import { requeue, theMeeting } from '../../../src/store/meetings/requeue';
import { meeting } from '../../support/meetings';
import { useDatabaseForEach } from '../../support/use-database';

const PORTAL = 4711;

let db: DbPool;
let workspaceId: string;
useDatabaseForEach(async (opened) => {
  db = opened;
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
  await outlet({});
});

async function outlet({
  workspace = workspaceId,
  events = NOTICE_EVENTS,
  daily = false,
  state = 'on',
}: {
  readonly workspace?: string;
  readonly events?: readonly (typeof NOTICE_EVENTS)[number][];
  readonly daily?: boolean;
  readonly state?: 'on' | 'off';
}): Promise<string> {
  const row = await db
    .insertInto('outlets')
    .values({
      workspace_id: workspace,
      kind: 'webhook',
      name: 'Pipeline',
      address: 'sealed',
      address_hint: 'receiver.example',
      events: [...events],
      daily,
      state,
      created_by: 'a test',
      updated_at: new Date(),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

async function notices(): Promise<[string, unknown][]> {
  const rows = await db.selectFrom('notices').select(['event', 'data']).orderBy('position').execute();
  return rows.map(({ event, data }) => [event, data]);
}
const eventsSoFar = async () => (await notices()).map(([event]) => event);

async function post(meetingId: string, title = 'Demo'): Promise<void> {
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId, title })) });
}

/** A pass that ends with this status, as a workflow reports it. */
async function pass(meetingId: string, status: SyncStatus, reason: SyncReason | null = null) {
  const key = { workspaceId, meetingId };
  await saveProgress(db, key, { status: 'syncing', reason: null, portalId: PORTAL, begins: true });
  await saveProgress(db, key, { status, reason });
}
const unmatched = () => reasons.no_crm_match({ lateMatchDays: 30 });

test('a meeting gives a notice of each outcome, and none of the same outcome again', async () => {
  await post('m1');
  await pass('m1', 'skipped', unmatched());
  await pass('m1', 'skipped', unmatched());
  await pass('m1', 'synced');
  await pass('m1', 'synced');
  await requeue(db, theMeeting({ workspaceId, meetingId: 'm1' }), 'hubspot_changed');
  await pass('m1', 'synced');
  const of = (reasonCode: string | null) => ({ meetingId: 'm1', portalId: PORTAL, reasonCode });
  expect(await notices()).toEqual([
    ['meeting.skipped', of('no_crm_match')],
    ['meeting.synced', { ...of(null), summary: null, notes: null, links: 0 }],
  ]);
});

test('changed content is news, and the same content again is not', async () => {
  await post('m1');
  await pass('m1', 'synced');
  await post('m1');
  await pass('m1', 'synced');
  await post('m1', 'Demo, corrected');
  await pass('m1', 'synced');
  expect(await eventsSoFar()).toEqual(['meeting.synced', 'meeting.synced']);
});

test('a pass that waits on its way changes nothing about what is news', async () => {
  await post('m1');
  await pass('m1', 'synced');
  await pass('m1', 'waiting', reasons.hubspot_down({ until: new Date().toISOString() }));
  await pass('m1', 'synced');
  expect(await eventsSoFar()).toEqual(['meeting.synced']);
});

test('a meeting that was synced before this version and is synced again gives no notice', async () => {
  await post('m1');
  await sql`alter table meetings disable trigger meetings_settled`.execute(db);
  await sql`alter table meetings disable trigger meetings_notice`.execute(db);
  await pass('m1', 'synced');
  await sql`alter table meetings enable trigger meetings_settled`.execute(db);
  await sql`alter table meetings enable trigger meetings_notice`.execute(db);
  await pass('m1', 'synced');
  expect(await eventsSoFar()).toEqual([]);
});

test('meetings that show what keeps their account from HubSpot give the same notices', async () => {
  await acceptMeeting(db, {
    workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'm1' })),
    backfilledAt: new Date(),
  });
  await showBlock(db, workspaceId, { status: 'needs_attention', reason: reasons.reauthorize({ why: null }) });
  await showBlock(db, workspaceId, { status: 'needs_attention', reason: reasons.reauthorize({ why: null }) });
  await endBlock(db, workspaceId);
  await pass('m1', 'synced');
  expect(await eventsSoFar()).toEqual(['meeting.needs_attention', 'meeting.synced']);
});

test('the notice of a synced meeting names its activities', async () => {
  await post('m1');
  await db
    .insertInto('engagements')
    .values({
      workspace_id: workspaceId,
      meeting_id: 'm1',
      portal_id: PORTAL,
      kind: 'summary',
      state: 'written',
      object_type: 'meetings',
      hubspot_id: '77',
      url: 'https://app.hubspot.com/contacts/4711/record/0-1/5/view/1?engagement=77',
    })
    .execute();
  await replaceLinks(db, { workspaceId, meetingId: 'm1' }, PORTAL, [link('contacts', '5')]);
  await pass('m1', 'synced');
  expect((await notices()).at(-1)).toEqual([
    'meeting.synced',
    expect.objectContaining({ summary: { objectType: 'meetings', id: '77', url: expect.any(String) }, links: 1 }),
  ]);
});

const link = (objectType: string, id: string): Link => ({ objectType, id, via: 'participant', from: null });

test('changed links are named, and unchanged ones give no notice', async () => {
  await post('m1');
  const key = { workspaceId, meetingId: 'm1' };
  const replace = async (...links: Link[]) => await replaceLinks(db, key, PORTAL, links);
  await replace(link('contacts', '1'), link('deals', '2'));
  await replace(link('contacts', '1'), link('deals', '2'));
  // The same records in another order, and by another way.
  await replace({ ...link('deals', '2'), via: 'manual' }, link('contacts', '1'));
  await replace(link('contacts', '1'), link('deals', '3'));
  await dropLink(db, key, PORTAL, { objectType: 'deals', id: '3' });
  await dropLink(db, key, PORTAL, { objectType: 'deals', id: '3' });
  await renameLink(db, key, PORTAL, { objectType: 'contacts', id: '1' }, '9');
  const changed = (added: string[], removed: string[]) => {
    const records = (names: string[]) =>
      names.map((name) => ({ objectType: name.split('/')[0], id: name.split('/')[1] }));
    return [
      'meeting.links_changed',
      {
        meetingId: 'm1',
        portalId: PORTAL,
        added: records(added),
        addedCount: added.length,
        removed: records(removed),
        removedCount: removed.length,
      },
    ];
  };
  expect(await notices()).toEqual([
    changed(['contacts/1', 'deals/2'], []),
    changed(['deals/3'], ['deals/2']),
    changed([], ['deals/3']),
    changed(['contacts/9'], ['contacts/1']),
  ]);
});

test('a merged record that was linked beside its successor is only removed', async () => {
  await post('m1');
  const key = { workspaceId, meetingId: 'm1' };
  await replaceLinks(db, key, PORTAL, [link('contacts', '1'), link('contacts', '9')]);
  await renameLink(db, key, PORTAL, { objectType: 'contacts', id: '1' }, '9');
  expect((await notices()).at(-1)).toEqual([
    'meeting.links_changed',
    expect.objectContaining({ added: [], removed: [{ objectType: 'contacts', id: '1' }] }),
  ]);
});

test('a list of more than 200 records is cut, and counts them all', async () => {
  await post('m1');
  const links = Array.from({ length: 230 }, (_, index) => link('contacts', String(index)));
  await replaceLinks(db, { workspaceId, meetingId: 'm1' }, PORTAL, links);
  const [[, data] = []] = await notices();
  expect(data).toMatchObject({ addedCount: 230, added: { length: 200 } });
});

async function connection(timeZone = 'UTC'): Promise<void> {
  await saveConnection(db, {
    workspaceId,
    portalId: PORTAL,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone,
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: { accessToken: 'sealed', refreshToken: 'sealed', expiresInSeconds: 1_800 },
  });
}

test('a connection that needs a person, and the one that works again', async () => {
  await connection();
  const row = await findConnection(db, workspaceId);
  if (row === null) throw new Error('no connection');
  await requireReauthorization(db, row, 'it was uninstalled');
  await requireReauthorization(db, row, 'it was uninstalled');
  await sql`update connections set state = 'connected'`.execute(db);
  await requireReauthorization(db, row, 'it was uninstalled');
  await deleteConnection(db, workspaceId);
  await connection();
  await deleteConnection(db, workspaceId);
  await connection();
  expect(await eventsSoFar()).toEqual([
    'connection.reconnect_needed',
    'connection.restored',
    'connection.reconnect_needed',
    'connection.restored',
  ]);
});

test('an import that is done, and none that a person stopped', async () => {
  for (const state of ['done', 'stopped'] as const) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    const backfillId = await openBackfill(db, workspaceId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await acceptBackfill(db, backfillId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await recordBackfillStart(db, backfillId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await endBackfill(db, { workspaceId, backfillId }, state);
  }
  expect(await notices()).toEqual([
    ['backfill.done', expect.objectContaining({ lines: 0, invalidLines: 0, meetings: 0, counts: expect.any(Object) })],
  ]);
});

test('a suggestion that waits for a person', async () => {
  await post('m1');
  const at = { workspaceId, portalId: PORTAL, record: { objectType: 'deals', id: '3' } };
  const suggestion = {
    property: 'hs_next_step',
    label: 'Next step',
    meetingId: 'm1',
    field: 'next_step',
    present: null,
    proposed: 'Send it',
    quote: null,
    startSeconds: null,
  };
  await withReviewsLocked(db, at, (transaction) => suggestValues(transaction, at, [suggestion]));
  await withReviewsLocked(db, at, (transaction) => suggestValues(transaction, at, [suggestion]));
  expect(await notices()).toEqual([
    [
      'review.waiting',
      {
        reviewId: expect.any(String),
        meetingId: 'm1',
        portalId: PORTAL,
        objectType: 'deals',
        recordId: '3',
        property: 'hs_next_step',
        field: 'next_step',
      },
    ],
  ]);
});

test('a daily limit, once until it is closed again', async () => {
  await connection();
  const close = async (reason: string) => {
    for (const budget of ['requests', 'search', 'associations'] as const) {
      // oxlint-disable-next-line no-await-in-loop -- as the limiter does
      await closeBudget(db, { portalId: PORTAL, budget, forMs: 60_000, reason });
    }
  };
  await close('ten_seconds');
  await reopenBudgets(db, PORTAL);
  await close('day');
  await close('day');
  expect(await notices()).toEqual([
    [
      'service.paused',
      {
        cause: 'daily_limit',
        portalId: PORTAL,
        since: expect.stringMatching(/Z$/),
        until: expect.stringMatching(/Z$/),
      },
    ],
  ]);
});

test('only outlets that are on and chose the event get it, and without one nothing is stored', async () => {
  const { workspaceId: other } = await createWorkspace(db, 'Other');
  await db.deleteFrom('outlets').execute();
  await outlet({ workspace: other });
  await outlet({ state: 'off' });
  await outlet({ events: ['meeting.skipped'] });
  await post('m1');
  await pass('m1', 'synced');
  expect(await notices()).toEqual([]);
  const first = await outlet({ events: ['meeting.synced'] });
  const second = await outlet({ events: ['meeting.synced', 'meeting.skipped'] });
  await post('m2');
  await pass('m2', 'synced');
  const deliveries = await db.selectFrom('notice_deliveries').selectAll().execute();
  expect(deliveries.map((row) => row.outlet_id).toSorted()).toEqual([first, second].toSorted());
  expect(new Set(deliveries.map((row) => row.notice)).size).toBe(1);
  expect(deliveries.map((row) => row.workspace_id)).toEqual([workspaceId, workspaceId]);
});

test('what a transaction takes back, it gives no notice of', async () => {
  await post('m1');
  const failed = db.transaction().execute(async (transaction) => {
    await saveProgress(transaction, { workspaceId, meetingId: 'm1' }, { status: 'synced', reason: null });
    throw new Error('broken off');
  });
  await expect(failed).rejects.toThrow('broken off');
  expect(await notices()).toEqual([]);
});

test.each([
  ['Europe/Madrid', 8],
  ['America/Los_Angeles', 8],
  ['Asia/Kolkata', 8],
])('a daily digest is due at eight o’clock in %s', async (zone, hour) => {
  await connection(zone);
  const { rows } = await sql<{ hour: number; minute: number; hours: number }>`
    select extract(hour from due at time zone ${zone})::int as hour, extract(minute from due at time zone ${zone})::int as minute,
      extract(epoch from due - now())::float8 / 3600 as hours
    from next_digest_at(${workspaceId}) as due
  `.execute(db);
  expect(rows[0]).toMatchObject({ hour, minute: 0 });
  expect(rows[0]?.hours).toBeGreaterThan(0);
  expect(rows[0]?.hours).toBeLessThanOrEqual(25);
});

test('an account whose time zone PostgreSQL does not know gets its digest at eight o’clock UTC', async () => {
  await connection('Mars/Olympus_Mons');
  const { rows } = await sql<{ hour: number }>`
    select extract(hour from next_digest_at(${workspaceId}) at time zone 'UTC')::int as hour
  `.execute(db);
  expect(rows[0]?.hour).toBe(8);
});
