import { BudgetExhaustedError } from '../hubspot/client/limiter';
import { linksBeyond, type PreviewedChange, type SettingsPreview } from '../meeting/preview';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import { changedSettings, type Settings, type SettingsPatch } from '../meeting/settings';
import { skipReason } from '../meeting/skips';
import type { MeetingKey } from '../store/meetings/key';
import { findDeletedOrMerged } from '../store/mirror/mirror';
import { newestMeetings } from '../store/meetings/newest-meetings';
import { isRecordedTwice } from '../store/meetings/same-event';
import { loadSettings } from '../store/settings/settings';
import { loadPlanInput } from './input';
import { planMeeting } from './plan';
import { previewedActivities, type PreviewDependencies } from './preview';
import { boundedReader, HubSpotReader, TooMuchToReadError, type CrmReader } from './reader';

const MEETINGS = 10;
/**
 * Limits for one meeting. HubSpot's searches are the bottleneck: a few addresses or domains each, three searches a
 * second. Records and associations are read by the hundred. All ten meetings together stay below what the limiter lets
 * a person wait for.
 */
const LIMITS = { matches: 40, records: 1_000 };

/**
 * Returns what a change of settings would do to the workspace's newest ten meetings at their next sync. It compares the
 * plans with the present and with the changed settings, from the same reads of HubSpot. Nothing is written.
 *
 * @throws the gateway's errors: `NotConnectedError`, `HubSpotError`, `BudgetExhaustedError` …
 */
export async function previewSettings(
  dependencies: PreviewDependencies,
  workspaceId: string,
  patch: SettingsPatch,
): Promise<SettingsPreview> {
  const { db, gateway } = dependencies;
  const { crm, portalId } = await gateway.connect(workspaceId);
  const [before, newest] = await Promise.all([
    loadSettings(db, workspaceId),
    newestMeetings(db, workspaceId, MEETINGS),
  ]);
  const after = changedSettings(before, patch);
  const reader = new HubSpotReader(crm, findDeletedOrMerged(db, portalId));
  const outcomes = await Promise.allSettled(
    newest.map(({ meetingId }) =>
      changeOf(dependencies, { workspaceId, meetingId }, portalId, reader, { before, after }),
    ),
  );
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const grave = failures.find((error) => !isTooMuch(error));
  if (grave !== undefined) throw grave;
  if (failures.length > 0 && failures.length === newest.length && failures[0] instanceof BudgetExhaustedError)
    throw failures[0];
  return {
    meetings: newest.flatMap(({ meetingId, title, startedAt }, index) => {
      const outcome = outcomes[index];
      const change = outcome?.status === 'fulfilled' ? outcome.value : UNCHECKED;
      return change === null ? [] : [{ meetingId, title, startedAt: startedAt.toISOString(), ...change }];
    }),
  };
}

type Change = Omit<PreviewedChange, 'meetingId' | 'title' | 'startedAt'>;

const UNCHECKED: Change = {
  checked: false,
  writtenBefore: false,
  writtenAfter: false,
  reason: null,
  coming: [],
  going: [],
  contactsToCreate: 0,
  rewritten: false,
};

/** Null for a meeting that was deleted in the meantime. */
async function changeOf(
  { db }: PreviewDependencies,
  key: MeetingKey,
  portalId: number,
  reader: CrmReader,
  settings: { readonly before: Settings; readonly after: Settings },
): Promise<Change | null> {
  const input = await loadPlanInput(db, key, portalId, settings.before);
  if (input === null) return null;
  const recordedTwice = await isRecordedTwice(db, key);
  const [before, after] = await Promise.all([
    planMeeting(boundedReader(reader, LIMITS), input, recordedTwice),
    planMeeting(boundedReader(reader, LIMITS), { ...input, settings: settings.after }, recordedTwice),
  ]);
  const { skip } = after;
  return {
    checked: true,
    writtenBefore: before.skip === null,
    writtenAfter: skip === null,
    reason: skip === null ? null : skipReason(skip, settings.after),
    coming: linksBeyond(after.links, before.links),
    going: linksBeyond(before.links, after.links),
    contactsToCreate: after.toCreate.length,
    rewritten: textsOf(input.meeting, settings.before) !== textsOf(input.meeting, settings.after),
  };
}

function textsOf(meeting: ProcessedMeeting, settings: Settings): string {
  return JSON.stringify(previewedActivities(meeting, settings));
}

function isTooMuch(error: unknown): boolean {
  return error instanceof TooMuchToReadError || error instanceof BudgetExhaustedError;
}
