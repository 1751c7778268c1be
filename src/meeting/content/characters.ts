/** What PostgreSQL cannot keep: U+0000, and halves of surrogate pairs in JSON. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether a text has a character that cannot be stored. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/** Removes U+0000 and replaces halves of surrogate pairs by U+FFFD. Transcripts cut by length contain such halves. */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
