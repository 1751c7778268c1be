import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '@jest/globals';
import { readLine } from '../../../src/http/api/backfill-upload';
import type { NdjsonLine } from '../../../src/http/plumbing/ndjson';

const MEETING = readFileSync(path.resolve(__dirname, '../../../examples/meeting.json'), 'utf8');

test('A valid line is stored with its meeting', () => {
  const { meetingId } = JSON.parse(MEETING) as { meetingId: string };
  const line = readLine({ line: 3, text: MEETING });
  expect(line).toMatchObject({ line: 3, meetingId, warnings: [] });
  expect(JSON.parse('body' in line ? line.body : '')).toMatchObject({ meetingId });
});

test.each<[string, NdjsonLine, { path: string; message: string | RegExp }]>([
  ['too long', { line: 1, text: null }, { path: '', message: /^must be below 5 MiB/ }],
  ['not UTF-8', { line: 1, text: MEETING, notUtf8: true }, { path: '', message: 'is not encoded as UTF-8' }],
  ['not JSON', { line: 1, text: '{' }, { path: '', message: /^is not valid JSON/ }],
  ['a duplicate field', { line: 1, text: '{"a":1,"a":2}' }, { path: '', message: /^has the field "a" twice/ }],
  ['an unknown field', { line: 1, text: withField(MEETING, 'x') }, { path: 'x', message: 'is not a known field' }],
  // PostgreSQL could not store the character that the message quotes.
  ['U+0000', { line: 1, text: '\0' }, { path: '', message: /^[^\0]*$/ }],
])('An invalid line is stored with its validation error: %s', (_name, given, { path: field, message }) => {
  const errors: unknown = [
    { path: field, message: typeof message === 'string' ? message : expect.stringMatching(message) },
  ];
  expect(readLine(given)).toEqual({ line: 1, meetingId: null, errors });
});

function withField(text: string, name: string): string {
  return JSON.stringify({ ...(JSON.parse(text) as object), [name]: 1 });
}
