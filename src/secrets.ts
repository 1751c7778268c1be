import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EncryptionKey } from './config';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * Seals tokens before they reach PostgreSQL: AES-256-GCM under a named key, so that keys can be rotated. The context
 * (whose token it is) is authenticated with it: a sealed token copied into another row does not open.
 */
export class SecretBox {
  readonly #keys: readonly EncryptionKey[];

  /** @param keys - the first seals, all open (`ENCRYPTION_KEYS`) */
  constructor(keys: readonly EncryptionKey[]) {
    this.#keys = keys;
  }

  /** @returns `keyId.base64url(iv ‖ tag ‖ ciphertext)` */
  seal(plain: string, context: string): string {
    const key = this.#keys[0];
    if (key === undefined) throw new Error('ENCRYPTION_KEYS names no key');
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, key.key, iv).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${key.id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws when the key is gone from `ENCRYPTION_KEYS`, or the text was sealed for another context or changed */
  open(sealed: string, context: string): string {
    const separator = sealed.indexOf(':');
    const id = sealed.slice(0, separator);
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key === undefined)
      throw new Error(`A stored token is sealed with key "${id}", which ENCRYPTION_KEYS no longer names: add it back`);
    const bytes = Buffer.from(sealed.slice(separator + 1), 'base64url');
    const decipher = createDecipheriv(ALGORITHM, key.key, bytes.subarray(0, IV_BYTES))
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  }
}

/** A new unguessable token: 256 bits, URL-safe. */
export function randomToken(): string {
  return randomBytes(32).toString('base64url');
}

/** SHA-256 of a high-entropy secret, to look it up without storing it. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/** Compares two secrets in constant time. */
export function sameSecret(a: string, b: string): boolean {
  return timingSafeEqual(hashToken(a), hashToken(b));
}
