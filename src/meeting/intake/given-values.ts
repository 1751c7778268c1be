import { DateTime, Duration } from 'luxon';

/** The result of reading a value that a model wrote: the value, or why it is excluded. */
export type Read<T> = { readonly value: T } | { readonly problem: string };

/**
 * The most characters of a value. A longer text is something else, and the patterns here, like `Intl` and Luxon, take
 * quadratic time.
 */
const LONGEST_VALUE = 100;

/** Whether a calendar year is plausible. Others result from mistakes, such as seconds read as milliseconds. */
export function isPlausibleYear(text: string): boolean {
  const year = Number(text.slice(0, 4));
  return year >= 1970 && year <= 2100;
}

/** Date formats that are unambiguous. `06/11/2026` could be two days. */
const DAYS = [
  'yyyy-M-d',
  'yyyy/M/d',
  'yyyy.M.d',
  'yyyyMMdd',
  // With dots, the day comes first everywhere.
  'd.M.yyyy',
  'd LLLL yyyy',
  'd LLL yyyy',
  'LLLL d, yyyy',
  'LLL d, yyyy',
  'LLLL d yyyy',
  'LLL d yyyy',
];
const NOT_A_DAY = 'This is not a date such as 2026-11-06, so it was left out.';
const WEEKDAY = /^(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+/i;

/** Reads a day (`2026-11-06`) from a date, or from a date and time, whose own day counts. `next week` is not a day. */
export function readDay(given: string): Read<string> {
  if (given.length > LONGEST_VALUE) return { problem: NOT_A_DAY };
  const text = bareDay(given);
  const iso = /^(\d{4}-\d{2}-\d{2})(?:[T ]\s*\d{1,2}:\d{2}.*)?$/i.exec(text)?.[1];
  const day = iso === undefined ? writtenDay(text) : DateTime.fromISO(iso, { zone: 'utc' });
  const value = day?.isValid === true ? day.toISODate() : null;
  if (value === null) return { problem: NOT_A_DAY };
  return isPlausibleYear(value) ? { value } : { problem: 'The year is not in 1970 to 2100, so the date was left out.' };
}

/** Models write typographic hyphens, quotes, a weekday behind and a full stop: `2026‑11‑06 (Friday).` */
function bareDay(text: string): string {
  return text
    .normalize('NFKC')
    .replaceAll(/[\u2010-\u2014]/g, '-')
    .replace(/^["'`]+/, '')
    .replace(/^(?:due )?(?:by|on) (?=\w)/i, '')
    .replace(/[."'`]+$/, '')
    .replace(/ ?\((?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}\)$/i, '');
}

function writtenDay(text: string): DateTime | undefined {
  const words = text
    .replace(WEEKDAY, '')
    .replace(/(\d)(?:st|nd|rd|th)(?: of)?\b/i, '$1')
    .replace(/^(\d{1,2})\. /, '$1 ')
    .replace(/([a-z]{3,4})\. /i, '$1 ');
  return DAYS.map((format) => DateTime.fromFormat(words, format, { zone: 'utc', locale: 'en' })).find(
    (day) => day.isValid,
  );
}

const CLOCK = /^(?:(\d{1,4}):)?(\d{1,4}):(\d{1,2}(?:[.,]\d+)?)$/;
const UNITS =
  /^(?:(\d{1,4})\s*h(?:ours?|rs?)?)?\s*(?:(\d{1,5})\s*m(?:in(?:ute)?s?)?)?\s*(?:(\d{1,8}(?:[.,]\d+)?)\s*s(?:ec(?:ond)?s?)?)?$/i;

/** Reads a position in a recording in seconds from a number, `750`, `12:30`, `00:12:30`, `12m 30s` or `PT12M30S`. */
export function readSeconds(given: number | string, max: number): Read<number> {
  const seconds = typeof given === 'number' ? given : secondsIn(given.trim());
  if (seconds === null || Number.isNaN(seconds))
    return { problem: 'This is not a place in the recording in seconds, such as 750, so it was left out.' };
  if (seconds < 0) return { problem: 'The place in the recording is negative, so it was left out.' };
  if (seconds > max)
    return { problem: `The place in the recording is over ${max.toLocaleString('en')} seconds, so it was left out.` };
  return { value: seconds };
}

function secondsIn(text: string): number | null {
  if (text.length > LONGEST_VALUE) return null;
  if (/^-?\d+(?:[.,]\d+)?$/.test(text)) return numberIn(text);
  const [whole, hours = '0', minutes = '0', seconds = '0'] = CLOCK.exec(text) ?? UNITS.exec(text) ?? [];
  if (whole !== undefined && whole !== '') return Number(hours) * 3_600 + Number(minutes) * 60 + numberIn(seconds);
  const duration = /^PT/i.test(text) ? Duration.fromISO(text.toUpperCase()) : null;
  return duration?.isValid === true ? duration.as('seconds') : null;
}

const numberIn = (text: string) => Number(text.replace(',', '.'));

/** A score and its maximum. */
export type Score = { readonly value: number; readonly max: number };

const NUMBER = String.raw`(-?\d{1,15}(?:[.,]\d+)?)`;
const OUT_OF = new RegExp(String.raw`^${NUMBER}\s*(?:/|of|out of)\s*${NUMBER}$`, 'i');
const PERCENT = new RegExp(String.raw`^${NUMBER}\s*(?:%|percent|per cent)$`, 'i');
const PLAIN = new RegExp(`^${NUMBER}$`);

/**
 * Reads a score from two numbers, or from texts such as `78`, `78/100`, `7,8 out of 10` and `78%`.
 *
 * @param max - the maximum, where the text does not state it
 */
export function readScore(value: number | string | undefined, max: number | string | undefined): Read<Score> {
  const stated = typeof max === 'string' ? plainNumber(max) : max;
  const score = typeof value === 'string' ? scoreIn(value.trim()) : { value, max: undefined };
  if (score?.value === undefined || stated === null)
    return { problem: 'This is not a score such as 78 out of 100, so it was left out.' };
  const outOf = score.max ?? stated;
  if (outOf === undefined) return { problem: 'It does not say what the score is out of, so it was left out.' };
  if (stated !== undefined && stated !== outOf)
    return { problem: `The score is out of ${outOf}, and max is ${stated}, so it was left out.` };
  return boundedScore({ value: score.value, max: outOf });
}

function boundedScore(score: Score): Read<Score> {
  const { value, max } = score;
  if (max <= 0) return { problem: 'What the score is out of is not over 0, so the score was left out.' };
  if (value < 0) return { problem: 'The score is negative, so it was left out.' };
  if (value > max) return { problem: 'The score is over its maximum, so it was left out.' };
  if (max > Number.MAX_SAFE_INTEGER) return { problem: 'The score is out of too large a number, so it was left out.' };
  return { value: score };
}

function scoreIn(text: string): { readonly value: number | undefined; readonly max: number | undefined } | null {
  if (text.length > LONGEST_VALUE) return null;
  const [, value, max] = OUT_OF.exec(text) ?? [];
  if (value !== undefined && max !== undefined) return { value: numberIn(value), max: numberIn(max) };
  const percent = PERCENT.exec(text)?.[1];
  if (percent !== undefined) return { value: numberIn(percent), max: 100 };
  const plain = plainNumber(text);
  return plain === null ? null : { value: plain, max: undefined };
}

function plainNumber(text: string): number | null {
  if (text.length > LONGEST_VALUE) return null;
  const number = PLAIN.exec(text.trim())?.[1];
  return number === undefined ? null : numberIn(number);
}

/**
 * Reads a language tag (`en-US`) from a tag, a POSIX locale (`en_US.UTF-8`) or a language's name (`English`,
 * `español`).
 */
export function readLanguage(text: string): Read<string> {
  const bare = text.replace(/[.@(].*$/s, '').trim();
  const named = languageNamed(bare.toLowerCase());
  const tag = named ?? (bare.length > LONGEST_VALUE ? null : canonical(bare.replaceAll('_', '-')));
  if (tag !== null) return { value: tag };
  return { problem: 'This is not a language tag such as en or es-MX: the texts around the content are in English.' };
}

function canonical(tag: string): string | null {
  try {
    return Intl.getCanonicalLocales(tag)[0] ?? null;
  } catch {
    return null;
  }
}

let namedLanguages: ReadonlyMap<string, string> | undefined;

/** Checked before the tag, because many names have the form of a tag. */
function languageNamed(name: string): string | null {
  // A short name of other scripts (`中文`) has no tag's form.
  if (name.length < 4 && /^[a-z]*$/.test(name)) return null;
  namedLanguages ??= languageNames();
  return namedLanguages.get(name) ?? null;
}

/** Returns the name in English and in the language itself, for every language with a two-letter code. */
function languageNames(): Map<string, string> {
  const letters = 'abcdefghijklmnopqrstuvwxyz'.split('');
  const english = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
  const names = new Map<string, string>();
  for (const code of letters.flatMap((first) => letters.map((second) => first + second))) {
    const name = english.of(code);
    // Replaced codes (`iw`) have the name of their successor.
    if (name === undefined || canonical(code) !== code) continue;
    const own = new Intl.DisplayNames(code, { type: 'language', fallback: 'none' }).of(code);
    for (const each of [own, name]) if (each !== undefined) names.set(each.toLowerCase(), code);
  }
  return names;
}
