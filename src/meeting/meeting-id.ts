/**
 * Whether a text can be a meeting's id (docs/reference.md, "A processed meeting"). Other texts need no look-up, and
 * PostgreSQL rejects some of them.
 */
export function isMeetingId(text: string): boolean {
  return /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/.test(text);
}
