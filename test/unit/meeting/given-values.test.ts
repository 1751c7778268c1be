import { describe, expect, test } from '@jest/globals';
import { readDay, readLanguage, readScore, readSeconds } from '../../../src/meeting/intake/given-values';
import { readTimes } from '../../../src/meeting/intake/meeting-times';

describe('a due date', () => {
  test.each([
    ['2026-11-06', '2026-11-06'],
    ['2026-11-06T17:00:00Z', '2026-11-06'],
    ['2026-11-06T23:30:00-08:00', '2026-11-06'],
    ['2026-11-06 17:00', '2026-11-06'],
    ['2026/11/06', '2026-11-06'],
    ['20261106', '2026-11-06'],
    ['2026-11-6', '2026-11-06'],
    ['6 Nov 2026', '2026-11-06'],
    ['November 6, 2026', '2026-11-06'],
    ['Friday, November 6th, 2026', '2026-11-06'],
    ['2026\u201111\u201106', '2026-11-06'],
    ['"2026-11-06"', '2026-11-06'],
    ['2026-11-06 (Friday).', '2026-11-06'],
    ['by 2026-11-06', '2026-11-06'],
    ['due on 6th of November 2026', '2026-11-06'],
    ['Nov. 6, 2026', '2026-11-06'],
    ['6. November 2026', '2026-11-06'],
    ['6.11.2026', '2026-11-06'],
  ])('%s is %s', (text, value) => {
    expect(readDay(text)).toEqual({ value });
  });

  test.each([
    'next week',
    'Friday',
    'ASAP',
    '06/11/2026',
    '2026-11',
    '2026',
    '2026-02-30',
    '2026-11-06 or so',
    '2026-11-06 (tentative)',
    'before 2026-11-06',
    '31.11.2026',
    '0001-01-01',
    'TBD',
  ])('%s is dropped', (text) => {
    expect(readDay(text)).toEqual({ problem: expect.stringMatching(/was left out\.$/) });
  });
});

describe('a place in the recording', () => {
  test.each<[number | string, number]>([
    [612, 612],
    [0, 0],
    ['750', 750],
    ['750.5', 750.5],
    ['12:30', 750],
    ['00:12:30', 750],
    ['1:02:03,5', 3_723.5],
    ['750s', 750],
    ['12m 30s', 750],
    ['12 min', 720],
    ['1h2m3s', 3_723],
    ['PT12M30S', 750],
  ])('%j is %d', (given, value) => {
    expect(readSeconds(given, 10_000)).toEqual({ value });
  });

  test.each([-1, '-1', 10_001, '3:00:00', 'beginning', '12:', '::', '', ' ', '1:2:3:4', 'NaN'])(
    '%j is dropped',
    (given) => {
      expect(readSeconds(given, 10_000)).toEqual({ problem: expect.stringMatching(/was left out\.$/) });
    },
  );
});

describe('a score', () => {
  test.each<[number | string | undefined, number | string | undefined, number, number]>([
    [82, 100, 82, 100],
    ['82', 100, 82, 100],
    [8, '10', 8, 10],
    ['82/100', undefined, 82, 100],
    ['82 / 100', 100, 82, 100],
    ['7,8 out of 10', undefined, 7.8, 10],
    ['82%', undefined, 82, 100],
    ['82 %', 100, 82, 100],
    [0, 1, 0, 1],
  ])('%j of %j is %d of %d', (given, max, value, outOf) => {
    expect(readScore(given, max)).toEqual({ value: { value, max: outOf } });
  });

  test.each<[number | string | undefined, number | string | undefined]>([
    [11, 10],
    ['110%', undefined],
    [-1, 10],
    [0, 0],
    [82, undefined],
    ['82', undefined],
    ['8/10', 100],
    ['high', 100],
    [8, 'ten'],
    [undefined, 100],
    ['9'.repeat(400), 10],
  ])('%j of %j is dropped', (given, max) => {
    expect(readScore(given, max)).toEqual({ problem: expect.stringMatching(/was left out\.$/) });
  });
});

