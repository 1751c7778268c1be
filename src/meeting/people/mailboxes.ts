import { domainToUnicode } from 'node:url';
import { hostOf } from './domains';
import { visible } from './invisible';

/**
 * Returns the spelling in which mailboxes are compared: lower case, full-width letters as plain ones, without invisible
 * characters and non-breaking blanks (calendars and chats put them into addresses), the domain in punycode. A plus sign
 * or a dot before the `@` belongs to the mailbox, because only its provider knows whether it matters.
 */
export function normaliseEmail(email: string): string {
  const address = shownEmail(email);
  const at = address.lastIndexOf('@');
  const host = at < 1 || address[at + 1] === '[' ? null : hostOf(address);
  return host === null ? address : `${address.slice(0, at)}@${host}`;
}

/** Returns the address for display: like {@link normaliseEmail}, with the domain in the given spelling. */
export function shownEmail(email: string): string {
  // Turkish systems capitalise `i` as `İ`, whose small form would be two characters.
  return visible(email).trim().normalize('NFKC').replaceAll('İ', 'i').toLowerCase();
}

/**
 * Returns both spellings of a mailbox, punycode first: HubSpot stores the spelling that was typed, and finds only that
 * one. One when they are equal.
 */
export function emailSpellings(email: string): string[] {
  const address = normaliseEmail(email);
  const at = address.lastIndexOf('@');
  if (at < 1) return [address];
  return [
    ...new Set([address, `${address.slice(0, at)}@${domainToUnicode(address.slice(at + 1)) || address.slice(at + 1)}`]),
  ];
}
