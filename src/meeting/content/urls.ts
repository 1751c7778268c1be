/**
 * Whether a text is an absolute http(s) address that may stand in a link. Blanks and control characters are refused:
 * URL parsers drop them, so that `java\nscript:` and the like read differently to us and to a browser.
 */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}
