import type { ConnectedCrm } from '../../connection/open-crm';
import { recordUrl } from '../../meeting/hubspot-urls';
import { objectTypeId } from '../../meeting/object-types';
import type { ActivityType } from '../../hubspot/catalogue/association-types';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { listAssociations, type EngagementKey } from '../../store/engagements/engagement-associations';
import {
  findEngagement as findInLedger,
  deleteEngagement,
  recordCreated,
  recordFound,
  type EngagementRow,
} from '../../store/engagements/ledger';
import { knownHubspotIds } from '../../store/engagements/written-activities';
import type { ActivityDependencies } from '../dependencies';
import { listLinks } from '../../store/meetings/links';
import { openRestore } from '../../store/engagements/restores';
import type { EngagementKind } from '../../store/engagements/tables';
import { isTaskKind } from '../../meeting/tasks/steps';
import { findEngagement as findInHubSpot } from './find-in-hubspot';
import { NotSettledError } from '../interceptors/retry-policy';

/**
 * How long HubSpot may still be working on a create whose answer was lost. It exceeds the time that a request may take
 * to leave (15 s) and the time that HubSpot's edge waits for HubSpot itself (100 s, then it answers 524; we have given
 * up after 20 s). Until then the activity is looked for, and not sent again.
 */
const SETTLES_AFTER_MS = 120_000;
const LOOK_AGAIN_MS = 5_000;

/** An activity that exists in HubSpot. A null `content_hash` means that its content must be written again. */
export interface SettledEngagement {
  /** The current row of the ledger. */
  readonly row: EngagementRow;
  readonly hubspotId: string;
  readonly url: string;
  readonly contentHash: string | null;
}

/** What identifies an activity as it is sent. `startedAt`: its `hs_timestamp`, ISO 8601. */
export interface SentIdentity extends Pick<ProcessedMeeting, 'recordingUrl' | 'startedAt'> {
  /** Of a task: digests of its texts. Absent if the meeting no longer has its step. */
  readonly sending?: Readonly<Record<string, string>>;
}

/**
 * Settles one activity: returns what HubSpot has, or null if it certainly has nothing. A create with an unknown outcome
 * is looked for as it was sent, and given up only when HubSpot can no longer be working on it.
 *
 * @param identity - identifies the activity for rows of an earlier version, and after a restored backup
 * @throws {@link NotSettledError} while HubSpot, or another attempt, may still be working on it
 */
export async function settleEngagement(
  { db, timeScale }: ActivityDependencies,
  connected: ConnectedCrm,
  key: EngagementKey,
  identity: SentIdentity,
): Promise<SettledEngagement | null> {
  const row = await findInLedger(db, key);
  if (row === null) return await writtenBeforeRestore(db, connected, key, identity);
  if (row.state === 'written') return settled(row);
  const sought = {
    kind: key.kind,
    objectType: row.object_type,
    associatedWith: await listAssociations(db, key),
    recordingUrl: row.sought_url ?? identity.recordingUrl,
    startedAt: row.sought_at ?? identity.startedAt,
    sending: row.sending,
  };
  const known = (ids: readonly string[]) => knownHubspotIds(db, key.portalId, row.object_type, ids);
  const found = await findInHubSpot(connected.crm, sought, known);
  if (found !== null) {
    const written = { hubspotId: found.id, url: urlOf(connected, row.object_type, found), contentHash: null };
    if (!(await recordFound(db, key, row, written))) throw notSettled(timeScale);
    return { row: { ...row, state: 'written', hubspot_id: found.id, claim: null }, ...written };
  }
  if (row.writing_ms < SETTLES_AFTER_MS * timeScale) throw notSettled(timeScale);
  await deleteEngagement(db, key, row);
  return null;
}

/** Every type that a summary may have been written as, because the settings may have changed since. */
function writtenAs(kind: EngagementKind): readonly ActivityType[] {
  if (isTaskKind(kind)) return ['tasks'];
  return kind === 'summary' ? ['meetings', 'calls', 'notes'] : ['notes'];
}

/**
 * Looks for an existing activity at the meeting's linked records, as after a create with an unknown outcome. After a
 * restored backup the ledger may lack what HubSpot has. Null without a restored backup, or if nothing is found.
 */
async function writtenBeforeRestore(
  db: ActivityDependencies['db'],
  connected: ConnectedCrm,
  key: EngagementKey,
  { recordingUrl, startedAt, sending }: SentIdentity,
): Promise<SettledEngagement | null> {
  if ((await openRestore(db)) === null) return null;
  const associatedWith = await listLinks(db, key, key.portalId);
  // People move the time of a task, but not that of a past meeting.
  const time = isTaskKind(key.kind) ? null : startedAt;
  const identity = { kind: key.kind, recordingUrl, startedAt: time, ...(sending === undefined ? {} : { sending }) };
  for (const objectType of writtenAs(key.kind)) {
    const sought = { ...identity, objectType, associatedWith };
    const known = (ids: readonly string[]) => knownHubspotIds(db, key.portalId, objectType, ids);
    // oxlint-disable-next-line no-await-in-loop -- stops at the first match
    const found = await findInHubSpot(connected.crm, sought, known);
    if (found === null) continue;
    const written = { hubspotId: found.id, url: urlOf(connected, objectType, found), contentHash: null };
    // oxlint-disable-next-line no-await-in-loop -- as above
    await recordCreated(db, key, { objectType, associations: [], ...written });
    // oxlint-disable-next-line no-await-in-loop -- as above
    const row = await findInLedger(db, key);
    return row === null ? null : settled(row);
  }
  return null;
}

/** Another attempt, or HubSpot, may still be working on the activity: look again soon. */
export function notSettled(timeScale: number): NotSettledError {
  return new NotSettledError(LOOK_AGAIN_MS * timeScale);
}

/** The address at which people see an activity. */
export function urlOf(
  { portalId, uiDomain }: ConnectedCrm,
  objectType: EngagementRow['object_type'],
  record: CrmRecord,
): string {
  return record.url ?? recordUrl(uiDomain, portalId, objectTypeId(objectType), record.id);
}

/** The settled engagement of a ledger row whose activity is written. */
export function settled(row: EngagementRow): SettledEngagement {
  const { hubspot_id: hubspotId, url, content_hash: contentHash } = row;
  if (hubspotId === null || url === null) throw new Error('a written engagement without its HubSpot id');
  return { row, hubspotId, url, contentHash };
}
