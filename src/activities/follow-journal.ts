import { z } from 'zod';
import { HubSpotError, isPermanent } from '../hubspot/client/errors';
import type { JournalFile } from '../hubspot/journal/journal';
import { wantedSubscriptions } from '../hubspot/journal/journal-subscriptions';
import { CUSTOM_OBJECTS_SCOPE } from '../hubspot/client/oauth';
import { findWorkspaceOfPortal } from '../store/connections/connections';
import { putEvents } from '../store/inbox/crm-events';
import {
  followedTypes,
  isSubscribed,
  journalCursor,
  journalPauseMs,
  moveJournalCursor,
  recordJournalRefusal,
  recordSubscribed,
  pauseJournal,
  type Followed,
} from '../store/inbox/journal';
import { NotConnectedError } from '../connection/tokens';
import type { ActivityDependencies } from './dependencies';

/** How many files of the journal one activity reads, each of up to 10,000 events. */
const FILES_AT_ONCE = 50;

/**
 * Result of one look into the journal. `read`: there were events. `quiet`: there were none, or no account is connected.
 * `failed`: HubSpot cannot answer now. `refused`: this app has no access to the journal.
 */
export interface FollowedJournal {
  readonly outcome: 'read' | 'quiet' | 'failed' | 'refused';
  readonly files: number;
  readonly events: number;
  /** There may be more files. */
  readonly more: boolean;
}

const SHORTEST_PAUSE_MS = 5_000;
const DAY_MS = 24 * 3_600_000;
/** Longest pause. Pauses double up to this while the journal is empty or does not answer. */
const LONGEST_PAUSE_MS = { quiet: 60_000, failed: 3_600_000 };
const NOTHING = { files: 0, events: 0, more: false };

/**
 * Reads HubSpot's webhooks journal from the stored cursor on, and puts the events of connected accounts into the inbox,
 * next to the webhooks' events. HubSpot's failures do not fail this activity: nothing depends on the journal, since
 * reconciliation finds everything that it would report.
 */
export function followJournal(dependencies: ActivityDependencies) {
  const { db, timeScale } = dependencies;

  return async (): Promise<FollowedJournal> => {
    const followed = await look(dependencies);
    await pauseJournal(db, pauseAfter(followed.outcome, await journalPauseMs(db)), timeScale);
    return followed;
  };
}

/**
 * Decides how long to wait before the next look, in milliseconds.
 *
 * @param previousMs - the pause before this look
 */
export function pauseAfter(outcome: FollowedJournal['outcome'], previousMs: number): number {
  switch (outcome) {
    case 'read':
      return SHORTEST_PAUSE_MS;
    case 'refused':
      return DAY_MS;
    case 'quiet':
    case 'failed':
      return Math.min(Math.max(previousMs * 2, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS[outcome]);
  }
}

async function look(dependencies: ActivityDependencies): Promise<FollowedJournal> {
  const { db, log } = dependencies;
  const followed = await followedTypes(db, CUSTOM_OBJECTS_SCOPE);
  if (followed.portalIds.length === 0) return { outcome: 'quiet', ...NOTHING };
  try {
    const refusals = await subscribe(dependencies, followed);
    const read = await readFiles(dependencies, followed.portalIds);
    if (refusals !== null) await logRefusalsOnce(dependencies, refusals);
    return { outcome: read.files > 0 ? 'read' : 'quiet', ...read, more: read.files === FILES_AT_ONCE };
  } catch (error) {
    if (!(error instanceof HubSpotError || error instanceof z.ZodError)) throw error;
    const refused = isPermanent(error);
    if (refused) await logRefusalsOnce(dependencies, [error.rawMessage]);
    else log.warn({ error: error.message }, 'the webhooks journal could not be read');
    return { outcome: refused ? 'refused' : 'failed', ...NOTHING };
  }
}

/**
 * Subscribes once a day, and when the followed types or accounts change.
 *
 * @returns HubSpot's messages about what it refused; null if no subscription was due
 */
async function subscribe({ db, journal }: ActivityDependencies, followed: Followed): Promise<string[] | null> {
  if (await isSubscribed(db, followed)) return null;
  const refusals = await journal.subscribe(wantedSubscriptions(followed.types), followed.portalIds);
  await recordSubscribed(db, followed);
  return refusals;
}

/** Refused subscriptions are requested again every day. The refusal is logged only when it changes. */
async function logRefusalsOnce({ db, log }: ActivityDependencies, refusals: readonly string[]): Promise<void> {
  const message = refusals.length === 0 ? null : refusals.join(' ');
  if ((await recordJournalRefusal(db, message)) && message !== null)
    log.info(
      { refusal: message },
      'this app has no access to HubSpot’s webhooks journal: reconciliation keeps custom objects up to date',
    );
}

async function readFiles(
  dependencies: ActivityDependencies,
  portalIds: readonly number[],
): Promise<{ files: number; events: number }> {
  const { db, journal } = dependencies;
  const read = { files: 0, events: 0 };
  let cursor = await journalCursor(db);
  while (read.files < FILES_AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- each file names the next one
    const file = await journal.next(cursor);
    if (file === null || file.offset === cursor) break;
    // oxlint-disable-next-line no-await-in-loop -- as above
    const events = await store(dependencies, file, cursor, portalIds);
    if (events === null) break;
    read.files += 1;
    read.events += events;
    cursor = file.offset;
  }
  return read;
}

/** @returns the number of new events; null if another reader was faster and stored them */
async function store(
  dependencies: ActivityDependencies,
  file: JournalFile,
  cursor: string | null,
  portalIds: readonly number[],
): Promise<number | null> {
  const uninstalled = file.uninstalled.filter((portalId) => portalIds.includes(portalId));
  await Promise.all(uninstalled.map((portalId) => confirmUninstall(dependencies, portalId)));
  const changes = file.changes.filter((change) => portalIds.includes(change.portalId));
  return await dependencies.db.transaction().execute(async (transaction) => {
    const events = await putEvents(transaction, changes);
    return (await moveJournalCursor(transaction, cursor, file.offset)) ? events : null;
  });
}

/**
 * The journal reports the past, so the workspace may have connected again since. Check the authorisation with HubSpot;
 * if HubSpot refuses, the connection needs a person, as after any refused refresh.
 */
async function confirmUninstall({ db, tokens, log }: ActivityDependencies, portalId: number): Promise<void> {
  const workspaceId = await findWorkspaceOfPortal(db, portalId);
  if (workspaceId === null) return;
  try {
    await tokens.check(workspaceId);
  } catch (error) {
    if (error instanceof NotConnectedError) log.info({ workspaceId, portalId }, 'the app was uninstalled in HubSpot');
    else if (error instanceof HubSpotError)
      log.warn({ portalId, error: error.message }, 'HubSpot reported an uninstall and did not confirm it');
    else throw error;
  }
}
