/**
 * Converts a time property to milliseconds since 1970. HubSpot returns ISO 8601 or milliseconds. Null for unset and
 * unreadable values.
 */
export function timeOf(answered: string | null | undefined): number | null {
  if (answered === null || answered === undefined || answered === '') return null;
  const ms = /^\d+$/.test(answered) ? Number(answered) : Date.parse(answered);
  return Number.isNaN(ms) ? null : ms;
}
