import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { inLanguage } from '../../../src/languages/language';
import { exampleMeeting } from '../../../src/meeting/intake/example';
import { firstSteps } from '../../../src/http/pages/overview/first-steps';
import { headlineOf, runningNow } from '../../../src/http/pages/overview/headline';
import { needsYou } from '../../../src/http/pages/overview/needs-you';
import { Remembered } from '../../../src/http/pages/overview/remembered';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import type { Cause, MissingPeople } from '../../../src/store/overview/overview-facts';

const now = new Date('2026-11-30T12:00:00Z');
const none = { onTimelines: 0, underWay: 0, needAttention: 0, notInHubSpot: 0, skipped: 0 };

describe('The headline', () => {
  test.each([
    [none, null, null],
    [
      { ...none, onTimelines: 51, underWay: 2, needAttention: 1, notInHubSpot: 1, skipped: 6 },
      8.2,
      [
        '51 of 55 meetings are on HubSpot timelines',
        'in the last 30 days · 2 on their way · 1 needs you · 1 not in HubSpot · 6 skipped · usually within 8 seconds',
        'bad',
      ],
    ],
    [
      { ...none, onTimelines: 1_200 },
      0.2,
      ['All 1,200 meetings are on HubSpot timelines', 'in the last 30 days · usually within 1 second', 'good'],
    ],
    [
      { ...none, onTimelines: 1, underWay: 1 },
      200,
      [
        '1 of 2 meetings are on HubSpot timelines',
        'in the last 30 days · 1 on its way · usually within 3 minutes',
        'run',
      ],
    ],
    [{ ...none, onTimelines: 1 }, null, ['1 meeting is on HubSpot timelines', 'in the last 30 days', 'good']],
    [
      { ...none, notInHubSpot: 1 },
      null,
      ['1 meeting is not on a HubSpot timeline yet', 'in the last 30 days · 1 not in HubSpot', 'busy'],
    ],
    [{ ...none, skipped: 3 }, null, ['All 3 meetings were skipped', 'in the last 30 days', 'busy']],
  ])('of %j', (outcomes, seconds, expected) => {
    const headline = headlineOf(outcomes, 30, seconds);
    expect(headline && [headline.sentence, headline.detail, headline.tone]).toEqual(expected);
    const percent = headline?.parts.reduce((sum, part) => sum + part.percent, 0) ?? 0;
    if (headline !== null && headline.parts.length > 0) expect(percent).toBeCloseTo(100);
  });

  test('in Spanish', () => {
    const outcomes = { ...none, onTimelines: 1, underWay: 1, needAttention: 1, skipped: 1 };
    const headline = inLanguage('es', () => headlineOf(outcomes, 30, 1));
    expect(headline && [headline.sentence, headline.detail]).toEqual([
      '1 de 3 reuniones está en las cronologías de HubSpot',
      'en los últimos 30 días · 1 en camino · 1 necesita atención · 1 omitida · normalmente en 1 segundo',
    ]);
  });
});

describe('What runs now', () => {
  const quiet = { meetings: 0, waiting: 0, perMinute: 0 };
  const ago = (minutes: number) => new Date(now.getTime() - minutes * 60_000);
  test.each([
    ['nothing', quiet, null, null, null],
    ['nothing, long after Connect', quiet, 11, { done: 49, underWay: 0, stopped: 0 }, null],
    [
      'what waited for Connect',
      { ...quiet, meetings: 37 },
      1,
      { done: 12, underWay: 37, stopped: 0 },
      { text: '12 of 49 meetings that waited for HubSpot are done.', done: 12, total: 49 },
    ],
    [
      'what waited for Connect, and meetings of every day beside it',
      { ...quiet, meetings: 40 },
      1,
      { done: 1, underWay: 4, stopped: 2 },
      { text: '1 of 7 meetings that waited for HubSpot is done. 2 need you.', done: 3, total: 7 },
    ],
    [
      'meetings of every day after those that waited',
      { ...quiet, meetings: 2 },
      2,
      { done: 49, underWay: 0, stopped: 0 },
      { text: 'Syncing 2 meetings.', done: 0, total: 0 },
    ],
    [
      'the end of that',
      quiet,
      2,
      { done: 49, underWay: 0, stopped: 0 },
      { text: '49 meetings that waited for HubSpot are done.', done: 49, total: 49 },
    ],
    [
      'meetings of every day',
      { meetings: 30, waiting: 0, perMinute: 10 },
      600,
      null,
      { text: 'Syncing 30 meetings, about 3 minutes left.', done: 0, total: 0 },
    ],
    [
      'meetings without a connection',
      { ...quiet, meetings: 1 },
      null,
      null,
      { text: 'Syncing 1 meeting.', done: 0, total: 0 },
    ],
  ])('is %s', (_what, underWay, minutes, released, expected) => {
    const connectedAt = minutes === null ? null : ago(minutes);
    expect(runningNow(underWay, { connectedAt, released }, now)).toEqual(expected);
  });
});

