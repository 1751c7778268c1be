import { findConnection } from '../../../store/connections/connections';
import { hubspotUsage } from '../../../store/connections/hubspot-usage';
import { shellFacts } from '../../../store/connections/shell-facts';
import type { Db } from '../../../store/database';
import { openRestore } from '../../../store/engagements/restores';
import { countWorkers } from '../../../store/processes/processes';
import { bannersOf, connectionStateOf, type Banner, type ConnectionFoot } from './banners';
import { knownTimeZone } from './format';

/** What surrounds the content of a page for a signed-in browser. */
export interface Shell {
  readonly banners: readonly Banner[];
  readonly connection: ConnectionFoot;
  /** How many meetings need attention. */
  readonly needsYou: number;
  readonly timeZone: string;
}

/** Loads the shell of a workspace's pages. */
export async function loadShell(db: Db, workspaceId: string): Promise<Shell> {
  const [connection, facts, workers, restore] = await Promise.all([
    findConnection(db, workspaceId),
    shellFacts(db, workspaceId),
    countWorkers(db),
    openRestore(db),
  ]);
  const usage = connection && (await hubspotUsage(db, connection.portal_id, connection.time_zone));
  const data = { connection, usage, facts, workers, restore };
  return {
    banners: bannersOf(data),
    connection: connectionStateOf(data),
    needsYou: facts.needsYou,
    timeZone: knownTimeZone(connection?.time_zone ?? 'UTC'),
  };
}
