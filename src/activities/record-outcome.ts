import { propertySettingsUrl } from '../meeting/hubspot-urls';
import { objectTypeId } from '../meeting/object-types';
import type { Outcome } from '../meeting/pass';
import { reasons, type DeletedActivity } from '../meeting/reasons';
import { isTaskKind } from '../meeting/tasks/steps';
import { skipReason } from '../meeting/skips';
import type { SyncReason } from '../meeting/status';
import { listEngagements } from '../store/engagements/ledger';
import type { DbPool } from '../store/database';
import type { MeetingKey } from '../store/meetings/key';
import { saveProgress, type MeetingRow } from '../store/meetings/meetings';
import { findMeetingAndSettings, type MeetingAndSettings } from '../store/plan-rows';
import { requeue } from '../store/meetings/requeue';
import { laterRecordings, recordingsThatGaveWay } from '../store/meetings/same-event';
import { findConnection } from '../store/connections/connections';
import { claimLost, type ActivityDependencies } from './dependencies';

export interface RecordInput extends MeetingKey {
  readonly outcome: Outcome;
  /** Number of rewrite requests that this pass fulfilled, if it ended. */
  readonly rewrites: number;
  /** The claim of a bulk pass. Absent in a workflow. */
  readonly bulk?: string;
}

/** Records the outcome of the sync for the status document and the pages. */
export function recordOutcome({ db, metrics }: ActivityDependencies) {
  return async ({ outcome, rewrites, bulk, ...key }: RecordInput): Promise<{ readonly goOn: boolean }> => {
    const found = await findMeetingAndSettings(db, key);
    // The meeting was deleted during this pass. The next pass removes its activities.
    if (found?.row.erasing === true) return { goOn: true };
    const stored = found !== null && (await store(found, { outcome, rewrites, bulk, ...key }));
    if (!stored && bulk !== undefined) throw claimLost();
    if (found === null) return { goOn: false };
    const { row: meeting, settings } = found;
    if (outcome.status === 'synced' && meeting.synced_at === null)
      metrics.onTimeline({
        seconds: Math.max(0, Date.now() - meeting.accepted_at.getTime()) / 1_000,
        background: meeting.background,
      });
    if (settings.oneRecordingPerMeeting) await requeueOtherRecordings(db, key, outcome);
    return { goOn: await isConnectedAgain(db, key, outcome) };
  };

  /** @returns false if the meeting is deleted, or another pass has it */
  async function store({ row, settings }: MeetingAndSettings, input: RecordInput): Promise<boolean> {
    const { outcome, rewrites, bulk, ...key } = input;
    const ended = outcome.status === 'synced' || (outcome.status === 'skipped' && outcome.code !== 'cancelled');
    const reason = reasonOf(outcome, settings.lateMatchDays, await deletedActivities(db, key, row, outcome));
    return await saveProgress(db, key, {
      status: outcome.status,
      bulk,
      reason: await withSettings(db, key, reason),
      ...(ended ? { rewritesDone: rewrites } : {}),
    });
  }
}

/** Adds the page where an admin changes the properties that HubSpot refused. */
async function withSettings(
  db: DbPool,
  { workspaceId }: MeetingKey,
  reason: SyncReason | null,
): Promise<SyncReason | null> {
  const refusal = reason?.refusal;
  if (reason === null || refusal === undefined || refusal.properties.length === 0) return reason;
  const connection = await findConnection(db, workspaceId);
  if (connection === null) return reason;
  const { ui_domain: uiDomain, portal_id: portalId } = connection;
  const typeId = refusal.objectType === null ? null : objectTypeId(refusal.objectType);
  const properties = refusal.properties.map((property) => ({
    ...property,
    settings: propertySettingsUrl(uiDomain, portalId, typeId, property.name),
  }));
  return { ...reason, refusal: { ...refusal, properties } };
}

async function deletedActivities(
  db: DbPool,
  key: MeetingKey,
  { portal_id: portalId }: MeetingRow,
  outcome: Outcome,
): Promise<DeletedActivity[]> {
  if (!('code' in outcome) || outcome.code !== 'deleted_in_hubspot') return [];
  const rows = portalId === null ? [] : await listEngagements(db, key, portalId);
  return rows
    .filter((row) => row.deleted_at !== null)
    .toSorted((a, b) => b.kind.localeCompare(a.kind))
    .flatMap(({ joined, kind }) => (isTaskKind(kind) ? [] : [joined ? 'calendar_meeting' : kind]));
}

/** The outcome of this recording may decide which recording of the event is written. */
async function requeueOtherRecordings(db: DbPool, key: MeetingKey, outcome: Outcome): Promise<void> {
  if (outcome.status === 'synced') await requeue(db, laterRecordings(key), 'other_recording');
  if (outcome.status === 'skipped' && outcome.code !== 'recorded_twice')
    await requeue(db, recordingsThatGaveWay(key), 'other_recording');
}

/** The workspace may have connected between the failure and this record. Nothing would wake the sync then. */
async function isConnectedAgain(db: DbPool, { workspaceId }: MeetingKey, outcome: Outcome): Promise<boolean> {
  if (outcome.status !== 'needs_attention') return false;
  if (outcome.reason.code !== 'not_connected' && outcome.reason.code !== 'reauthorize') return false;
  return (await findConnection(db, workspaceId))?.state === 'connected';
}

function reasonOf(outcome: Outcome, lateMatchDays: number, missing: readonly DeletedActivity[]): SyncReason | null {
  switch (outcome.status) {
    case 'synced':
      return outcome.code === undefined ? null : reasons.deleted_in_hubspot({ missing });
    case 'waiting':
    case 'needs_attention':
      return outcome.reason;
    case 'skipped':
      switch (outcome.code) {
        case 'deleted_in_hubspot':
          return reasons.deleted_in_hubspot({ missing });
        case 'cancelled':
          return reasons.cancelled();
        default:
          return skipReason(outcome, { lateMatchDays });
      }
  }
}
