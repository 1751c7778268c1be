/** Zero-width characters, soft hyphens, byte order marks, direction marks, control characters. */
const INVISIBLE = /[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}]/gu;
/** Every blank but the one of the space bar. */
const SPECIAL_BLANKS = /[^\P{Z} ]/gu;

/** A text that was copied out of a calendar or a web page, without the characters in it that have no place in a name of a mailbox or host. */
export function visible(text: string): string {
  return text.replaceAll(INVISIBLE, '').replaceAll(SPECIAL_BLANKS, '');
}

/** Whether a text has nothing to see: only blanks and characters without width. */
export function isBlank(text: string): boolean {
  return !/[^\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{Z}]/u.test(text);
}
