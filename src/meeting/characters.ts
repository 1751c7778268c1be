/** What PostgreSQL cannot keep: U+0000, and halves of surrogate pairs in JSON. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether a text has a character that cannot be stored. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** The text without U+0000, with U+FFFD for halves of surrogate pairs: transcripts that are cut by length have some. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
