/**
 * Whether a text is an absolute http(s) address that is safe in a link. Blanks and control characters are rejected: URL
 * parsers drop them, so that `java\nscript:` and the like mean one thing to us and another to a browser.
 */
export function isHttpUrl(text: string): boolean {
  return /^https?:\/\/[^\s\p{Cc}]+$/iu.test(text) && URL.canParse(text);
}
