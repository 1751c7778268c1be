import { DateTime } from 'luxon';
import { openDatabase } from '../../store/database';
import type { Output } from '../output';
import { liftRestores, recordRestore } from '../../store/engagements/restores';

/**
 * `restored --since TIME` records that the database was restored from a backup. `restored --lift` ends the checks that
 * this causes.
 *
 * @param given - `since`: the time of the backup in ISO 8601, UTC when it has no offset
 * @throws Error that names the wrong option
 */
export async function recordRestoredBackup(
  databaseUrl: string,
  given: { readonly since?: string; readonly lift?: boolean },
  output: Output,
): Promise<void> {
  const since = given.lift === true ? null : timeOf(given.since);
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    if (since === null) {
      const lifted = await liftRestores(db);
      output.result(
        { lifted },
        lifted ? 'The checks have ended. Meetings are written as usual.' : 'No restored backup is on record.',
      );
      return;
    }
    const meetings = await recordRestore(db, since);
    output.result(
      { since: since.toISOString(), requested: meetings },
      `Recorded: the database was restored to ${since.toISOString()}. Until "restored --lift", a sync searches HubSpot before it creates a meeting's first activity.\n` +
        `Requested the syncs of ${meetings} unfinished meetings again. Now have the pipeline post again what it posted since then.`,
    );
  } finally {
    await db.destroy();
  }
}

function timeOf(text: string | undefined): Date {
  if (text === undefined) throw new Error('restored needs --since TIME, the time of the backup, or --lift');
  const time = DateTime.fromISO(text, { zone: 'utc' });
  if (!time.isValid) throw new Error(`--since must be a time such as 2026-11-30T14:00:00Z, not "${text}"`);
  if (time.toMillis() > Date.now()) throw new Error(`--since is in the future: ${time.toISO()}`);
  return time.toJSDate();
}