describe('What needs a person', () => {
  const noOne: MissingPeople = { people: [], total: 0, meetings: 0 };
  const works = { timeZone: 'UTC', connect: null };
  const cause = (code: Cause['code'], count: number, refusal?: Cause['newest']['refusal']): Cause => ({
    code,
    count,
    newest: { code, message: 'What happened.', action: 'What to do.', ...(refusal === undefined ? {} : { refusal }) },
  });
  const property = {
    objectType: 'meetings',
    raw: '{}',
    correlationId: null,
    properties: [
      { name: 'hs_meeting_outcome', rule: 'INVALID_OPTION', settings: 'https://app.hubspot.example/property-settings' },
    ],
  };

  test.each<[Cause, string, readonly string[]]>([
    [cause('not_connected', 49), '49 meetings wait for a HubSpot account', ['connect: Connect HubSpot']],
    [cause('reauthorize', 1), '1 meeting waits until HubSpot is connected again', ['connect: Reconnect HubSpot']],
    [cause('missing_scope', 2), '2 meetings wait for a permission in HubSpot', ['connect: Reconnect HubSpot']],
    [cause('hubspot_rejected', 1), 'HubSpot refused to save 1 meeting', ['retry: Retry']],
    [
      cause('hubspot_rejected', 3, property),
      'HubSpot refused to save 3 meetings',
      ['property: Open property in HubSpot', 'retry: Retry all'],
    ],
    [cause('internal_error', 2), 'Something went wrong on our side: 2 meetings', ['retry: Retry all']],
    [cause('content_expired', 2), 'Retention period ended: 2 meetings', []],
  ])('by %j', (one, title, fixes) => {
    const [line] = needsYou([one], noOne, works);
    expect(line?.title).toBe(title);
    expect(line?.fixes.map(({ kind, text }) => `${kind}: ${text}`)).toEqual(fixes);
    expect(line?.path).toBe(`/meetings?state=needs_you&reason=${one.code}`);
  });

  test('says what happened to the latest of several, with its times as the account has them', () => {
    const one = cause('hubspot_unavailable', 2);
    const message = 'The next try is at 2026-11-30 23:01 UTC.';
    const [line] = needsYou([{ ...one, newest: { ...one.newest, message } }], noOne, {
      ...works,
      timeZone: 'Europe/Madrid',
    });
    expect(line?.detail).toMatch(/^The latest: The next try is at Tue 1 Dec.*, 00:01\. What to do\.$/);
  });

  test('names the people who could be created, and how many more there are', () => {
    const people = [
      { email: 'maya@tansy.example', name: 'Maya Lind', meetings: 4 },
      { email: 'leo@tansy.example', name: null, meetings: 1 },
    ];
    const [line] = needsYou([], { people, total: 2, meetings: 4 }, works);
    expect(line).toMatchObject({
      title: '2 people from 4 meetings are not in HubSpot',
      detail: 'Maya Lind (4 meetings) and leo@tansy.example (1 meeting).',
      fixes: [{ kind: 'create', text: 'Create 2 contacts', emails: ['maya@tansy.example', 'leo@tansy.example'] }],
    });
    const [more] = needsYou([], { people, total: 9, meetings: 12 }, works);
    expect(more).toMatchObject({
      detail: 'Maya Lind (4 meetings), leo@tansy.example (1 meeting), and 7 more.',
      fixes: [{ text: 'Create these 2 contacts' }],
    });
    const [one] = needsYou([], { people: people.slice(0, 1), total: 1, meetings: 4 }, works);
    expect(one?.title).toBe('1 person from 4 meetings is not in HubSpot');
    const [spanish] = inLanguage('es', () => needsYou([], { people, total: 9, meetings: 12 }, works));
    expect(spanish).toMatchObject({
      title: '9 personas de 12 reuniones no están en HubSpot',
      detail: 'Maya Lind (4 reuniones), leo@tansy.example (1 reunión) y 7 más.',
      fixes: [{ text: 'Crear estos 2 contactos' }],
    });
  });

  test('begins with what stops every meeting', () => {
    const lines = needsYou([cause('hubspot_rejected', 9), cause('reauthorize', 1)], noOne, works);
    expect(lines.map(({ id }) => id)).toEqual(['reauthorize', 'hubspot_rejected']);
  });

  test('offers nothing that needs HubSpot while it is disconnected, and to connect it once', () => {
    const broken = { ...works, connect: 'Reconnect HubSpot' };
    const people = [{ email: 'maya@tansy.example', name: 'Maya Lind', meetings: 4 }];
    const fixesOf = (causes: readonly Cause[]) =>
      needsYou(causes, { people, total: 1, meetings: 4 }, broken).map(({ id, fixes }) => [id, fixes]);
    const reconnect = [expect.objectContaining({ kind: 'connect', text: 'Reconnect HubSpot' })];
    expect(fixesOf([cause('internal_error', 2)])).toEqual([
      ['internal_error', reconnect],
      ['no_crm_match', reconnect],
    ]);
    expect(fixesOf([cause('reauthorize', 1), cause('internal_error', 2)])).toEqual([
      ['reauthorize', reconnect],
      ['internal_error', []],
      ['no_crm_match', []],
    ]);
  });
});

