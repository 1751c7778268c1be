/** What was left out of a meeting, or written without an extra, and why (docs/reference.md, "Warnings"). */
export type Warning = {
  /** The field of the posted meeting, such as `participants[2].email`, or what HubSpot calls it: `hubspot_owner_id`. */
  readonly path: string;
  /** One sentence. It never quotes what stood in the field: warnings outlive an erased person. */
  readonly message: string;
};

/** More are counted, not listed: a meeting has up to 2,000 notes, and a list shows 100 meetings. */
const MOST_WARNINGS = 100;

/** The first hundred warnings; a last one says how many more there are. */
export function listWarnings(warnings: readonly Warning[]): Warning[] {
  const more = warnings.length - MOST_WARNINGS;
  if (more <= 0) return [...warnings];
  const message = `${more.toLocaleString('en')} more ${more === 1 ? 'warning is' : 'warnings are'} not listed.`;
  return [...warnings.slice(0, MOST_WARNINGS), { path: '', message }];
}
