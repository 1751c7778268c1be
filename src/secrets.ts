import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { EncryptionKey } from './config';

const ALGORITHM = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Why the key of a stored token is not available: no key has its id, or the key with its id has another value. */
export type KeyLack = 'absent' | 'other_value';

/** A stored token is encrypted with a key that `ENCRYPTION_KEYS` does not have. */
export class KeyMissingError extends Error {
  override readonly name = 'KeyMissingError';
  constructor(
    readonly keyId: string,
    lack: KeyLack = 'absent',
  ) {
    super(
      lack === 'absent'
        ? `A stored token is encrypted with key "${keyId}", which is not in ENCRYPTION_KEYS: add it back`
        : `A stored token cannot be opened with key "${keyId}" of ENCRYPTION_KEYS: put back the value that encrypted it`,
    );
  }
}

/**
 * Encrypts (seals) tokens before they reach PostgreSQL, with AES-256-GCM and a named key, so that keys can be rotated. The
 * context (the token's owner) is authenticated too, so that a sealed token cannot be opened from another row.
 */
export class SecretBox {
  readonly #keys: readonly EncryptionKey[];

  /** @param keys - those of `ENCRYPTION_KEYS`: the first one seals, and every one opens */
  constructor(keys: readonly EncryptionKey[]) {
    this.#keys = keys;
  }

  /** Why a sealed text cannot be opened; null when it can. */
  lackFor(sealed: string, context: string): KeyLack | null {
    if (!this.#keys.some(({ id }) => id === keyIdOf(sealed))) return 'absent';
    try {
      this.open(sealed, context);
      return null;
    } catch {
      return 'other_value';
    }
  }

  /** The id of the key that seals new texts. */
  get sealingKeyId(): string {
    return this.#sealingKey().id;
  }

  /** @returns `keyId:base64url(iv ‖ tag ‖ ciphertext)` */
  seal(plain: string, context: string): string {
    const key = this.#sealingKey();
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(ALGORITHM, key.key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(context));
    const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return `${key.id}:${Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString('base64url')}`;
  }

  /** @throws {@link KeyMissingError}, also when the text was changed or sealed for another context */
  open(sealed: string, context: string): string {
    const id = keyIdOf(sealed);
    const key = this.#keys.find((candidate) => candidate.id === id);
    if (key === undefined) throw new KeyMissingError(id);
    try {
      return openWith(key.key, Buffer.from(sealed.slice(id.length + 1), 'base64url'), context);
    } catch {
      // Authenticated encryption does not distinguish a key with another value from a changed text.
      throw new KeyMissingError(id, 'other_value');
    }
  }

  #sealingKey(): EncryptionKey {
    const [key] = this.#keys;
    if (key === undefined) throw new Error('ENCRYPTION_KEYS names no key');
    return key;
  }
}

function openWith(key: Buffer, bytes: Buffer, context: string): string {
  // Node accepts shorter tags by default, which would make forgery cheap.
  const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
    .setAAD(Buffer.from(context))
    .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}

/** The id of the key that sealed a text. */
export function keyIdOf(sealed: string): string {
  return sealed.slice(0, Math.max(0, sealed.indexOf(':')));
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