describe('a language', () => {
  test.each([
    ['en', 'en'],
    ['es_MX', 'es-MX'],
    ['en_US.UTF-8', 'en-US'],
    ['ca_ES@euro', 'ca-ES'],
    ['English', 'en'],
    ['SPANISH', 'es'],
    ['español', 'es'],
    ['中文', 'zh'],
    ['English (US)', 'en'],
    ['eng', 'en'],
  ])('%s is %s', (text, value) => {
    expect(readLanguage(text)).toEqual({ value });
  });

  test.each(['C', 'en-', '?', 'both of them'])('%s is none', (text) => {
    expect(readLanguage(text)).toEqual({ problem: expect.any(String) });
  });
});

describe('start and end', () => {
  const START = '2026-11-03T10:00:00+01:00';
  const END = '2026-11-03T10:42:11+01:00';

  test.each([
    ['2026-11-03T10:00:00Z', '2026-11-03T10:00:00Z'],
    ['2026-11-03T10:00Z', '2026-11-03T10:00:00Z'],
    ['2026-11-03 10:00:00+01:00', '2026-11-03T10:00:00+01:00'],
    ['2026-11-03 10:00:00 +0100', '2026-11-03T10:00:00+01:00'],
    ['2026-11-03T10:00:00+01', '2026-11-03T10:00:00+01:00'],
    ['20261103T090000Z', '2026-11-03T09:00:00Z'],
    ['2026-11-03 09:00:00 UTC', '2026-11-03T09:00:00Z'],
    ['2026-11-03t09:00:00z', '2026-11-03T09:00:00Z'],
    ['2026-11-03T10:00:00+01:00[Europe/Madrid]', '2026-11-03T10:00:00+01:00'],
    ['2026-11-03T09:00:00.0000000Z', '2026-11-03T09:00:00.0000000Z'],
  ])('%s starts at %s', (given, startedAt) => {
    const endedAt = '2026-11-03T23:00:00Z';
    expect(readTimes(given, endedAt)).toEqual({ times: { startedAt, endedAt }, startWarning: null, endWarning: null });
  });

  test.each([
    ['2026-11-03T10:00:00', undefined],
    ['2026-11-03T10:00:00', '2026-11-03T10:30:00'],
    ['2026-11-03', END],
    ['yesterday', END],
    ['2026-11-31T10:00:00Z', END],
    ['0001-01-01T00:00:00Z', END],
    ['1730624400', END],
  ])('%s to %s is refused', (start, end) => {
    expect(readTimes(start, end)).toEqual({ field: 'startedAt', error: expect.any(String) });
  });

  test.each([
    ['missing', undefined],
    ['in words', 'an hour later'],
    ['before the start', '2026-11-03T09:59:59+01:00'],
    ['before the start by its offset', '2026-11-03T10:30:00+02:00'],
    ['no day', '2026-11-31T10:00:00Z'],
  ])('an end that is %s is the start', (_, end) => {
    expect(readTimes(START, end)).toEqual({
      times: { startedAt: START, endedAt: START },
      startWarning: null,
      endWarning: expect.stringMatching(/: the start is taken for it\.$/),
    });
  });

  test('an implausible year is refused', () => {
    expect(readTimes(START, '9999-12-31T23:59:59Z')).toEqual({
      field: 'endedAt',
      error: 'must be in the years 1970 to 2100',
    });
  });

  test('one offset counts for both', () => {
    const times = { startedAt: START, endedAt: END };
    const warning = expect.stringMatching(/^This time has no offset from UTC/);
    expect(readTimes(START, END.slice(0, 19))).toEqual({ times, startWarning: null, endWarning: warning });
    expect(readTimes(START.slice(0, 19), END)).toEqual({ times, startWarning: warning, endWarning: null });
  });
});

// A pattern that takes quadratic time would exceed the time limit of the test.
test('a text of a megabyte is not a value', () => {
  const gap = ' '.repeat(1_000_000);
  expect(readSeconds(`1h${gap}x`, 10_000)).toHaveProperty('problem');
  expect(readSeconds(`PT${'1H'.repeat(500_000)}`, 10_000)).toHaveProperty('problem');
  expect(readScore(`1${gap}/${gap}x`, 10)).toHaveProperty('problem');
  expect(readScore(1, `1${gap}x`)).toHaveProperty('problem');
  expect(readLanguage('_'.repeat(1_000_000))).toHaveProperty('problem');
  expect(readLanguage('a_'.repeat(500_000))).toHaveProperty('problem');
  expect(readDay(`2026-11-06T${gap}x`)).toHaveProperty('problem');
});
