/** Zero-width characters, soft hyphens, byte order marks, direction marks, control characters. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu;
/** Every blank except the ordinary space. */
const SPECIAL_BLANKS = /[^\P{Z} ]/gu;

/**
 * Returns a text that was copied from a calendar or a web page without the characters that cannot be part of a mailbox
 * or host name.
 */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, '').replaceAll(SPECIAL_BLANKS, '');
}

/** Whether a text shows nothing: it has only blanks and zero-width characters. */
export function isBlank(text: string): boolean {
  return !/[^\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Z}]/u.test(text);
}
