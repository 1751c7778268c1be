import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, DevError, messageOf } from './errors';

const secrets = z.object({
  /** As the variable ENCRYPTION_KEYS wants it. */
  encryptionKeys: z.string().min(1),
  bootstrapApiKey: z.string().min(16),
  postgresPassword: z.string().min(1),
  sandboxClientSecret: z.string().min(1),
});

/** What `dev` makes once and needs at every later start. */
export type Secrets = z.output<typeof secrets>;

/**
 * Reads `secrets.json` of the data folder, or makes it; only its owner can read it.
 *
 * @throws {@link DevError} when the file is there but cannot be used: what it sealed would be lost with new keys
 */
export function loadSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  try {
    return secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      const fault = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw new DevError(`${file} cannot be used (${fault}): repair it, or delete ${folder} with everything in it`);
    }
  }
  const made: Secrets = {
    encryptionKeys: `dev:${randomBytes(32).toString('base64')}`,
    bootstrapApiKey: `dev_${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
    sandboxClientSecret: randomBytes(24).toString('base64url'),
  };
  mkdirSync(folder, { recursive: true });
  // Moved into place when complete, so that a full disk leaves no half of it.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(made, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
  return made;
}
