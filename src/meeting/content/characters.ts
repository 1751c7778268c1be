/** Characters that PostgreSQL cannot store: U+0000, and halves of surrogate pairs in JSON. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

/** Whether PostgreSQL can store the text. */
export function isStorable(text: string): boolean {
  return !UNSTORABLE.test(text);
}

/**
 * Removes U+0000 and replaces halves of surrogate pairs with U+FFFD. Transcripts that were cut by length contain such
 * halves.
 */
export function storable(text: string): string {
  return isStorable(text) ? text : text.replaceAll('\0', '').replaceAll(/\p{Surrogate}/gu, '\uFFFD');
}
