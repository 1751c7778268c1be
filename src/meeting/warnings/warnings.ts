/** What was excluded from a meeting or written without an extra, and why (docs/reference.md, "Warnings"). */
export type Warning = {
  /**
   * The field of the posted meeting, such as `participants[2].email`, or HubSpot's property name, such as
   * `hubspot_owner_id`.
   */
  readonly path: string;
  /** One sentence. It never quotes the field's value, because warnings are kept after a person is erased. */
  readonly message: string;
};

/** Further warnings are only counted: a meeting has up to 2,000 notes, and a list shows 100 meetings. */
const MOST_WARNINGS = 100;

/** Returns the first hundred warnings, and one more that counts the others. */
export function listWarnings(warnings: readonly Warning[]): Warning[] {
  const more = warnings.length - MOST_WARNINGS;
  if (more <= 0) return [...warnings];
  const message = `${more.toLocaleString('en')} more ${more === 1 ? 'warning is' : 'warnings are'} not listed.`;
  return [...warnings.slice(0, MOST_WARNINGS), { path: '', message }];
}
