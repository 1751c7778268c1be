import { expect, test } from '@jest/globals';
import { didYouMean, suggestionFor } from '../../../src/meeting/suggestion';

const KNOWN = ['meetingId', 'title', 'startedAt', 'endedAt', 'recordingUrl', 'participants'];

test.each([
  ['meetingID', 'meetingId'],
  ['titel', 'title'],
  ['startAt', 'startedAt'],
  ['recordingURL', 'recordingUrl'],
  ['participant', 'participants'],
  ['colour', null],
  ['x', null],
  ['t'.repeat(10_000), null],
])('%s', (name, expected) => {
  expect(suggestionFor(name, KNOWN)).toBe(expected);
});

test('ends a sentence, or leaves it as it is', () => {
  expect(didYouMean('titel', KNOWN)).toBe('; did you mean "title"?');
  expect(didYouMean('colour', KNOWN)).toBe('');
  expect(didYouMean('colour', [])).toBe('');
});
