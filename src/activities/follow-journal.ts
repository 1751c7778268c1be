import { z } from 'zod';
import { HubSpotError } from '../hubspot/client/errors';
import { isRefused, type JournalFile } from '../hubspot/journal/journal';
import { wantedSubscriptions } from '../hubspot/journal/journal-subscriptions';
import { CUSTOM_OBJECTS_SCOPE } from '../hubspot/client/oauth';
import { findWorkspaceOfPortal } from '../store/connections/connections';
import { putEvents } from '../store/inbox/crm-events';
import {
  followedTypes,
  isSubscribed,
  journalCursor,
  journalRestMs,
  moveJournalCursor,
  noteJournalRefused,
  noteSubscribed,
  restJournal,
  type Followed,
} from '../store/inbox/journal';
import { NotConnectedError } from '../connection/tokens';
import type { ActivityDependencies } from './dependencies';

/** One activity's share of the journal: of up to 10,000 events each. */
const FILES_AT_ONCE = 50;

/**
 * What a look into the journal came to. `read`: there was something; `quiet`: there was nothing, or nobody is connected;
 * `failed`: HubSpot cannot answer now; `refused`: the journal is not open to this app.
 */
export interface FollowedJournal {
  readonly outcome: 'read' | 'quiet' | 'failed' | 'refused';
  readonly files: number;
  readonly events: number;
  /** There may be more files. */
  readonly more: boolean;
}

const SHORTEST_REST_MS = 5_000;
const DAY_MS = 24 * 3_600_000;
/** As long as there is nothing, or no answer, the rests double up to these. */
const LONGEST_REST_MS = { quiet: 60_000, failed: 3_600_000 };
const NOTHING = { files: 0, events: 0, more: false };

/**
 * Reads HubSpot's webhooks journal on from where it was left, and puts what concerns the connected accounts into the
 * inbox, where webhooks' events are. HubSpot's failures are no failures of this activity: nothing depends on the
 * journal, since reconciliation finds whatever it would have told.
 */
export function followJournal({ db, journal, tokens, log, timeScale }: ActivityDependencies) {
  return async (): Promise<FollowedJournal> => {
    const followed = await look();
    await restJournal(db, restAfter(followed.outcome, await journalRestMs(db)), timeScale);
    return followed;
  };

  async function look(): Promise<FollowedJournal> {
    const follow = await followedTypes(db, CUSTOM_OBJECTS_SCOPE);
    if (follow.portalIds.length === 0) return { outcome: 'quiet', ...NOTHING };
    try {
      const refusals = await subscribe(follow);
      const read = await readOn(follow.portalIds);
      if (refusals !== null) await sayOnce(refusals);
      return { outcome: read.files > 0 ? 'read' : 'quiet', ...read, more: read.files === FILES_AT_ONCE };
    } catch (error) {
      if (!(error instanceof HubSpotError || error instanceof z.ZodError)) throw error;
      const refused = isRefused(error);
      if (refused) await sayOnce([error.said]);
      else log.warn({ error: error.message }, 'the webhooks journal could not be read');
      return { outcome: refused ? 'refused' : 'failed', ...NOTHING };
    }
  }

  /** Once a day, and when something else is to be followed. @returns what HubSpot refused; null when it was not asked */
  async function subscribe(follow: Followed): Promise<string[] | null> {
    if (await isSubscribed(db, follow)) return null;
    const refusals = await journal.subscribe(wantedSubscriptions(follow.types), follow.portalIds);
    await noteSubscribed(db, follow);
    return refusals;
  }

  /** What HubSpot does not open to this app is asked for every day, and written into the log when it is news. */
  async function sayOnce(refusals: readonly string[]): Promise<void> {
    const said = refusals.length === 0 ? null : refusals.join(' ');
    if ((await noteJournalRefused(db, said)) && said !== null) {
      log.info(
        { said },
        'HubSpot does not tell its webhooks journal to this app: custom objects are kept fresh by reconciliation',
      );
    }
  }

  async function readOn(portalIds: readonly number[]): Promise<{ files: number; events: number }> {
    const read = { files: 0, events: 0 };
    let cursor = await journalCursor(db);
    while (read.files < FILES_AT_ONCE) {
      // oxlint-disable-next-line no-await-in-loop -- each file names the next one
      const file = await journal.next(cursor);
      if (file === null || file.offset === cursor) break;
      // oxlint-disable-next-line no-await-in-loop -- as above
      const events = await store(file, cursor, portalIds);
      if (events === null) break;
      read.files += 1;
      read.events += events;
      cursor = file.offset;
    }
    return read;
  }

  /** @returns how many events were new; null when another reader was faster, and has stored them */
  async function store(file: JournalFile, cursor: string | null, portalIds: readonly number[]): Promise<number | null> {
    await Promise.all(file.uninstalled.filter((portalId) => portalIds.includes(portalId)).map(learnUninstall));
    const changes = file.changes.filter((change) => portalIds.includes(change.portalId));
    return await db.transaction().execute(async (transaction) => {
      const events = await putEvents(transaction, changes);
      return (await moveJournalCursor(transaction, cursor, file.offset)) ? events : null;
    });
  }

  /**
   * The journal tells of the past: somebody may have connected again since. Whether the authorisation is good is asked of
   * HubSpot, and a refusal does what it does at every refresh.
   */
  async function learnUninstall(portalId: number): Promise<void> {
    const workspaceId = await findWorkspaceOfPortal(db, portalId);
    if (workspaceId === null) return;
    try {
      await tokens.check(workspaceId);
    } catch (error) {
      if (error instanceof NotConnectedError) log.info({ workspaceId, portalId }, 'the app was uninstalled in HubSpot');
      else if (error instanceof HubSpotError)
        log.warn({ portalId, error: error.message }, 'HubSpot told of an uninstall and did not confirm it');
      else throw error;
    }
  }
}

function restAfter(outcome: FollowedJournal['outcome'], rest: number): number {
  switch (outcome) {
    case 'read':
      return SHORTEST_REST_MS;
    case 'refused':
      return DAY_MS;
    case 'quiet':
    case 'failed':
      return Math.min(Math.max(rest * 2, SHORTEST_REST_MS), LONGEST_REST_MS[outcome]);
  }
}