describe('The first steps', () => {
  const fresh = { hasMeetings: false, isUsed: false, hasImported: false, hasMembers: false };
  test.each([
    ['a new workspace', false, fresh, 'connect', 0],
    ['a workspace that was connected', true, fresh, 'example', 1],
    ['a workspace with meetings that wait for a connection', false, { ...fresh, hasMeetings: true }, 'connect', 1],
    ['a workspace with one meeting', true, { ...fresh, hasMeetings: true }, 'import', 2],
    ['a used workspace that lost its account', false, { ...fresh, hasMeetings: true, isUsed: true }, 'connect', 1],
  ])('of %s', (_what, connected, setup, next, done) => {
    const steps = firstSteps(connected, setup) ?? [];
    expect(steps.filter((step) => step.next).map(({ id }) => id)).toEqual([next]);
    expect(steps.filter((step) => step.done)).toHaveLength(done);
  });

  test('go away once the workspace is used, or all are done', () => {
    expect(firstSteps(true, { ...fresh, hasMeetings: true, isUsed: true })).toBeNull();
    expect(firstSteps(true, { hasMeetings: true, isUsed: false, hasImported: true, hasMembers: true })).toBeNull();
  });
});

test('the example meeting is one that a pipeline could post, ended an hour ago, and is marked', () => {
  const file: unknown = JSON.parse(readFileSync(path.resolve(__dirname, '../../../examples/meeting.json'), 'utf8'));
  const { meeting, warnings } = postedMeetingSchema.parse(exampleMeeting(file, now));
  expect(warnings).toEqual([]);
  expect(meeting).toMatchObject({
    meetingId: 'example-meeting',
    title: expect.stringMatching(/^Example: /),
    endedAt: '2026-11-30T11:00:00.000Z',
    summary: { nextSteps: [{ dueDate: '2026-12-02' }, { dueDate: '2026-12-13' }, {}] },
  });
});

test('a report is computed once within its time, also while it is computed, and again after a failure', async () => {
  const remembered = new Remembered<number>(1_000);
  let computed = 0;
  const compute = () => Promise.resolve((computed += 1));
  expect(await Promise.all([remembered.of('a', compute, 0), remembered.of('a', compute, 10)])).toEqual([1, 1]);
  expect(await remembered.of('b', compute, 20)).toBe(2);
  expect(await remembered.of('a', compute, 999)).toBe(1);
  expect(await remembered.of('a', compute, 1_000)).toBe(3);
  await expect(remembered.of('c', () => Promise.reject(new Error('away')), 1_000)).rejects.toThrow('away');
  expect(await remembered.of('c', compute, 1_001)).toBe(4);
});
