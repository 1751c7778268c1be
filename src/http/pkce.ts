import { createHash, createHmac } from 'node:crypto';
import type { HttpDependencies } from './dependencies';
import { signingKeys } from './plumbing/signing-keys';

/**
 * The `code_verifier` of one authorisation (RFC 7636). It is derived from the single-use `state` with a key that only
 * servers have. URLs in the browser do not reveal it, and it need not be stored.
 */
export function codeVerifierOf(config: Pick<HttpDependencies['config'], 'encryptionKeys'>, state: string): string {
  return derivedFrom(config, 'code verifiers', state);
}

/** The `nonce` of one sign-in with OpenID Connect, derived in the same way. */
export function nonceOf(config: Pick<HttpDependencies['config'], 'encryptionKeys'>, state: string): string {
  return derivedFrom(config, 'nonces', state);
}

/** The `code_challenge` of a verifier, by method S256. */
export function codeChallengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}

function derivedFrom(
  config: Pick<HttpDependencies['config'], 'encryptionKeys'>,
  purpose: string,
  state: string,
): string {
  const [key = ''] = signingKeys(config.encryptionKeys, purpose);
  return createHmac('sha256', key).update(state).digest('base64url');
}
