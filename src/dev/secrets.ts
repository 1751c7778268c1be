import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeOf, DevError, messageOf } from './errors';

const secrets = z.object({
  /** In the format of the variable ENCRYPTION_KEYS. */
  encryptionKeys: z.string().min(1),
  bootstrapApiKey: z.string().min(16),
  postgresPassword: z.string().min(1),
  sandboxClientSecret: z.string().min(1),
});

/** The secrets that `dev` generates once and needs at every later start. */
export type Secrets = z.output<typeof secrets>;

/**
 * Reads `secrets.json` of the data folder, or creates it readable by its owner only.
 *
 * @throws {@link DevError} when the file exists but is unusable. New keys would make everything unreadable that the old
 *   ones encrypted
 */
export function loadSecrets(folder: string): Secrets {
  const file = join(folder, 'secrets.json');
  try {
    return secrets.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') {
      const cause = error instanceof z.ZodError ? z.prettifyError(error) : messageOf(error);
      throw new DevError(`${file} cannot be used (${cause}): repair it, or delete ${folder} with everything in it`);
    }
  }
  const created: Secrets = {
    encryptionKeys: `dev:${randomBytes(32).toString('base64')}`,
    bootstrapApiKey: `dev_${randomBytes(24).toString('base64url')}`,
    postgresPassword: randomBytes(24).toString('base64url'),
    sandboxClientSecret: randomBytes(24).toString('base64url'),
  };
  mkdirSync(folder, { recursive: true });
  // Moved into place when complete, so that a full disk leaves no partial file.
  const unfinished = `${file}.${process.pid}`;
  writeFileSync(unfinished, `${JSON.stringify(created, null, 2)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
  return created;
}
