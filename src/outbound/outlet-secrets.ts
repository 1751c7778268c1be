import { randomBytes } from 'node:crypto';
import type { SecretBox } from '../secrets';
import type { OutletRow } from '../store/notices/outlets';

const SECRET_PREFIX = 'whsec_';
/** The Standard Webhooks specification asks for 24 to 64 bytes. */
const SECRET_BYTES = 32;

/** A new secret of a webhook, in the form of the Standard Webhooks specification. */
export function newWebhookSecret(): string {
  return SECRET_PREFIX + randomBytes(SECRET_BYTES).toString('base64');
}

/** What an encrypted text of an outlet is bound to, so that it cannot be opened from another row or column. */
function contextOf(outletId: string, part: 'address' | 'secret'): string {
  return `outlet-${part}:${outletId}`;
}

/** Encrypts the address or a secret of an outlet. */
export function sealOutlet(secrets: SecretBox, outletId: string, part: 'address' | 'secret', plain: string): string {
  return secrets.seal(plain, contextOf(outletId, part));
}

/** @throws `KeyMissingError` */
export function addressOf(secrets: SecretBox, { id, address }: Pick<OutletRow, 'id' | 'address'>): string {
  return secrets.open(address, contextOf(id, 'address'));
}

/**
 * The secrets that sign a webhook now: the present one, and for a day after its rotation the one before.
 *
 * @throws `KeyMissingError`
 */
export function signingSecrets(
  secrets: SecretBox,
  outlet: Pick<OutletRow, 'id' | 'secret' | 'previous_secret' | 'previous_until'>,
  now = new Date(),
): string[] {
  const { id, secret, previous_secret: previous, previous_until: until } = outlet;
  const sealed = [secret, until !== null && until > now ? previous : null];
  return sealed.flatMap((text) => (text === null ? [] : [secrets.open(text, contextOf(id, 'secret'))]));
}

/** The same texts, encrypted with the first key. @throws `KeyMissingError` */
export function resealedOutlet(
  secrets: SecretBox,
  { id, address, secret, previous_secret }: Pick<OutletRow, 'id' | 'address' | 'secret' | 'previous_secret'>,
): Pick<OutletRow, 'address' | 'secret' | 'previous_secret'> {
  const resealed = (sealed: string, part: 'address' | 'secret') =>
    sealOutlet(secrets, id, part, secrets.open(sealed, contextOf(id, part)));
  return {
    address: resealed(address, 'address'),
    secret: secret === null ? null : resealed(secret, 'secret'),
    previous_secret: previous_secret === null ? null : resealed(previous_secret, 'secret'),
  };
}
