import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { ConnectedCrm, Gateway } from '../gateway';
import type { Journal } from '../hubspot/journal';
import { OWNERS_SCOPE } from '../hubspot/oauth';
import type { ProcessedMeeting } from '../meeting/schema';
import { cachedOwner, cacheOwner } from '../store/owners';
import { findMeeting, type MeetingKey } from '../store/meetings';
import type { Database } from '../store/schema';
import type { Metrics } from '../telemetry/metrics';
import type { Tokens } from '../tokens';

/** What activities work with; the worker makes it once, tests make their own. */
export interface ActivityDependencies {
  readonly db: Kysely<Database>;
  readonly gateway: Gateway;
  readonly tokens: Tokens;
  readonly journal: Journal;
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'securityEvent' | 'onTimeline'>;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
}

/** The meeting was deleted during its sync. The pass ends, and the next one removes the activities. */
export class ContentErasedError extends Error {
  override readonly name = 'ContentErasedError';
  constructor() {
    super('the meeting no longer has content');
  }
}

/** The stored content of a meeting. @throws {@link ContentErasedError} */
export async function loadMeeting({ db }: ActivityDependencies, key: MeetingKey): Promise<ProcessedMeeting> {
  const row = await findMeeting(db, key);
  if (row === null || row.body === null) throw new ContentErasedError();
  return row.body;
}

/** The host's HubSpot owner, asked for once a day; null where there is none or the scope is not granted. */
export async function ownerOf(
  { db }: ActivityDependencies,
  { crm, portalId, scopes }: ConnectedCrm,
  hostEmail: string,
): Promise<string | null> {
  if (!scopes.includes(OWNERS_SCOPE)) return null;
  const email = hostEmail.trim().toLowerCase();
  const known = await cachedOwner(db, portalId, email);
  if (known !== undefined) return known;
  const ownerId = await crm.ownerId(email);
  await cacheOwner(db, portalId, email, ownerId);
  return ownerId;
}
