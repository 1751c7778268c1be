import type { Db } from '../../../store/database';
import { countWorkers, type Workers } from '../../../store/processes/processes';
import { openRestore, type Restore } from '../../../store/engagements/restores';
import { timeZoneOf } from '../../meeting-filters';
import { formatTime } from './format';

/** Notices for every page, most urgent first. */
export async function noticesFor(db: Db, workspaceId: string): Promise<string[]> {
  const [workers, restore] = await Promise.all([countWorkers(db), openRestore(db)]);
  if (workers.alive > 0 && restore === null) return [];
  return noticesOf(workers, restore, await timeZoneOf(db, workspaceId));
}

/** Decides which notices are due. */
function noticesOf(workers: Workers, restore: Restore | null, timeZone: string): string[] {
  const time = (date: Date) => formatTime(date.toISOString(), timeZone);
  const since = workers.lastSeenAt === null ? '' : ` (since ${time(workers.lastSeenAt)})`;
  return [
    ...(workers.alive > 0
      ? []
      : [
          `Syncing is paused: the sync service is not running${since}. No meeting is lost, and syncing continues automatically.`,
        ]),
    ...(restore === null
      ? []
      : [
          `A backup of ${time(restore.since)} was restored. Post the meetings since then again: activities that HubSpot already has are found and not written twice.`,
        ]),
  ];
}
