import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import type { ReasonCode, SyncStatus } from '../../../src/meeting/status';
import { saveConnection } from '../../../src/store/connections/connections';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { countByState, listMeetingRows, type MeetingFilters } from '../../../src/store/meetings/meeting-lists';
import { LIST_STATES, stateOf } from '../../../src/meeting/list-states';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';

const PORTAL = 7;

const { db } = useDatabase();

/** A generated meeting, as far as the filters depend on it. */
interface Made {
  readonly meetingId: string;
  readonly title: string;
  readonly names: readonly string[];
  readonly emails: readonly string[];
  readonly startedAt: Date;
  readonly status: SyncStatus;
  readonly reason: ReasonCode | null;
  readonly records: readonly string[];
}

const TITLES = ['Discovery with Acme', 'RENEWAL 100%', 'Café García', 'under_score', 'back\\slash', 'Straße'];
const PEOPLE = [
  { name: 'María García', email: 'Maria.Garcia@acme.example' },
  { name: 'Jo 100', email: 'jo_100@beta.example' },
  { name: 'Zoë', email: 'zoe@gamma.example' },
];
const made: fc.Arbitrary<Omit<Made, 'meetingId'>> = fc
  .record({
    title: fc.constantFrom(...TITLES),
    people: fc.subarray(PEOPLE),
    startedAt: fc.integer({ min: 0, max: 9 }).map((day) => new Date(Date.UTC(2026, 10, 1 + day, 12))),
    rest: fc.constantFrom<readonly [SyncStatus, ReasonCode | null]>(
      ['synced', null],
      ['needs_attention', 'hubspot_rejected'],
      ['needs_attention', 'missing_scope'],
      ['skipped', 'no_crm_match'],
      ['skipped', 'internal_only'],
      ['waiting', 'daily_limit'],
    ),
    records: fc.subarray(['deals/1', 'deals/2', 'contacts/1']),
  })
  .map(({ title, people, startedAt, rest: [status, reason], records }) => ({
    title,
    names: people.map(({ name }) => name),
    emails: people.map(({ email }) => email),
    startedAt,
    status,
    reason,
    records,
  }));

const filters: fc.Arbitrary<MeetingFilters> = fc.record(
  {
    status: fc.constantFrom<SyncStatus>('synced', 'needs_attention', 'skipped', 'waiting'),
    state: fc.constantFrom(...LIST_STATES),
    reason: fc.constantFrom<ReasonCode>('hubspot_rejected', 'no_crm_match'),
    search: fc.constantFrom(
      'garcia',
      'GARCÍA',
      'acme disc',
      '100%',
      '%',
      '_',
      '\\',
      'no-match',
      'meet-1',
      'zoe@',
      'ana.ruiz',
      '  ',
    ),
    from: fc.constant(new Date('2026-11-04T00:00:00Z')),
    before: fc.constant(new Date('2026-11-08T00:00:00Z')),
    record: fc.constantFrom(
      { objectType: 'deals', id: '1' },
      { objectType: 'contacts', id: '1' },
      { objectType: 'deals', id: '3' },
    ),
  },
  { requiredKeys: [] },
);

const fold = (text: string) =>
  text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .toLowerCase();

const stateOfMade = ({ status, reason }: Made) => stateOf(status, reason === 'no_crm_match');

/** Implements the filters in TypeScript, to compare them with the SQL. */
function fits(one: Made, { status, state, reason, search = '', from, before, record }: MeetingFilters): boolean {
  const searchable = fold(
    [one.meetingId, one.title, 'Ana Ruiz', 'ana.ruiz@northwind.example', ...one.names, ...one.emails].join('\n'),
  );
  return (
    (status === undefined || one.status === status) &&
    (state === undefined || stateOfMade(one) === state) &&
    (reason === undefined || one.reason === reason) &&
    search.split(' ').every((word) => searchable.includes(fold(word))) &&
    (from === undefined || one.startedAt >= from) &&
    (before === undefined || one.startedAt < before) &&
    (record === undefined || one.records.includes(`${record.objectType}/${record.id}`))
  );
}

