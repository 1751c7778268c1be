import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { inLanguage } from '../../../src/languages/language';
import { digestOf } from '../../../src/messages/digest';
import type { NamedMeeting } from '../../../src/meeting/notices/named-meeting';
import type { DigestFacts, Notice } from '../../../src/messages/digest-facts';
import { facts, meeting, notice, skipped, stopped, synced } from './facts';

/** Each group as `title | link`. */
function groupsOf(notices: readonly Notice[], given: DigestFacts): string[] {
  return (digestOf(notices, given)?.groups ?? []).map(
    ({ title, link }) => `${title} | ${link?.url.replace('https://sync.northwind.example', '') ?? ''}`,
  );
}

describe('groups', () => {
  test.each<[string, Notice[], Record<string, NamedMeeting>, string[]]>([
    ['nothing', [], {}, []],
    [
      'one meeting that needs attention',
      [stopped('a 1', 'hubspot_rejected')],
      { 'a 1': meeting('needs_attention', 'hubspot_rejected') },
      ['HubSpot refused to save 1 meeting | /meetings/a%201'],
    ],
    [
      'many of one cause',
      [stopped('a', 'contact_limit'), stopped('b', 'contact_limit'), stopped('c', 'contact_limit')],
      {
        a: meeting('needs_attention', 'contact_limit'),
        b: meeting('needs_attention', 'contact_limit'),
        c: meeting('needs_attention', 'contact_limit'),
      },
      ['The HubSpot account has no room for contacts: 3 meetings | /meetings?state=needs_you&reason=contact_limit'],
    ],
    [
      'first what stops all, then the most frequent, then what went well',
      [
        synced('s'),
        stopped('a', 'contact_limit'),
        stopped('b', 'hubspot_rejected'),
        stopped('c', 'hubspot_rejected'),
        stopped('d', 'reauthorize'),
        skipped('e', 'no_crm_match'),
        skipped('f', 'internal_only'),
      ],
      {
        s: meeting('synced'),
        a: meeting('needs_attention', 'contact_limit'),
        b: meeting('needs_attention', 'hubspot_rejected'),
        c: meeting('needs_attention', 'hubspot_rejected'),
        d: meeting('needs_attention', 'reauthorize'),
        e: meeting('skipped', 'no_crm_match'),
        f: meeting('skipped', 'internal_only'),
      },
      [
        '1 meeting waits until HubSpot is connected again | /settings/integrations',
        'HubSpot refused to save 2 meetings | /meetings?state=needs_you&reason=hubspot_rejected',
        'The HubSpot account has no room for contacts: 1 meeting | /meetings/a',
        '1 meeting is on HubSpot timelines | /meetings/s',
        'No one from this meeting is in HubSpot: 1 meeting | /meetings/e',
        'Only colleagues took part: 1 meeting | /meetings/f',
      ],
    ],
    [
      'a meeting counts once, by its latest notice',
      [stopped('a', 'contact_limit'), synced('a'), synced('a')],
      { a: meeting('synced') },
      ['1 meeting is on HubSpot timelines | /meetings/a'],
    ],
    ['one that recovered since is not reported', [stopped('a', 'contact_limit')], { a: meeting('synced') }, []],
    [
      'one that needs attention for another reason now',
      [stopped('a', 'contact_limit')],
      { a: meeting('needs_attention', 'hubspot_rejected') },
      ['HubSpot refused to save 1 meeting | /meetings/a'],
    ],
    [
      'a deleted meeting is not reported',
      [synced('a'), stopped('b', 'contact_limit'), notice('meeting.links_changed', { meetingId: 'a' })],
      { a: meeting('deleted') },
      [],
    ],
    [
      'changed links count each meeting once',
      ['a', 'b', 'a'].map((meetingId) => notice('meeting.links_changed', { meetingId })),
      { a: meeting('synced'), b: meeting('synced') },
      ['2 meetings have other records in HubSpot than before | /meetings'],
    ],
    [
      'a connection counts as it was left',
      [notice('connection.reconnect_needed'), notice('connection.restored')],
      {},
      ['HubSpot is connected again. Waiting meetings are synced. | '],
    ],
    [
      'a connection that is lost',
      [notice('connection.restored'), notice('connection.reconnect_needed')],
      {},
      ['HubSpot disconnected us. Meetings wait until you press Reconnect. | /settings/integrations'],
    ],
    [
      'a pause, in the time zone of the account',
      [notice('service.paused', { cause: 'daily_limit', until: '2026-11-06T23:00:00.000Z' })],
      {},
      [
        'Syncing pauses, because HubSpot’s daily limit is reached. It continues automatically on Saturday 7 November at 00:00 (Europe/Madrid). | ',
      ],
    ],
    [
      'a service that does not run',
      [notice('service.paused', { cause: 'service_not_running', until: null })],
      {},
      ['Syncing pauses, because the service does not run. Meetings are kept, and synced once it runs again. | '],
    ],
    [
      'suggestions count once each',
      ['1', '2', '1'].map((reviewId) => notice('review.waiting', { reviewId })),
      {},
      ['2 suggestions wait for your review | /reviews'],
    ],
    [
      'imports',
      [
        notice('backfill.done', { backfillId: 'b/1', meetings: 50, invalidLines: 0 }),
        notice('backfill.done', { backfillId: 'b2', meetings: 1, invalidLines: 2 }),
      ],
      {},
      [
        'The import of 50 meetings finished. | /backfills/b%2F1',
        'The import of 1 meeting finished. 2 lines were not valid. | /backfills/b2',
      ],
    ],
    [
      'an outlet that was switched off',
      [notice('outlet.switched_off', { name: 'Pipeline' })],
      {},
      ['Notices to “Pipeline” are switched off, because they could not be delivered. | /settings/notices'],
    ],
    ['a test', [notice('outlet.test')], {}, ['This is a test message. Notices arrive here. | ']],
    ['an event that it does not know', [notice('meeting.invented', { meetingId: 'a' })], {}, []],
  ])('%s', (_what, notices, meetings, groups) => {
    expect(groupsOf(notices, facts(meetings))).toEqual(groups);
  });
});

