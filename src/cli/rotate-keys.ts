import type { EncryptionKey } from '../config';
import { rotateKeys } from '../connection/encryption-keys';
import { SecretBox } from '../secrets';
import { openDatabase } from '../store/database';

/**
 * `rotate-keys`: encrypts all stored tokens with the first of `ENCRYPTION_KEYS` and prints how many each key encrypts.
 */
export async function rotateKeysFromShell(databaseUrl: string, keys: readonly EncryptionKey[]): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1, application_name: 'hubspot-meeting-sync rotate-keys' });
  try {
    const secrets = new SecretBox(keys);
    const { before, after, failed } = await rotateKeys({ db, secrets });
    console.log(`Tokens encrypted with each key (the first of ENCRYPTION_KEYS is "${secrets.sealingKeyId}"):`);
    const ids = new Set([...keys.map(({ id }) => id), ...before.keys(), ...after.keys()]);
    for (const id of ids) console.log(`  ${id}: ${before.get(id) ?? 0} before, ${after.get(id) ?? 0} now`);
    const spare = [...ids].filter((id) => id !== secrets.sealingKeyId && !after.has(id));
    if (spare.length > 0) console.log(`No longer needed: ${spare.join(', ')}`);
    for (const { workspaceId, cause } of failed) console.error(`Workspace ${workspaceId} was not changed: ${cause}.`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await db.destroy();
  }
}
