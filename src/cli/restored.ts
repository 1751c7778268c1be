import { DateTime } from 'luxon';
import { openDatabase } from '../store/database';
import { liftRestores, noteRestore } from '../store/restores';

/**
 * `restored --since TIME`: after a backup was restored. `restored --lift` ends it.
 *
 * @param given - `since`: ISO 8601, the time that the database was put back to; UTC where it names no offset
 * @throws a sentence that names the option
 */
export async function noteRestoredBackup(
  databaseUrl: string,
  given: { readonly since?: string; readonly lift?: boolean },
): Promise<void> {
  const since = given.lift === true ? null : timeOf(given.since);
  const db = openDatabase(databaseUrl, { max: 1 });
  try {
    if (since === null) {
      const lifted = await liftRestores(db);
      console.log(lifted ? 'Lifted: meetings are written as usual.' : 'No restored backup is noted.');
      return;
    }
    const meetings = await noteRestore(db, since);
    console.log(
      `Noted: the database was put back to ${since.toISOString()}. Until "restored --lift", a meeting's first create begins with a look into HubSpot.\n` +
        `Requested ${meetings} meetings again that had not ended. Now let the pipeline post again what it posted since then.`,
    );
  } finally {
    await db.destroy();
  }
}

function timeOf(text: string | undefined): Date {
  if (text === undefined) throw new Error('restored needs --since TIME, the time of the backup, or --lift');
  const time = DateTime.fromISO(text, { zone: 'utc' });
  if (!time.isValid) throw new Error(`--since must be a time such as 2026-11-30T14:00:00Z, not "${text}"`);
  if (time.toMillis() > Date.now()) throw new Error(`--since lies in the future: ${time.toISO()}`);
  return time.toJSDate();
}
