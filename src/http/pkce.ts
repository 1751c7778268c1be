import { createHash, createHmac } from 'node:crypto';
import type { HttpDependencies } from './dependencies';
import { signingKeys } from './keys';

/**
 * The `code_verifier` of one authorisation (RFC 7636). It is derived from the `state`, which is used once, with a key
 * that only servers have: whoever sees the browser's addresses cannot make it, and nothing more needs storing.
 */
export function codeVerifierOf(config: Pick<HttpDependencies['config'], 'encryptionKeys'>, state: string): string {
  const [key = ''] = signingKeys(config.encryptionKeys, 'code verifiers');
  return createHmac('sha256', key).update(state).digest('base64url');
}

/** The `code_challenge` of a verifier, by method S256. */
export function codeChallengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
