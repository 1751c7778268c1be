import { message } from '../languages/text';
import { addressKind, isPermitted, type PrivateAddressPolicy } from './address-kind';

/** The longest URL that is stored and requested, in characters. */
const MAX_URL_LENGTH = 2_048;

const NOT_A_URL = message('must be a URL, such as https://example.com/hooks/meetings');
const TOO_LONG = message('must have at most 2,048 characters');
const NOT_HTTPS = message('must begin with https://');
const HAS_CREDENTIALS = message('must not contain a user name or a password');
const REFUSED_PORT = message('must use port 443, or a port from 1024 on');
/** The name of a host is not repeated: the sentence also follows the name of a field. */
export const NOT_PUBLIC = message('must lead to a public internet address, not to a private network or this machine');

/** A URL that may be requested as far as its text shows, or what is wrong with it, to follow the name of a field. */
export type CheckedUrl =
  { readonly url: URL; readonly problem: null } | { readonly url: null; readonly problem: string };

/**
 * Checks the text of a URL that requests are sent to: its scheme, port and host. Where a name leads to is checked when the
 * connection is made, because it can change at any time.
 */
export function checkUrl(text: string, policy: PrivateAddressPolicy): CheckedUrl {
  if (text.length > MAX_URL_LENGTH) return refused(TOO_LONG);
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || url.hostname === '') return refused(NOT_A_URL);
  const secure = url.protocol === 'https:';
  if (!secure && (url.protocol !== 'http:' || policy === 'refuse')) return refused(NOT_HTTPS);
  if (url.username !== '' || url.password !== '') return refused(HAS_CREDENTIALS);
  if (url.port !== '' && Number(url.port) !== 443 && Number(url.port) < 1_024) return refused(REFUSED_PORT);
  const kind = kindOfHost(url);
  if (kind === 'public' && !secure) return refused(NOT_HTTPS);
  if (kind !== null && !isPermitted(kind, policy)) return refused(NOT_PUBLIC);
  return { url, problem: null };
}

/** The URL's host as an IP address without brackets, or null for a name. */
export function ipOfHost({ hostname }: URL): string | null {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  // The URL standard has turned other forms (0x7f.1, 2130706433) into four decimal parts already.
  return /^\d+(?:\.\d+){3}$/.test(hostname) ? hostname : null;
}

function kindOfHost(url: URL) {
  const ip = ipOfHost(url);
  if (ip !== null) return addressKind(ip);
  return /^(?:.+\.)?localhost\.?$/.test(url.hostname) ? 'loopback' : null;
}

function refused(problem: string): CheckedUrl {
  return { url: null, problem };
}
