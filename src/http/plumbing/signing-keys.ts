import { hkdfSync } from 'node:crypto';
import type { EncryptionKey } from '../../config';

/**
 * Keys that sign cookies and form tokens, derived from ENCRYPTION_KEYS: every server of an installation has the same
 * ones, and no further secret needs keeping. The first signs, all are accepted, as with the tokens.
 */
export function signingKeys(encryptionKeys: readonly EncryptionKey[], purpose: string): string[] {
  return encryptionKeys.map(({ key }) =>
    Buffer.from(hkdfSync('sha256', key, '', `hubspot-meeting-sync ${purpose}`, 32)).toString('base64url'),
  );
}
