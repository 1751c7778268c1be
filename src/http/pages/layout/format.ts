/**
 * A time as people read it, in a time zone that is named beside it.
 *
 * @param iso - ISO 8601
 * @param timeZone - the HubSpot account's; UTC where it is unknown
 */
export function formatTime(iso: string, timeZone: string): string {
  const known = knownTimeZone(timeZone);
  return `${formatMoment(iso, known)} (${known})`;
}

/** The same where the time zone is named elsewhere on the page. */
export function formatMoment(iso: string, timeZone: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short', timeZone: knownTimeZone(timeZone) } as const;
  return new Intl.DateTimeFormat('en-GB', options).format(new Date(iso));
}

/** UTC for an account's time zone that this machine does not know. */
export function knownTimeZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone }).format(0) === '' ? 'UTC' : timeZone;
  } catch {
    return 'UTC';
  }
}

/** The address if a browser may follow it, else null: never `javascript:`. */
export function httpLink(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null;
}
