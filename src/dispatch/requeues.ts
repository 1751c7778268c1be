import type { Logger } from 'pino';
import { continueRequeues } from '../store/meetings/requeue-many';
import type { DbPool } from '../store/database';
import { sweepUntil } from './polling-loop';

/** Processes requests of many meetings, page by page, until the signal aborts. */
export async function runRequeues(
  { db, log }: { readonly db: DbPool; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  await sweepUntil(signal, log, 'requests of many syncs', async () => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- one page after the other
      const progress = await continueRequeues(db);
      if (progress === null || signal.aborted) return;
      log.info({ ...progress }, 'syncs of many meetings requested');
    }
  });
}
