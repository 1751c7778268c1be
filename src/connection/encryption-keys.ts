import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { KeyMissingError, keyIdOf, type KeyLack, type SecretBox } from '../secrets';
import { listSealedTokens, lockConnection, saveResealedTokens } from '../store/connections/connections';
import { isDatabaseUnavailable } from '../store/failures';
import { requeueMany } from '../store/meetings/requeue-many';
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
  /** Ids of keys in `ENCRYPTION_KEYS` that do not open what a key of that id has sealed, in alphabetical order. */
  readonly changed: readonly string[];
  /** Workspaces whose tokens can all be decrypted. */
  readonly readable: readonly string[];
}

type SealedRow = Awaited<ReturnType<typeof listSealedTokens>>[number];

/** The keys that are not available to open a connection's tokens. */
export function lacksOf(
  secrets: SecretBox,
  { workspace_id: workspaceId, access_token, refresh_token }: SealedRow,
): { readonly keyId: string; readonly lack: KeyLack }[] {
  const tokens = [
    { sealed: access_token, context: `access:${workspaceId}` },
    { sealed: refresh_token, context: `refresh:${workspaceId}` },
  ];
  return tokens.flatMap(({ sealed, context }) => {
    const lack = secrets.lackFor(sealed, context);
    return lack === null ? [] : [{ keyId: keyIdOf(sealed), lack }];
  });
}

/** Checks whether `ENCRYPTION_KEYS` opens every stored token. */
export async function checkKeys({ db, secrets }: Keyring): Promise<KeyCheck> {
  const ids: Record<KeyLack, Set<string>> = { absent: new Set(), other_value: new Set() };
  const readable: string[] = [];
  for (const row of await listSealedTokens(db)) {
    const lacks = lacksOf(secrets, row);
    for (const { keyId, lack } of lacks) ids[lack].add(keyId);
    if (lacks.length === 0) readable.push(row.workspace_id);
  }
  return { missing: [...ids.absent].toSorted(), changed: [...ids.other_value].toSorted(), readable };
}

/** Returns what to do about keys, for `/readyz` and the log; null when no key is missing. */
export function missingKeysSentence({ missing, changed }: Pick<KeyCheck, 'missing' | 'changed'>): string | null {
  const names = (ids: readonly string[]) => ids.map((id) => `"${id}"`).join(', ');
  const sentences = [
    ...(missing.length === 0
      ? []
      : [`ENCRYPTION_KEYS lacks ${names(missing)}, which encrypts stored HubSpot tokens: add it back.`]),
    ...(changed.length === 0
      ? []
      : [
          `ENCRYPTION_KEYS has another value for ${names(changed)} than stored HubSpot tokens: put the old value back.`,
        ]),
  ];
  return sentences.length === 0 ? null : sentences.join(' ');
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
      if (sentence !== null) log.error({ missing: check.missing, changed: check.changed }, sentence);
      for (const workspaceId of check.readable)
        // oxlint-disable-next-line no-await-in-loop -- as above
        await requeueMany(db, workspaceId, { kind: 'reason', code: 'key_missing' }, 'retry');
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
        cause: error instanceof KeyMissingError ? error.message : 'its tokens could not be stored',
      });
    }
  }
  return { before, after: countByKey(await listSealedTokens(db)), failed };
}

async function reseal({ db, secrets }: Keyring, workspaceId: string): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const connection = await lockConnection(transaction, workspaceId);
    if (connection === null) return;
    const { access_token, refresh_token } = connection;
    const resealed = (token: string, context: string) => secrets.seal(secrets.open(token, context), context);
    // Opened even if the first key seals them already, because that key may have another value.
    const tokens = {
      accessToken: resealed(access_token, `access:${workspaceId}`),
      refreshToken: resealed(refresh_token, `refresh:${workspaceId}`),
    };
    if ([access_token, refresh_token].every((token) => keyIdOf(token) === secrets.sealingKeyId)) return;
    await saveResealedTokens(transaction, workspaceId, tokens);
  });
}

function countByKey(rows: Awaited<ReturnType<typeof listSealedTokens>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of rows.flatMap((row) => [row.access_token, row.refresh_token].map(keyIdOf)))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
