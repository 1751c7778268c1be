import { createHmac } from 'node:crypto';
import { sameSecret } from '../../secrets';

/** HubSpot: refuse requests older than five minutes ("Validating requests"). */
const MAX_AGE_MS = 300_000;
/** Our own limit: a request from the future comes from a wrong clock or from an attacker. */
const MAX_AHEAD_MS = 60_000;

/** Escapes that HubSpot decodes in the URI before it signs. It decodes no others. */
const DECODED: Record<string, string> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

/** A request as HubSpot signed it. */
export interface SignedRequest {
  readonly method: string;
  /** The whole public URI, as HubSpot called it: scheme, host, path and query. */
  readonly uri: string;
  /** The original bytes. A body that was parsed and serialised again has another signature. */
  readonly body: string;
  /** `X-HubSpot-Signature-v3`. */
  readonly signature: string | undefined;
  /** `X-HubSpot-Request-Timestamp`, in milliseconds. */
  readonly timestamp: string | undefined;
}

/**
 * Whether HubSpot signed this request within the last five minutes (signature v3, in constant time). The helper of
 * `@hubspot/api-client` uses v1 by default, compares with `===` and accepts future timestamps.
 */
export function isSignedByHubSpot(request: SignedRequest, clientSecret: string, now: number): boolean {
  const { signature, timestamp } = request;
  if (signature === undefined || timestamp === undefined || !isPlausiblySigned(request, now)) return false;
  return readingsOf(request.uri).some((uri) =>
    sameSecret(signature, signatureOf({ ...request, uri, timestamp }, clientSecret)),
  );
}

/**
 * The URIs that HubSpot may have signed. It is open whether HubSpot decodes `%2B`: its page does not list it, and the
 * address of a card's user (`userEmail`) may have one. Once the query is decoded, both forms are the same request, so
 * accepting the second lets nothing else in.
 */
function readingsOf(uri: string): string[] {
  const plus = uri.replaceAll(/%2B/gi, '+');
  return plus === uri ? [uri] : [uri, plus];
}

/** Whether the headers have the form of a signature and a timestamp. If not, the body need not be read. */
export function isPlausiblySigned(
  { signature = '', timestamp = '' }: Pick<SignedRequest, 'signature' | 'timestamp'>,
  now: number,
): boolean {
  // A base64 SHA-256 digest.
  if (!/^[A-Za-z\d+/]{43}=$/.test(signature) || !/^\d{10,16}$/.test(timestamp)) return false;
  const age = now - Number(timestamp);
  return age <= MAX_AGE_MS && age >= -MAX_AHEAD_MS;
}

/** Computes the signature that HubSpot would send. */
export function signatureOf(
  { method, uri, body, timestamp }: Pick<SignedRequest, 'method' | 'uri' | 'body'> & { readonly timestamp: string },
  clientSecret: string,
): string {
  const decoded = uri.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => DECODED[escape.toUpperCase()] ?? escape);
  return createHmac('sha256', clientSecret).update(`${method}${decoded}${body}${timestamp}`, 'utf8').digest('base64');
}
