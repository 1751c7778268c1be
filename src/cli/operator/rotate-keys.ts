import type { EncryptionKey } from '../../config';
import { rotateKeys } from '../../connection/encryption-keys';
import { SecretBox } from '../../secrets';
import type { Output } from '../output';
import { openDatabase } from '../../store/database';

/**
 * `rotate-keys`: encrypts all stored tokens with the first of `ENCRYPTION_KEYS` and prints how many each key encrypts.
 */
export async function rotateKeysFromShell(
  databaseUrl: string,
  keys: readonly EncryptionKey[],
  output: Output,
): Promise<void> {
  const db = openDatabase(databaseUrl, { max: 1, application_name: 'hubspot-meeting-sync rotate-keys' });
  try {
    const secrets = new SecretBox(keys);
    const { before, after, failed } = await rotateKeys({ db, secrets });
    const ids = new Set([...keys.map(({ id }) => id), ...before.keys(), ...after.keys()]);
    const counts = [...ids].map((id) => ({ id, before: before.get(id) ?? 0, now: after.get(id) ?? 0 }));
    const spare = [...ids].filter((id) => id !== secrets.sealingKeyId && !after.has(id));
    const lines = [
      `Tokens encrypted with each key (the first of ENCRYPTION_KEYS is "${secrets.sealingKeyId}"):`,
      ...counts.map((count) => `  ${count.id}: ${count.before} before, ${count.now} now`),
      ...(spare.length > 0 ? [`No longer needed: ${spare.join(', ')}`] : []),
    ];
    output.result({ keys: counts, spare, failed }, lines.join('\n'));
    for (const { workspaceId, cause } of failed) console.error(`Workspace ${workspaceId} was not changed: ${cause}.`);
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await db.destroy();
  }
}
