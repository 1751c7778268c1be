import { hkdfSync } from 'node:crypto';
import type { EncryptionKey } from '../../config';

/**
 * Keys that sign cookies and form tokens. They are derived from ENCRYPTION_KEYS, so every server of an installation has
 * the same ones, and no further secret is needed. The first key signs and all are accepted, as with the HubSpot tokens.
 */
export function signingKeys(encryptionKeys: readonly EncryptionKey[], purpose: string): string[] {
  return encryptionKeys.map(({ key }) =>
    Buffer.from(hkdfSync('sha256', key, '', `hubspot-meeting-sync ${purpose}`, 32)).toString('base64url'),
  );
}
