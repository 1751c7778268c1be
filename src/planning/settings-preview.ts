import type { ConnectedCrm } from '../connection/open-crm';
import { BudgetExhaustedError } from '../hubspot/client/limiter';
import { recordKey } from '../meeting/linking/cascade';
import { linksBeyond, type PreviewedChange, type SettingsPreview } from '../meeting/preview';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import { changedSettings, type SettingName, type Settings, type SettingsPatch } from '../meeting/settings';
import { skipReason } from '../meeting/skips';
import type { MeetingKey } from '../store/meetings/key';
import { findDeletedOrMerged } from '../store/mirror/mirror';
import { newestMeetings } from '../store/meetings/newest-meetings';
import { isRecordedTwice } from '../store/meetings/same-event';
import { isSinceTasks } from '../store/engagements/tasks';
import { loadSettings } from '../store/settings/settings';
import { previewFields, type MeetingToPreview } from './fields/preview-fields';
import { loadPlanInput, type PlanInput } from './input';
import { planMeeting } from './plan';
import { outcomeOf, previewedActivities, type PreviewDependencies } from './preview';
import { boundedReader, HubSpotReader, TooMuchToReadError, type CrmReader } from './reader';
import { previewTasks } from './tasks/preview-tasks';

const MEETINGS = 10;
/** A change of mappings alone changes no links, so that no search is needed. */
const MEETINGS_OF_FIELDS = 20;
const FIELD_SETTINGS = new Set<string>(['fieldMappings', 'fieldDeals'] satisfies SettingName[]);
/**
 * Limits for one meeting. HubSpot's searches are the bottleneck: a few addresses or domains each, three searches a
 * second. Records and associations are read by the hundred. All ten meetings together stay below what the limiter lets
 * a person wait for.
 */
const LIMITS = { matches: 40, records: 1_000 };

/**
 * Returns what a change of settings would do to the workspace's newest ten meetings at their next sync, or to the newest
 * twenty if only mappings change. It compares the plans with the present and with the changed settings, from the same
 * reads of HubSpot. Nothing is written.
 *
 * @throws the gateway's errors: `NotConnectedError`, `HubSpotError`, `BudgetExhaustedError` …
 */
export async function previewSettings(
  dependencies: PreviewDependencies,
  workspaceId: string,
  patch: SettingsPatch,
): Promise<SettingsPreview> {
  const { db, gateway } = dependencies;
  const connected = await gateway.connect(workspaceId);
  const { crm, portalId } = connected;
  const names = Object.keys(patch);
  const isOfFields = names.length > 0 && names.every((name) => FIELD_SETTINGS.has(name));
  const [before, newest] = await Promise.all([
    loadSettings(db, workspaceId),
    newestMeetings(db, workspaceId, isOfFields ? MEETINGS_OF_FIELDS : MEETINGS),
  ]);
  const settings = { before, after: changedSettings(before, patch), isOfFields };
  const reader = new HubSpotReader(crm, findDeletedOrMerged(db, portalId));
  const outcomes = await Promise.allSettled(
    newest.map(({ meetingId, status }) =>
      changeOf(dependencies, { workspaceId, meetingId, isSynced: status === 'synced' }, connected, reader, settings),
    ),
  );
  const failures = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const grave = failures.find((error) => !isTooMuch(error));
  if (grave !== undefined) throw grave;
  if (failures.length > 0 && failures.length === newest.length && failures[0] instanceof BudgetExhaustedError)
    throw failures[0];
  const planned = outcomes.flatMap((outcome) =>
    outcome.status === 'fulfilled' && outcome.value !== null ? [outcome.value.planned] : [],
  );
  const meetings = withinBounds(planned);
  const bounded = new Set(meetings.map(({ meetingId }) => meetingId));
  const fields = await previewFields(db, { crm, portalId }, { workspaceId, settings: settings.after, meetings });
  return {
    meetings: newest.flatMap(({ meetingId, title, startedAt }, index) => {
      const outcome = outcomes[index];
      if (outcome?.status === 'fulfilled' && outcome.value === null) return [];
      const found = outcome?.status === 'fulfilled' && bounded.has(meetingId) ? outcome.value?.change : undefined;
      const change = { ...(found ?? UNCHECKED), fields: fields.get(meetingId) ?? [] };
      return [{ meetingId, title, startedAt: startedAt.toISOString(), ...change }];
    }),
  };
}

