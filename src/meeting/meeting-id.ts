/** Whether a text can be a meeting's id (docs/reference.md, "A processed meeting"): others need not be looked for, and some PostgreSQL refuses. */
export function isMeetingId(text: string): boolean {
  return /^(?!\.{1,2}$)[A-Za-z0-9._:-]{1,128}$/.test(text);
}
