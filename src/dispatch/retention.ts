import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { eraseExpired } from '../store/meetings/delete-meeting';
import type { DbPool } from '../store/database';
import { deleteOldNamed } from '../store/inbox/named-records';
import { deleteOldAnswers } from '../store/mirror/searched-answers';
import { sweepUntil } from './polling-loop';

const SWEEP_EVERY_MS = 60_000;
const ERASED_AT_ONCE = 100;

/** Deletes content older than the workspaces' `retentionDays`, until the signal aborts. */
export async function runRetention(
  { db, log }: { readonly db: DbPool; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  await sweepUntil(signal, log, 'expired content', async () => {
    await deleteOldAnswers(db);
    await deleteOldNamed(db);
    const erased = await eraseExpired(db, ERASED_AT_ONCE);
    if (erased > 0) log.info({ meetings: erased }, 'expired content was deleted');
    if (erased < ERASED_AT_ONCE) await delay(SWEEP_EVERY_MS, undefined, { signal }).catch(() => undefined);
  });
}