/** The meetings whose records can be read together, the newest first. */
function withinBounds(meetings: readonly MeetingToPreview[]): MeetingToPreview[] {
  const records = new Set<string>();
  return meetings.filter(({ links }) => {
    const added = links.map(recordKey).filter((key) => !records.has(key));
    if (records.size + added.length > LIMITS.records) return false;
    for (const key of added) records.add(key);
    return true;
  });
}

type Change = Omit<PreviewedChange, 'meetingId' | 'title' | 'startedAt' | 'fields'>;

const UNCHECKED: Change = {
  checked: false,
  writtenBefore: false,
  writtenAfter: false,
  reason: null,
  coming: [],
  going: [],
  contactsToCreate: 0,
  rewritten: false,
  tasks: [],
};

const UNCHANGED: Change = { ...UNCHECKED, checked: true, writtenBefore: true, writtenAfter: true };

/** Null for a meeting that was deleted in the meantime. */
async function changeOf(
  { db }: PreviewDependencies,
  { isSynced, ...key }: MeetingKey & { readonly isSynced: boolean },
  connected: ConnectedCrm,
  reader: CrmReader,
  settings: { readonly before: Settings; readonly after: Settings; readonly isOfFields: boolean },
): Promise<{ readonly change: Change; readonly planned: MeetingToPreview } | null> {
  const { portalId } = connected;
  const input = await loadPlanInput(db, key, portalId, settings.before);
  if (input === null) return null;
  const { meeting } = input;
  if (settings.isOfFields && isSynced) {
    const links = input.stored.filter(({ refused }) => refused === null);
    return { change: UNCHANGED, planned: { meetingId: key.meetingId, meeting, links } };
  }
  const recordedTwice = await isRecordedTwice(db, key);
  const planned = planMeeting(boundedReader(reader, LIMITS), input, recordedTwice);
  const changed = { ...input, settings: settings.after };
  const [before, after] = await Promise.all([
    planned,
    settings.isOfFields ? planned : planMeeting(boundedReader(reader, LIMITS), changed, recordedTwice),
  ]);
  const { skip } = after;
  const tasks = settings.isOfFields
    ? []
    : await previewTasks(db, connected, {
        key: { ...key, portalId },
        meeting,
        settings: settings.after,
        makesNew: await makesNewTasks(db, key, input, settings),
        outcome: outcomeOf(skip),
      });
  return {
    planned: { meetingId: key.meetingId, meeting, links: skip === null ? after.links : [] },
    change: {
      checked: true,
      writtenBefore: before.skip === null,
      writtenAfter: skip === null,
      reason: skip === null ? null : skipReason(skip, settings.after),
      coming: linksBeyond(after.links, before.links),
      going: linksBeyond(before.links, after.links),
      contactsToCreate: after.toCreate.length,
      rewritten: textsOf(meeting, settings.before) !== textsOf(meeting, settings.after),
      tasks,
    },
  };
}

/** Settings that begin to make tasks make none for the meetings from before. */
async function makesNewTasks(
  db: PreviewDependencies['db'],
  { workspaceId }: MeetingKey,
  { row }: PlanInput,
  { before, after }: { readonly before: Settings; readonly after: Settings },
): Promise<boolean> {
  if (row.rewrite) return true;
  if (before.createTasks === 'off' && after.createTasks !== 'off') return false;
  return await isSinceTasks(db, workspaceId, row.posted_at);
}

function textsOf(meeting: ProcessedMeeting, settings: Settings): string {
  return JSON.stringify(previewedActivities(meeting, settings));
}

function isTooMuch(error: unknown): boolean {
  return error instanceof TooMuchToReadError || error instanceof BudgetExhaustedError;
}