describe('content', () => {
  const named = (id: string): NamedMeeting => ({
    status: 'needs_attention',
    reason: 'contact_limit',
    title: `Call ${id}`,
    sentence: 'The HubSpot account is full.',
  });

  test('without content, no line of a group names a meeting', () => {
    const lines = digestOf([stopped('a', 'contact_limit')], facts({ a: meeting('needs_attention', 'contact_limit') }));
    expect(lines?.groups.flatMap((group) => group.lines)).toEqual([]);
  });

  test('with content, the first five titles, with what stops the meeting', () => {
    const ids = ['1', '2', '3', '4', '5', '6', '7'];
    const meetings = Object.fromEntries(ids.map((id) => [id, named(id)]));
    const digest = digestOf(
      ids.map((id) => stopped(id, 'contact_limit')),
      facts(meetings),
    );
    expect(digest?.groups[0]?.lines).toEqual([
      ...ids.slice(0, 5).map((id) => ({
        text: `Call ${id}: The HubSpot account is full.`,
        url: `https://sync.northwind.example/meetings/${id}`,
      })),
      { text: '2 more', url: null },
    ]);
  });
});

describe('the title and the footer', () => {
  const given = { a: meeting('synced') };

  test.each([
    [[synced('a')], {}, 'Northwind: 1 meeting is on HubSpot timelines'],
    [
      [synced('a'), notice('review.waiting', { reviewId: '1' })],
      {},
      'Northwind: 1 suggestion waits for your review, and 1 more',
    ],
    [
      [synced('a')],
      { day: new Date('2026-11-06T07:00:00Z') },
      'Northwind, Friday 6 November: 1 meeting is on HubSpot timelines',
    ],
    // 23:30 UTC is the next day in Madrid.
    [
      [synced('a')],
      { day: new Date('2026-11-06T23:30:00Z') },
      'Northwind, Saturday 7 November: 1 meeting is on HubSpot timelines',
    ],
    [
      [synced('a')],
      { day: new Date('2026-11-06T23:30:00Z'), timeZone: 'Nowhere/Else' },
      'Northwind, Friday 6 November: 1 meeting is on HubSpot timelines',
    ],
  ])('%#', (notices, others, title) => {
    expect(digestOf(notices, facts(given, others))?.title).toBe(title);
  });

  test('in Spanish', () => {
    const digest = inLanguage('es', () =>
      digestOf([synced('a')], facts(given, { day: new Date('2026-11-06T07:00:00Z') })),
    );
    expect(digest).toMatchObject({
      title: 'Northwind, viernes, 6 de noviembre: 1 reunión está en cronologías de HubSpot',
      groups: [{ link: { text: 'Abrir la reunión' } }],
      footer: {
        text: 'Ana Ruiz (ana@northwind.example) configuró «Sales ops» para el espacio de trabajo Northwind.',
        link: { text: 'Cambiarlo o desactivarlo', url: 'https://sync.northwind.example/settings/notices' },
      },
    });
  });
});

test('with any notices, each meeting is in one group of outcomes at most', () => {
  const ids = ['a', 'b', 'c'];
  const events = fc.constantFrom('meeting.synced', 'meeting.needs_attention', 'meeting.skipped');
  const reasons = fc.constantFrom('contact_limit' as const, 'reauthorize' as const, 'no_crm_match' as const);
  const notices = fc.array(fc.record({ event: events, meetingId: fc.constantFrom(...ids), reasonCode: reasons }), {
    maxLength: 30,
  });
  fc.assert(
    fc.property(notices, (given) => {
      const now: Record<string, NamedMeeting> = Object.fromEntries(
        ids.map((id) => [id, { status: 'needs_attention', reason: null, title: id, sentence: null }]),
      );
      const digest = digestOf(
        given.map(({ event, ...data }) => notice(event, data)),
        facts(now),
      );
      const titles = (digest?.groups ?? []).flatMap(({ lines }) => lines.map(({ text }) => text));
      expect(new Set(titles).size).toBe(titles.length);
      expect(digest === null).toBe(given.length === 0);
    }),
  );
});
