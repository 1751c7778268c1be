/**
 * A time as people read it, in a time zone that is named beside it.
 *
 * @param iso - ISO 8601
 * @param timeZone - the HubSpot account's; UTC where it is unknown
 */
export function formatTime(iso: string, timeZone: string): string {
  const options = { dateStyle: 'medium', timeStyle: 'short' } as const;
  const date = new Date(iso);
  try {
    return `${new Intl.DateTimeFormat('en-GB', { ...options, timeZone }).format(date)} (${timeZone})`;
  } catch {
    // An account's time zone that this machine does not know.
    return `${new Intl.DateTimeFormat('en-GB', { ...options, timeZone: 'UTC' }).format(date)} (UTC)`;
  }
}

/** The address if a browser may follow it, else null: never `javascript:`. */
export function httpLink(url: string | null): string | null {
  return url !== null && /^https?:\/\//i.test(url) ? url : null;
}
