import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { KeyMissingError, keyIdOf, type SecretBox } from '../secrets';
import { listSealedTokens, lockConnection, saveResealedTokens } from '../store/connections/connections';
import { isDatabaseUnavailable } from '../store/failures';
import { requeue, withReason } from '../store/meetings/requeue';
import type { DbPool } from '../store/database';

const RETRY_MS = 2_000;

interface Keyring {
  readonly db: DbPool;
  readonly secrets: SecretBox;
}

/** Which stored tokens the configured keys can decrypt. */
interface KeyCheck {
  /** Ids of keys that encrypt stored tokens but are not in `ENCRYPTION_KEYS`, in alphabetical order. */
  readonly missing: readonly string[];
  /** Workspaces whose tokens can all be decrypted. */
  readonly readable: readonly string[];
}

/** Compares the keys of stored tokens with `ENCRYPTION_KEYS`. Reads only key ids and decrypts no token. */
export async function checkKeys({ db, secrets }: Keyring): Promise<KeyCheck> {
  const missing = new Set<string>();
  const readable: string[] = [];
  for (const { workspace_id: workspaceId, access_token, refresh_token } of await listSealedTokens(db)) {
    const lacking = [access_token, refresh_token].map(keyIdOf).filter((id) => !secrets.has(id));
    for (const id of lacking) missing.add(id);
    if (lacking.length === 0) readable.push(workspaceId);
  }
  return { missing: [...missing].toSorted(), readable };
}

/** Returns one sentence for `/readyz` and the log; null when no key is missing. */
export function missingKeysSentence({ missing }: Pick<KeyCheck, 'missing'>): string | null {
  if (missing.length === 0) return null;
  const names = missing.map((id) => `"${id}"`).join(', ');
  return `ENCRYPTION_KEYS lacks ${names}, which encrypts stored HubSpot tokens: add it back.`;
}

/**
 * Logs at the start which keys are missing, and requests the syncs that needed attention because of a key that is
 * available now. Waits while the database is unavailable, and never throws.
 */
export async function startWithKeys(keyring: Keyring & { readonly log: Logger }, signal: AbortSignal): Promise<void> {
  const { db, log } = keyring;
  while (!signal.aborted) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- retries
      const check = await checkKeys(keyring);
      const sentence = missingKeysSentence(check);
      if (sentence !== null) log.error({ missing: check.missing }, sentence);
      // oxlint-disable-next-line no-await-in-loop -- as above
      for (const workspaceId of check.readable) await requeue(db, withReason(workspaceId, 'key_missing'), 'retry');
      return;
    } catch (error) {
      if (!isDatabaseUnavailable(error)) return log.error({ error }, 'the encryption keys could not be checked');
      // oxlint-disable-next-line no-await-in-loop -- as above
      await delay(RETRY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** The result of a rotation: the number of tokens that each key encrypts, by key id. */
export interface Rotation {
  readonly before: ReadonlyMap<string, number>;
  readonly after: ReadonlyMap<string, number>;
  /** Workspaces whose tokens could not be re-encrypted, and why. */
  readonly failed: readonly { readonly workspaceId: string; readonly cause: string }[];
}

/**
 * Re-encrypts every stored token with the first key. It locks one row at a time, as a token refresh does, so it can run
 * while the product is running, and repeatedly.
 */
export async function rotateKeys({ db, secrets }: Keyring): Promise<Rotation> {
  const before = countByKey(await listSealedTokens(db));
  const failed: { workspaceId: string; cause: string }[] = [];
  for (const { workspace_id: workspaceId } of await listSealedTokens(db)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one row's lock at a time
      await reseal({ db, secrets }, workspaceId);
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      failed.push({
        workspaceId,
        cause: error instanceof KeyMissingError ? error.message : 'its tokens cannot be decrypted',
      });
    }
  }
  return { before, after: countByKey(await listSealedTokens(db)), failed };
}

async function reseal({ db, secrets }: Keyring, workspaceId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const connection = await lockConnection(transaction, workspaceId);
    if (connection === null) return;
    const sealed = [connection.access_token, connection.refresh_token];
    if (sealed.every((token) => keyIdOf(token) === secrets.sealingKeyId)) return;
    const resealed = (token: string, context: string) => secrets.seal(secrets.open(token, context), context);
    await saveResealedTokens(transaction, workspaceId, {
      accessToken: resealed(connection.access_token, `access:${workspaceId}`),
      refreshToken: resealed(connection.refresh_token, `refresh:${workspaceId}`),
    });
  });
}

function countByKey(rows: Awaited<ReturnType<typeof listSealedTokens>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of rows.flatMap((row) => [row.access_token, row.refresh_token].map(keyIdOf)))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
