import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { isKeyId } from '../config';
import { KeyMissingError, keyIdOf, type KeyLack, type SecretBox } from '../secrets';
import { OPERATOR } from '../store/audit/actor';
import { recordAudit } from '../store/audit/record-audit';
import {
  findConnection,
  listSealedTokens,
  lockConnection,
  recordTokenError,
  saveResealedTokens,
} from '../store/connections/connections';
import { resealedOutlet } from '../outbound/outlet-secrets';
import { isDatabaseUnavailable } from '../store/failures';
import { listSealedOutlets, saveResealedOutlet } from '../store/notices/outlets';
import { requeueMany } from '../store/meetings/requeue-many';
import type { DbPool } from '../store/database';
import { listProviderSecrets, resealProviderSecret, secretContextOf } from '../store/sign-in/providers';

const RETRY_MS = 2_000;
const DAMAGED = 'The stored HubSpot authorisation is damaged and cannot be read: reconnect HubSpot.';

interface Keyring {
  readonly db: DbPool;
  readonly secrets: SecretBox;
}

/** Which stored tokens the configured keys can decrypt. */
interface KeyCheck {
  /** Ids of keys that encrypt both tokens of a working connection but are not in `ENCRYPTION_KEYS`, in alphabetical order. */
  readonly missing: readonly string[];
  /** Ids of keys in `ENCRYPTION_KEYS` that open no stored token of that id, in alphabetical order. */
  readonly changed: readonly string[];
  /** Workspaces with a token that cannot be opened although its key is right: the stored text is damaged. */
  readonly damaged: readonly string[];
  /** Workspaces whose tokens can all be decrypted. */
  readonly readable: readonly string[];
}

type SealedRow = Awaited<ReturnType<typeof listSealedTokens>>[number];

/** A stored token: the key that its text names, and why it cannot be opened. Null when it can. */
interface StoredToken {
  readonly keyId: string;
  readonly lack: KeyLack | null;
}

function tokensOf(
  secrets: SecretBox,
  {
    workspace_id: workspaceId,
    access_token,
    refresh_token,
  }: Pick<SealedRow, 'workspace_id' | 'access_token' | 'refresh_token'>,
): StoredToken[] {
  const tokens = [
    { sealed: access_token, context: `access:${workspaceId}` },
    { sealed: refresh_token, context: `refresh:${workspaceId}` },
  ];
  return tokens.map(({ sealed, context }) => ({ keyId: keyIdOf(sealed), lack: secrets.lackFor(sealed, context) }));
}

/** Whether a token of the connection cannot be opened. */
export function isUnreadable(secrets: SecretBox, row: Parameters<typeof tokensOf>[1]): boolean {
  return tokensOf(secrets, row).some(({ lack }) => lack !== null);
}

/**
 * Finds out whether keys are the problem or single tokens. Both tokens of a connection are sealed together, so a key is
 * missing only if both name it. A key has another value only if it opens nothing. Everything else is a damaged text,
 * which concerns its connection alone. Connections that a person has to reconnect anyway say nothing about keys. Pure.
 */
export function judgeKeys(secrets: SecretBox, rows: readonly SealedRow[]): KeyCheck {
  const connections = rows.map((row) => ({ row, tokens: tokensOf(secrets, row) }));
  const working = connections.filter(({ row }) => row.state === 'connected');
  const all = working.flatMap(({ tokens }) => tokens);
  const missing = new Set(
    working.flatMap(({ tokens: [first, second] }) =>
      first?.lack === 'absent' && isKeyId(first.keyId) && first.keyId === second?.keyId ? [first.keyId] : [],
    ),
  );
  const works = new Set(all.filter(({ lack }) => lack === null).map(({ keyId }) => keyId));
  const changed = new Set(
    all.filter(({ keyId, lack }) => lack === 'other_value' && !works.has(keyId)).map(({ keyId }) => keyId),
  );
  const isDamaged = ({ keyId, lack }: StoredToken) => lack !== null && !missing.has(keyId) && !changed.has(keyId);
  return {
    missing: [...missing].toSorted(),
    changed: [...changed].toSorted(),
    damaged: working.filter(({ tokens }) => tokens.some(isDamaged)).map(({ row }) => row.workspace_id),
    readable: connections
      .filter(({ tokens }) => tokens.every(({ lack }) => lack === null))
      .map(({ row }) => row.workspace_id),
  };
}

/**
 * Checks whether `ENCRYPTION_KEYS` opens the stored tokens. A damaged token is logged and shown on its connection, until
 * that is connected again.
 */
export async function checkKeys({ db, secrets, log }: Keyring & { readonly log: Logger }): Promise<KeyCheck> {
  const check = judgeKeys(secrets, await listSealedTokens(db));
  for (const workspaceId of check.damaged) {
    log.error({ workspaceId }, 'a stored HubSpot token is damaged: connect this workspace to HubSpot again');
    // oxlint-disable-next-line no-await-in-loop -- few, if any
    const connection = await findConnection(db, workspaceId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (connection !== null) await recordTokenError(db, connection, DAMAGED);
  }
  return check;
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
 * Re-encrypts every stored token, and what is secret of outlets, with the first key. It locks one row at a time, as a token refresh does, so it can run
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
  failed.push(...(await resealOutlets({ db, secrets })), ...(await resealProviders({ db, secrets })));
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
    await recordAudit(transaction, OPERATOR, {
      workspaceId,
      action: 'encryption.rotate',
      before: { keys: [...new Set([access_token, refresh_token].map(keyIdOf))] },
      after: { keys: [secrets.sealingKeyId] },
    });
  });
}

/** Encrypts the addresses and secrets of all outlets with the first key. @returns those that could not be opened */
async function resealOutlets({ db, secrets }: Keyring): Promise<Rotation['failed']> {
  const failed: { workspaceId: string; cause: string }[] = [];
  for (const outlet of await listSealedOutlets(db)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- one row at a time
      await saveResealedOutlet(db, outlet, resealedOutlet(secrets, outlet));
    } catch (error) {
      if (!(error instanceof KeyMissingError)) throw error;
      failed.push({ workspaceId: outlet.workspace_id, cause: `outlet ${outlet.id}: ${error.message}` });
    }
  }
  return failed;
}

/** Encrypts the client secrets of identity providers with the first key. @returns those that could not be opened */
async function resealProviders({ db, secrets }: Keyring): Promise<Rotation['failed']> {
  const failed: { workspaceId: string; cause: string }[] = [];
  for (const { workspaceId, sealedSecret } of await listProviderSecrets(db)) {
    try {
      const context = secretContextOf(workspaceId);
      const to = secrets.seal(secrets.open(sealedSecret, context), context);
      // oxlint-disable-next-line no-await-in-loop -- one row at a time
      await resealProviderSecret(db, { workspaceId, from: sealedSecret, to });
    } catch (error) {
      if (!(error instanceof KeyMissingError)) throw error;
      failed.push({ workspaceId, cause: `single sign-on: ${error.message}` });
    }
  }
  return failed;
}

function countByKey(rows: Awaited<ReturnType<typeof listSealedTokens>>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of rows.flatMap((row) => [row.access_token, row.refresh_token].map(keyIdOf)))
    counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}
