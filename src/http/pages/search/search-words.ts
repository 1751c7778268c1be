/** A search ignores all further words. */
const MAX_WORDS = 8;

/**
 * The words of a search as the index has them: without case and accents, split at punctuation. "García" and "garcia"
 * are one word, and an address is several.
 */
export function searchWords(text: string): string[] {
  return foldText(text)
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '')
    .slice(0, MAX_WORDS);
}

/** The text without case and accents, as the SQL function `fold_text` makes it. */
export function foldText(text: string): string {
  return text
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036F]/g, '')
    .toLowerCase();
}
