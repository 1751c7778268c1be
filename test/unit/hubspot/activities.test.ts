import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { cleanBody } from '../../../sandbox/crm/bodies';
import { isCalendarMeeting, notesActivity, recogniser, summaryActivity } from '../../../src/hubspot/activities';
import { MAX_BODY_CHARACTERS } from '../../../src/meeting/content/body';
import { anyMeeting, example, holds, htmlErrors } from '../meeting/meetings';

const record = (properties: Record<string, string | null>) => ({ id: '1', properties, archived: false });
const sent = (content: { properties: Readonly<Record<string, string>> } | null) =>
  record(
    Object.fromEntries(
      Object.entries(content?.properties ?? {}).map(([name, value]) => [
        name,
        name.endsWith('body') ? cleanBody(value) : value,
      ]),
    ),
  );

test('a call has its duration, and a recording only if HubSpot can play it', () => {
  const { objectType, properties } = summaryActivity(example, '77', 'call');
  expect(objectType).toBe('calls');
  expect(properties).toEqual({
    hs_timestamp: '2026-11-03T09:00:00.000Z',
    hs_call_title: 'Acme <> Northwind: discovery call',
    hs_call_body: expect.stringContaining('AI Score'),
    hs_call_duration: '2531000',
    hs_call_status: 'COMPLETED',
    hs_call_direction: 'OUTBOUND',
    hubspot_owner_id: '77',
  });
  const named = (recordingUrl: string) =>
    summaryActivity({ ...example, recordingUrl }, null, 'call').properties['hs_call_recording_url'];
  expect(named('https://n.example/r.mp3?token=1')).toBe('https://n.example/r.mp3?token=1');
  expect(named('https://n.example/R.WAV')).toBe('https://n.example/R.WAV');
  expect(named('http://n.example/r.mp3')).toBeUndefined();
  expect(named('https://n.example/r?file=r.mp3')).toBeUndefined();
  const media = { ...example, recordingUrl: 'https://n.example/r.mp3', recordingMediaUrl: 'https://m.example/r?id=1' };
  expect(summaryActivity(media, null, 'call').properties['hs_call_recording_url']).toBe('https://m.example/r?id=1');
  expect(summaryActivity(media, null, 'meeting').properties['hs_meeting_external_url']).toBe('https://n.example/r.mp3');
});

test('a note has the title as its first line', () => {
  const { objectType, properties } = summaryActivity(example, null, 'note');
  expect(objectType).toBe('notes');
  expect(properties['hs_note_body']).toMatch(
    /^<p><strong>Acme &lt;&gt; Northwind: discovery call<\/strong><\/p><p><strong>AI Score/,
  );
  const untitled = summaryActivity({ ...example, title: '\u0007' }, null, 'note').properties['hs_note_body'];
  expect(untitled).toMatch(/^<p><strong>Meeting Summary<\/strong><\/p>/);
});

const hardTitle = fc.constantFrom(
  'Smart Category Notes',
  'Open the recording',
  '<a href="https://n.example/r?">x</a>',
  'a\nb',
  '\u0007',
);

test('property: the two notes of one recording are distinguished, with any length and title', () => {
  holds(
    fc.property(anyMeeting, fc.option(hardTitle, { nil: undefined }), (any, title) => {
      const meeting = { ...any, ...(title === undefined ? {} : { title }) };
      const summary = summaryActivity(meeting, null, 'note');
      expect(summary.properties['hs_note_body']?.length).toBeLessThanOrEqual(MAX_BODY_CHARACTERS);
      expect(htmlErrors(summary.properties['hs_note_body'] ?? '')).toEqual([]);
      const { recordingUrl, startedAt } = meeting;
      const isSummary = recogniser({ kind: 'summary', recordingUrl, startedAt });
      const isNotes = recogniser({ kind: 'notes', recordingUrl, startedAt });
      expect([isSummary(sent(summary)), isNotes(sent(summary))]).toEqual([true, false]);
      const notes = notesActivity(meeting, null, { recordingLinkFormat: '{url}?t={seconds}' });
      if (notes !== null) expect([isSummary(sent(notes)), isNotes(sent(notes))]).toEqual([false, true]);
      for (const type of ['meeting', 'call'] as const) {
        const other = sent(summaryActivity(meeting, null, type));
        expect([isSummary(other), isNotes(other)]).toEqual([true, false]);
      }
    }),
    60,
  );
});

test('a calendar meeting with our part in it is never recognised as ours', () => {
  const { recordingUrl, startedAt } = example;
  const { properties } = summaryActivity(example, null, 'meeting');
  const isOurs = recogniser({ kind: 'summary', recordingUrl, startedAt });
  expect(isOurs(record(properties))).toBe(true);
  expect(isOurs(record({ ...properties, hs_i_cal_uid: '5c7q2m1k@google.com' }))).toBe(false);
});

test.each([
  ['the same start', { hs_meeting_start_time: '2026-11-03T09:00:00Z' }, true],
  ['milliseconds', { hs_meeting_start_time: String(Date.parse('2026-11-03T09:00:00Z')) }, true],
  ['a start a few minutes before', { hs_meeting_start_time: '2026-11-03T08:50:00Z' }, true],
  [
    'no start, but its place on the timeline',
    { hs_meeting_start_time: null, hs_timestamp: '2026-11-03T09:00:00Z' },
    true,
  ],
  [
    'a start that says something else than its place',
    { hs_meeting_start_time: '2026-11-10T09:00:00Z', hs_timestamp: '2026-11-03T09:00:00Z' },
    false,
  ],
  ['another occurrence of the series', { hs_meeting_start_time: '2026-11-04T09:00:00Z' }, false],
  ['sixteen minutes later', { hs_meeting_start_time: '2026-11-03T09:16:00Z' }, false],
  ['neither', {}, false],
  ['another event', { hs_i_cal_uid: 'other', hs_meeting_start_time: '2026-11-03T09:00:00Z' }, false],
  [
    'an id in another case',
    { hs_i_cal_uid: '5C7Q2M1K@GOOGLE.COM', hs_meeting_start_time: '2026-11-03T09:00:00Z' },
    true,
  ],
])('the meeting of an occurrence: %s', (_, properties, expected) => {
  const event = { calendarEventId: '5c7q2m1k@google.com', startedAt: '2026-11-03T10:00:00+01:00' };
  expect(isCalendarMeeting(record({ hs_i_cal_uid: '5c7q2m1k@google.com', ...properties }), event)).toBe(expected);
  expect(
    isCalendarMeeting({ ...record({ hs_i_cal_uid: '5c7q2m1k@google.com', ...properties }), archived: true }, event),
  ).toBe(false);
});
