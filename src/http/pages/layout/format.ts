import { currentLanguage } from '../../../languages/language';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * An exact time for people, with its time zone: `18 Nov 2026, 15:30 (Europe/Madrid)`. For the text that appears when a
 * reader points at a time, and for pages without a footer that names the zone.
 *
 * @param iso - ISO 8601
 * @param timeZone - that of the HubSpot account; UTC when it is unknown
 */
export function formatTime(iso: string, timeZone: string): string {
  const known = knownTimeZone(timeZone);
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: known } as const;
  return `${new Intl.DateTimeFormat(currentLanguage().dateLocale, options).format(new Date(iso))} (${known})`;
}

/** `Wed 18 Nov, 15:30`, with the year if it is not this one. The page's footer names the time zone. */
export function formatMoment(iso: string, timeZone: string, now = new Date()): string {
  const part = partsOf(new Date(iso), timeZone);
  const year = part.year === partsOf(now, timeZone).year ? '' : ` ${part.year}`;
  return `${part.weekday} ${part.day} ${part.month}${year}, ${part.hour}:${part.minute}`;
}

/** `2 h ago` within a day, and {@link formatMoment} otherwise. */
export function formatWhen(iso: string, timeZone: string, now = new Date()): string {
  const age = now.getTime() - Date.parse(iso);
  // The clocks of two machines may differ by a little.
  if (age < -MINUTE_MS || age >= DAY_MS) return formatMoment(iso, timeZone, now);
  if (age < MINUTE_MS) return t('just now');
  if (age < HOUR_MS) return t('{count} min ago', { count: Math.floor(age / MINUTE_MS) });
  return t('{count} h ago', { count: Math.floor(age / HOUR_MS) });
}

/**
 * A stored sentence in the language of the request, with its times as {@link formatMoment} writes them. Sentences are
 * stored with times in UTC, because an account's time zone may change.
 */
export function withLocalTimes(sentence: string, timeZone: string, now = new Date()): string {
  return storedText(sentence).replaceAll(/(\d{4}-\d\d-\d\d) (\d\d:\d\d) UTC/g, (text, day: string, time: string) => {
    const iso = `${day}T${time}:00Z`;
    return Number.isNaN(Date.parse(iso)) ? text : formatMoment(iso, timeZone, now);
  });
}

/** The time zone, or UTC when this machine does not know it. */
export function knownTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).format(0) === '' ? 'UTC' : timeZone;
  } catch {
    return 'UTC';
  }
}

/** The URL if it is safe to link to, else null: never `javascript:`. */
export function httpLink(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null;
}

function partsOf(date: Date, timeZone: string) {
  const parts = new Intl.DateTimeFormat(currentLanguage().dateLocale, {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: knownTimeZone(timeZone),
  }).formatToParts(date);
  const of = (type: Intl.DateTimeFormatPartTypes) => parts.find((part) => part.type === type)?.value ?? '';
  return {
    weekday: of('weekday'),
    day: of('day'),
    month: of('month'),
    year: of('year'),
    hour: of('hour'),
    minute: of('minute'),
  };
}
