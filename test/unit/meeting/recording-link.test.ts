import { expect, test } from '@jest/globals';
import { linkFormatError, recordingAt, recordingLink } from '../../../src/meeting/content/recording-link';
import { settingsPatchSchema, settingsSchema } from '../../../src/meeting/settings';

const page = 'https://n.example/m/1';

test.each([
  // The page as it was posted.
  ['{url}', page, 12, page],
  ['{url}', `${page}?a=1#top`, 12, `${page}?a=1#top`],
  // A query and a fragment are added to those of the address.
  ['{url}?t={seconds}', page, 312, `${page}?t=312`],
  ['{url}?t={seconds}', `${page}?a=1`, 312, `${page}?a=1&t=312`],
  ['{url}?t={seconds}', `${page}?a=1#top`, 312, `${page}?a=1&t=312#top`],
  ['{url}#t={seconds}', page, 312, `${page}#t=312`],
  ['{url}#t={seconds}', `${page}#/m/1`, 312, `${page}#/m/1&t=312`],
  ['{url}?a=b#t={seconds}s', page, 0, `${page}?a=b#t=0s`],
  ['{url}?', page, 312, page],
  // Positions are read in fractions of a second.
  ['{url}?t={seconds}', page, 312.9, `${page}?t=312`],
  ['{url}?ms={milliseconds}', page, 312.9, `${page}?ms=312900`],
  // A page of its own.
  ['https://p.example/{meetingId}/{seconds}', page, 1, 'https://p.example/m%3A1/1'],
  [
    'https://p.example/?src={encodedUrl}&t={seconds}',
    page,
    1,
    'https://p.example/?src=https%3A%2F%2Fn.example%2Fm%2F1&t=1',
  ],
  // What a recording's address contains is not read as a placeholder, and nothing but http(s) is a link.
  ['{url}?t={seconds}', `${page}/{seconds}`, 5, `${page}/{seconds}?t=5`],
  ['{meetingId}://x/{seconds}', page, 1, null],
])('%s of %s at %d s is %s', (format, recordingUrl, seconds, link) => {
  expect(recordingLink(format, { meetingId: 'm:1', recordingUrl }, seconds)).toBe(link);
});

test.each([
  ['{url}', null],
  [' {url}?t={seconds} ', null],
  ['{url}#t={seconds}s', null],
  ['https://p.example/{meetingId}?at={milliseconds}', null],
  ['https://p.example/?u={encodedUrl}', null],
  ['{url}?t={second}', 'must not contain "{second}"'],
  ['{url}?t={seconds', 'must not contain "{"'],
  ['{url}?t=seconds}', 'must not contain "}"'],
  ['{url}?t={}', 'must not contain "{}"'],
  ['{url}?t={constructor}', 'must not contain "{constructor}"'],
  ['https://p.example/?t={seconds}', 'must contain one of {url}, {encodedUrl}, {meetingId}'],
  ['', 'must contain one of'],
  ['https://p.example/?u={url}', 'must begin with {url}'],
  ['{url}?u={url}', 'must begin with {url}'],
  ['{url}.evil.example/{seconds}', 'must continue after {url} with ? or #'],
  ['javascript:open("{encodedUrl}")', 'must be the form of an http or https address'],
  ['ftp://p.example/{meetingId}', 'must be the form of an http or https address'],
  ['p.example/{meetingId}', 'must be the form of an http or https address'],
  ['https://p.example/a b/{meetingId}', 'must be the form of an http or https address'],
  [`{url}?t=${'x'.repeat(500)}`, 'must not have more than 500 characters'],
  [7, 'must be a text, or null for no links'],
])('recordingLinkFormat %j: %s', (given, error) => {
  const { success, data, error: failure } = settingsPatchSchema.safeParse({ recordingLinkFormat: given });
  if (error === null) {
    expect(data).toEqual({ recordingLinkFormat: given.trim() });
    return;
  }
  expect(success).toBe(false);
  expect(failure?.issues).toEqual([
    expect.objectContaining({ path: ['recordingLinkFormat'], message: expect.stringContaining(error) }),
  ]);
});

test('notes link to the page of the recording unless the setting says otherwise', () => {
  const { recordingLinkFormat } = settingsSchema.parse({});
  expect(recordingLinkFormat).toBe('{url}');
  expect(linkFormatError('{url}')).toBeNull();
  expect(settingsPatchSchema.parse({ recordingLinkFormat: null })).toEqual({ recordingLinkFormat: null });
});

test.each([
  [page, 312.7, null, `${page}#t=312`],
  [page, 312.7, '{url}', `${page}#t=312`],
  [page, 312.7, '{url}?t={seconds}', `${page}?t=312`],
  [page, 312.7, 'https://player.example/{meetingId}?at={milliseconds}', 'https://player.example/m-1?at=312700'],
  [`${page}?sig=a%2Fb`, 5, null, `${page}?sig=a%2Fb#t=5`],
  [`${page}#player`, 5, null, `${page}#player`],
  [page, null, '{url}?t={seconds}', page],
  [null, 5, null, null],
])('a review links to the recording %s at %s by %s', (recordingUrl, seconds, format, expected) => {
  expect(recordingAt({ meetingId: 'm-1', recordingUrl }, seconds, format)).toBe(expected);
});
