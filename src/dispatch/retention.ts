import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { deleteOldAuditEvents } from '../store/audit/old-audit-events';
import { deleteExpiredContent } from '../store/meetings/delete-meeting';
import type { DbPool } from '../store/database';
import { deleteOldLines } from '../store/jobs/backfill-lines';
import { deleteOldNamed } from '../store/inbox/named-records';
import { deleteOldAnswers } from '../store/mirror/searched-answers';
import { deleteOldNotices } from '../store/notices/delivery-lists';
import { sweepUntil } from './polling-loop';

const SWEEP_EVERY_MS = 60_000;
const DELETED_AT_ONCE = 100;
const LINES_AT_ONCE = 10_000;
const NOTICES_AT_ONCE = 10_000;

/** Deletes what is no longer needed, and content older than the workspaces' `retentionDays`, until the signal aborts. */
export async function runRetention(
  { db, log }: { readonly db: DbPool; readonly log: Logger },
  signal: AbortSignal,
): Promise<void> {
  await sweepUntil(signal, log, 'expired content', async () => {
    await deleteOldAnswers(db);
    await deleteOldNamed(db);
    const lines = await deleteOldLines(db, LINES_AT_ONCE);
    const notices = await deleteOldNotices(db, NOTICES_AT_ONCE);
    const events = await deleteOldAuditEvents(db, LINES_AT_ONCE);
    const deleted = await deleteExpiredContent(db, DELETED_AT_ONCE);
    if (deleted > 0) log.info({ meetings: deleted }, 'expired content was deleted');
    if (events > 0) log.info({ events }, 'old events of the audit trail were deleted');
    const isMoreLeft =
      deleted === DELETED_AT_ONCE || lines === LINES_AT_ONCE || notices === NOTICES_AT_ONCE || events === LINES_AT_ONCE;
    if (!isMoreLeft) await delay(SWEEP_EVERY_MS, undefined, { signal }).catch(() => undefined);
  });
}
