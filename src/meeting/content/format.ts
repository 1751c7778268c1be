/** Formats a calendar date (`2026-11-06`) for a locale: `6 Nov 2026`. */
export function formatDate(date: string, locale: string): string {
  const style = { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Intl.DateTimeFormat(locale, style).format(new Date(`${date}T00:00:00Z`));
}

/** Formats a number for a locale, with at most two decimals. */
export function formatNumber(value: number, locale: string): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 2 }).format(value);
}

const two = (value: number) => String(value).padStart(2, '0');

/** Formats a position in a recording as players show it, in whole seconds: `0:05`, `10:12`, `1:02:03`. */
export function formatOffset(seconds: number): string {
  const whole = Math.floor(seconds);
  const minutes = Math.floor(whole / 60) % 60;
  const hours = Math.floor(whole / 3_600);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}