async function put(workspaceId: string, one: Made): Promise<void> {
  const body = meeting({
    meetingId: one.meetingId,
    title: one.title,
    startedAt: one.startedAt.toISOString(),
    endedAt: one.startedAt.toISOString(),
    participants: one.names.map((name, index) => ({ name, email: one.emails[index] })),
  });
  await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(body) });
  await db
    .updateTable('meetings')
    .set({
      status: one.status,
      reason: one.reason === null ? null : JSON.stringify({ code: one.reason, message: 'm', action: 'a' }),
      portal_id: PORTAL,
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', one.meetingId)
    .execute();
  const values = one.records.map((record, position) => {
    const [object_type = '', record_id = ''] = record.split('/');
    const key = { workspace_id: workspaceId, meeting_id: one.meetingId, portal_id: PORTAL };
    return {
      ...key,
      object_type,
      record_id,
      via: 'manual' as const,
      from_object_type: null,
      from_record_id: null,
      position,
      refused: null,
    };
  });
  if (values.length > 0) await db.insertInto('links').values(values).execute();
}

async function connectTo(workspaceId: string): Promise<void> {
  await saveConnection(db, {
    workspaceId,
    portalId: PORTAL,
    hubDomain: null,
    uiDomain: 'app.hubspot.com',
    timeZone: 'UTC',
    accountType: null,
    userId: null,
    userEmail: null,
    scopes: [],
    tokens: { accessToken: 'a', refreshToken: 'r', expiresInSeconds: 60 },
  });
}

async function all(workspaceId: string, given: MeetingFilters, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listMeetingRows(db, workspaceId, given, { cursor, limit });
    ids.push(...page.meetings.map((row) => row.meeting_id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

test('every combination of filters lists and counts the same meetings as a simple implementation', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(made, { minLength: 1, maxLength: 12 }),
      fc.array(filters, { minLength: 4, maxLength: 8 }),
      async (some, asked) => {
        const { workspaceId } = await createWorkspace(db, `W ${Math.random()}`);
        const meetings = some.map((one, index) => ({ ...one, meetingId: `meet-${index}` }));
        for (const one of meetings) await put(workspaceId, one);
        for (const given of asked) {
          const expected = meetings.filter((one) => fits(one, given)).toReversed();
          expect({ given, found: await all(workspaceId, given, 3) }).toEqual({
            given,
            found: expected.map(({ meetingId }) => meetingId),
          });
          const ofAnyStatus = meetings.filter((one) => fits(one, { ...given, status: undefined, state: undefined }));
          const counts = Map.groupBy(ofAnyStatus, stateOfMade);
          expect(await countByState(db, workspaceId, given)).toEqual(
            new Map([...counts].map(([state, those]) => [state, those.length])),
          );
        }
      },
    ),
    { numRuns: 15 },
  );
});

test('a meeting is found by the names of its records, in the account of the workspace only', async () => {
  const { workspaceId } = await createWorkspace(db, 'Named records');
  const record = { portal_id: PORTAL, object_type: 'deals', record_id: '1' };
  await db
    .insertInto('crm_records')
    .values([
      { ...record, properties: JSON.stringify({ dealname: 'Größe: 120 Seats' }), read_at: new Date() },
      { ...record, record_id: '2', properties: null },
    ])
    .execute();
  const one = { title: 'Call', names: [], emails: [], startedAt: new Date(), status: 'synced', reason: null } as const;
  await put(workspaceId, { ...one, meetingId: 'on-deal', records: ['deals/1', 'deals/2'] });
  await put(workspaceId, { ...one, meetingId: 'elsewhere', records: ['contacts/1'] });
  const found = async (search: string) => await all(workspaceId, { search }, 5);
  expect(await found('große seats')).toEqual([]);
  await connectTo(workspaceId);
  expect(await found('große seats')).toEqual(['on-deal']);
  expect(await found('call 120')).toEqual(['on-deal']);
  expect(await found('call 121')).toEqual([]);
  expect(await found('call')).toEqual(['elsewhere', 'on-deal']);
});

test('a list by date leads to its end and back, in both orders', async () => {
  const { workspaceId } = await createWorkspace(db, 'By date');
  const one = { title: 'Call', names: [], emails: [], status: 'synced', reason: null, records: [] } as const;
  // Accepted in another order; two at the same time.
  for (const [meetingId, day] of [
    ['c', 3],
    ['a', 1],
    ['e', 5],
    ['b', 3],
    ['d', 4],
  ] as const)
    await put(workspaceId, { ...one, meetingId, startedAt: new Date(Date.UTC(2026, 10, day)) });
  for (const oldestFirst of [false, true]) {
    const page = async (cursor?: string | null) => {
      const order = { by: 'date', oldestFirst } as const;
      const { meetings, ...cursors } = await listMeetingRows(
        db,
        workspaceId,
        {},
        { cursor: cursor ?? undefined, limit: 2, ...order },
      );
      return { ids: meetings.map((row) => row.meeting_id).join(''), ...cursors };
    };
    const pages = oldestFirst ? ['ab', 'cd', 'e'] : ['ed', 'cb', 'a'];
    const first = await page();
    const second = await page(first.nextCursor);
    const third = await page(second.nextCursor);
    expect([first.ids, second.ids, third.ids, third.nextCursor]).toEqual([...pages, null]);
    expect((await page(third.previousCursor)).ids).toBe(pages[1]);
  }
});

describe('Paging', () => {
  let workspaces = 0;
  let workspaceId: string;
  const add = async (meetingId: string) =>
    await acceptMeeting(db, { workspaceId, meeting: processedMeetingSchema.parse(meeting({ meetingId })) });
  const page = async (cursor?: string | null) => {
    const { meetings, ...cursors } = await listMeetingRows(
      db,
      workspaceId,
      {},
      { cursor: cursor ?? undefined, limit: 3 },
    );
    return { ids: meetings.map((row) => row.meeting_id).join(''), ...cursors };
  };
  beforeEach(async () => {
    ({ workspaceId } = await createWorkspace(db, `Pages ${(workspaces += 1)}`));
    for (const meetingId of 'abcdefgh') await add(meetingId);
  });

  test('leads to the oldest meeting and back while new ones arrive', async () => {
    const first = await page();
    expect(first).toMatchObject({ ids: 'hgf', previousCursor: null });
    const second = await page(first.nextCursor);
    expect(second.ids).toBe('edc');
    await add('i');
    await add('j');
    const third = await page(second.nextCursor);
    expect(third).toMatchObject({ ids: 'ba', nextCursor: null });

    const secondAgain = await page(third.previousCursor);
    expect(secondAgain.ids).toBe('edc');
    const newer = await page(secondAgain.previousCursor);
    expect(newer.ids).toBe('hgf');
    // Only two meetings are newer, so the first page is returned in full.
    expect(await page(newer.previousCursor)).toMatchObject({ ids: 'jih', previousCursor: null });
    expect((await page(newer.nextCursor)).ids).toBe('edc');
  });

  test('has a way back from the page after the last meeting', async () => {
    await add('i');
    await add('j');
    const { nextCursor } = await page((await page((await page()).nextCursor)).nextCursor);
    expect(nextCursor).not.toBeNull();
    await db.deleteFrom('meetings').where('workspace_id', '=', workspaceId).where('meeting_id', '<', 'c').execute();
    const behind = await page(nextCursor);
    expect(behind).toMatchObject({ ids: '', nextCursor: null });
    expect((await page(behind.previousCursor)).ids).toBe('edc');
  });
});

test('a listing shows names and score without the body, and reflects changed content and erased people', async () => {
  const { workspaceId } = await createWorkspace(db, 'Lines');
  const people = ['Ann', 'Bob', 'Cid', 'Dee'].map((name) => ({
    name,
    email: `${name}@acme.example`,
    internal: name === 'Ann',
  }));
  const host = { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' };
  const body = processedMeetingSchema.parse(
    meeting({ meetingId: 'm', host, participants: [...people, { email: 'Ana.Ruiz@northwind.example' }] }),
  );
  await acceptMeeting(db, { workspaceId, meeting: body });
  const line = async () => (await listMeetingRows(db, workspaceId, {}, { limit: 1 })).meetings[0];
  const found = async (search: string) =>
    (await listMeetingRows(db, workspaceId, { search }, { limit: 1 })).meetings.length;
  expect(await line()).toMatchObject({
    participants: ['Bob', 'Cid', 'Dee'],
    participantCount: 4,
    score: 82,
    scoreMax: 100,
  });
  expect(await line()).not.toHaveProperty('body');

  await acceptMeeting(db, {
    workspaceId,
    meeting: { ...body, title: 'Another', summary: { topics: [], nextSteps: [] } },
  });
  expect(await line()).toMatchObject({ title: 'Another', score: null, scoreMax: null });
  expect([await found('another'), await found('discovery'), await found('bob@')]).toEqual([1, 0, 1]);

  await db
    .insertInto('meeting_participants')
    .values({ workspace_id: workspaceId, meeting_id: 'm', email: 'bob@acme.example', domain: null })
    .execute();
  await erasePerson(db, { workspaceId, portalId: 1 }, { emails: ['bob@acme.example'], names: [], records: [] });
  expect([await found('bob'), (await line())?.participants]).toEqual([0, ['Cid', 'Dee', 'Ann']]);

  await db.updateTable('meetings').set({ body: null, title: '' }).where('workspace_id', '=', workspaceId).execute();
  expect([await found('another'), await found('cid'), await found('m')]).toEqual([0, 0, 1]);
  expect(await line()).toMatchObject({ participants: [], participantCount: 0, score: null });
});
