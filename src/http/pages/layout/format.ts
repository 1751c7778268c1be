/**
 * A time for people, with its time zone.
 *
 * @param iso - ISO 8601
 * @param timeZone - that of the HubSpot account; UTC when it is unknown
 */
export function formatTime(iso: string, timeZone: string): string {
  const known = knownTimeZone(timeZone);
  return `${formatMoment(iso, known)} (${known})`;
}

/** The same without the time zone, for pages that name it elsewhere. */
export function formatMoment(iso: string, timeZone: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: knownTimeZone(timeZone) } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(iso));
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
