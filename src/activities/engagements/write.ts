import { createHash } from 'node:crypto';
import { READ_BY_THIS_PASS, type ConnectedCrm } from '../../connection/open-crm';
import { notesActivity, summaryActivity, summaryTypeOf, type ActivityContent } from '../../hubspot/activities';
import { HubSpotError } from '../../hubspot/client/errors';
import { isAboutAssociations } from '../../hubspot/extras';
import type { Written } from '../../meeting/pass';
import { associationWarning, extraWarning, WARNING_STEP } from '../../meeting/warnings/pass-warnings';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import type { Settings, SummaryType } from '../../meeting/settings';
import type { Warning } from '../../meeting/warnings/warnings';
import { renderSummary } from '../../meeting/content/summary-body';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { findEngagement, deleteEngagement, markDeleted, recordCreated } from '../../store/engagements/ledger';
import { listLinks } from '../../store/meetings/links';
import type { MeetingKey } from '../../store/meetings/key';
import type { EngagementKind } from '../../store/engagements/tables';
import { savePassWarnings } from '../../store/meetings/warnings';
import { joinCalendarMeeting, partOfSummary } from './calendar-meeting';
import { createEngagement } from './create';
import { decideAfterDeletion, decideUpdate, decideWrite, wasWrittenBefore } from './decide-write';
import { droppingExtras } from './drop-extras';
import { loadMeeting, ownerOf, type ActivityDependencies, type LoadedMeeting } from '../dependencies';
import { removeActivity } from './remove-activity';
import { notSettled, settled, settleEngagement, urlOf, type SettledEngagement } from './recover';
import { answeredTo, forgetEdits, staysForItsEdits, updateEngagement } from './update';

/** One attempt to bring one activity to its current content. */
interface WriteAttempt {
  readonly dependencies: ActivityDependencies;
  readonly connected: ConnectedCrm;
  readonly key: EngagementKey;
  readonly meeting: ProcessedMeeting;
  readonly settings: Settings;
  readonly warnings: LoadedMeeting['warnings'];
  readonly ownerId: string | null;
  /** Write it although nothing changed here. */
  readonly rewrite: boolean;
  /** Receives a warning if HubSpot accepts no record for the notes. */
  readonly unplaced: Warning[];
}

/**
 * Brings one activity to its current content, exactly once: creates, adopts or updates it, or joins a calendar meeting.
 */
export function writeEngagement(dependencies: ActivityDependencies, kind: EngagementKind) {
  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }> => {
    const connected = await dependencies.gateway.connect(meetingKey.workspaceId, READ_BY_THIS_PASS);
    const key: EngagementKey = { ...meetingKey, portalId: connected.portalId, kind };
    const { meeting, settings, warnings } = await loadMeeting(dependencies, meetingKey);
    const { ownerId } = await ownerOf(dependencies, connected, meeting.host.email);
    const unplaced: Warning[] = [];
    const written = await write({
      dependencies,
      connected,
      key,
      meeting,
      settings,
      warnings,
      ownerId,
      rewrite,
      unplaced,
    });
    if (kind === 'notes') await savePassWarnings(dependencies.db, key, WARNING_STEP.unplaced, unplaced, warnings);
    return { written };
  };
}

async function write(attempt: WriteAttempt): Promise<Written> {
  const existing = await settleEngagement(attempt.dependencies, attempt.connected, attempt.key, attempt.meeting);
  // An existing activity keeps its type even if the settings have changed.
  const content = existing === null ? null : contentOf(attempt, summaryTypeOf(existing.row.object_type));
  const action = decideWrite(existing, content, attempt.rewrite);
  switch (action.do) {
    case 'createOrJoin':
      return await createOrJoin(attempt);
    case 'update':
      return await update(attempt, action.existing, action.content);
    case 'updateJoined':
      return await updateJoined(attempt, action.existing);
    case 'remove':
      return await remove(attempt, action.existing);
    case 'leaveDeleted':
      return 'deleted';
  }
}

async function createOrJoin(attempt: WriteAttempt): Promise<Written> {
  const { dependencies, connected, key, meeting, settings } = attempt;
  const { db, timeScale } = dependencies;
  if (key.kind === 'summary' && settings.joinCalendarMeeting) {
    const hubspotId = await joinCalendarMeeting(dependencies, connected, key, meeting);
    if (hubspotId !== null) {
      const joined = await findEngagement(db, key);
      if (joined === null) throw notSettled(timeScale);
      if ((await writePart(attempt, settled(joined), { wasWrittenBefore: false })) === 'updated') return 'joined';
      await deleteEngagement(db, key, { claim: null, hubspot_id: hubspotId });
      throw notSettled(timeScale);
    }
  }
  const content = contentOf(attempt, settings.summaryType);
  return content === null ? 'none' : await writeDroppingExtras(attempt, content, (some) => createOrSkip(attempt, some));
}

async function update(attempt: WriteAttempt, existing: SettledEngagement, content: ActivityContent): Promise<Written> {
  const { dependencies, connected, key, rewrite } = attempt;
  const written = await writeDroppingExtras(attempt, content, async (some) => {
    const contentHash = hashOf(some);
    const decided = decideUpdate(existing, contentHash, rewrite);
    if (decided === 'unchanged') return decided;
    const change = { existing, contentHash, wanted: () => some.properties };
    return (await updateEngagement(dependencies, connected, key, change)) === 'gone' ? 'gone' : decided;
  });
  return written === 'gone' ? await afterDeletion(attempt, existing) : written;
}

/** Updates a calendar meeting that contains our part. */
async function updateJoined(attempt: WriteAttempt, existing: SettledEngagement): Promise<Written> {
  const { meeting, rewrite } = attempt;
  if (decideUpdate(existing, partHashOf(meeting), rewrite) === 'unchanged') return 'unchanged';
  const part = await writePart(attempt, existing, { wasWrittenBefore: wasWrittenBefore(existing, rewrite) });
  return part === 'gone' ? await afterDeletion(attempt, existing) : 'joined';
}

async function writePart(
  { dependencies, connected, key, meeting }: WriteAttempt,
  existing: SettledEngagement,
  options: { readonly wasWrittenBefore: boolean },
): Promise<'updated' | 'gone'> {
  const change = { existing, contentHash: partHashOf(meeting), ...partOfSummary(meeting, options) };
  return await updateEngagement(dependencies, connected, key, change);
}

async function afterDeletion(attempt: WriteAttempt, existing: SettledEngagement): Promise<Written> {
  const { dependencies, key, rewrite } = attempt;
  if (decideAfterDeletion(existing, rewrite) === 'markDeleted') {
    await markDeleted(dependencies.db, key, existing.row);
    return 'deleted';
  }
  await deleteEngagement(dependencies.db, key, existing.row);
  await forgetEdits(dependencies, key);
  return await createOrJoin({ ...attempt, rewrite: true });
}

async function remove(attempt: WriteAttempt, existing: SettledEngagement): Promise<Written> {
  const { dependencies, connected, key } = attempt;
  if (await staysForItsEdits(dependencies, connected, key, existing)) return 'unchanged';
  await removeActivity(dependencies, connected, key, existing);
  await deleteEngagement(dependencies.db, key, existing.row);
  return 'taken_back';
}

/**
 * Writes content without the extras that HubSpot refuses. The hash covers what was written, so the next pass tries all.
 */
async function writeDroppingExtras<Result extends Written | 'gone'>(
  { dependencies, connected, key, rewrite, warnings: known }: WriteAttempt,
  content: ActivityContent,
  writeOnce: (content: ActivityContent) => Promise<Result>,
): Promise<Result> {
  const options = {
    tryAll: rewrite,
    wrote: (result: Result) => result !== 'unchanged' && result !== 'gone' && result !== 'none',
  };
  const { result, dropped } = await droppingExtras(connected.crm, content, options, writeOnce);
  const warnings = dropped.map((extra) => extraWarning(key.kind, extra));
  await savePassWarnings(dependencies.db, key, WARNING_STEP.extras[key.kind], warnings, known);
  return result;
}

/** Skips notes that no record takes: the Meeting Summary is what matters about a meeting. */
async function createOrSkip(attempt: WriteAttempt, content: ActivityContent): Promise<Written> {
  const { dependencies, key, unplaced } = attempt;
  try {
    return await create(attempt, content);
  } catch (error) {
    if (key.kind === 'summary' || !(error instanceof HubSpotError) || !isAboutAssociations(error)) throw error;
    const links = await listLinks(dependencies.db, key, key.portalId);
    unplaced.push(...links.map((link) => associationWarning(key.kind, link, error.readableMessage)));
    return 'none';
  }
}

async function create(
  { dependencies, connected, key, meeting }: WriteAttempt,
  content: ActivityContent,
): Promise<Written> {
  const { db, timeScale } = dependencies;
  const { objectType } = content;
  const links = await listLinks(db, key, key.portalId);
  const { record, associations, claim } = await createEngagement(dependencies, connected, key, meeting, content, links);
  const created = {
    objectType,
    associations,
    claim,
    hubspotId: record.id,
    url: urlOf(connected, objectType, record),
    contentHash: hashOf(content),
    answered: await answeredTo(connected.crm.objects(objectType), content.properties, {
      known: { modified: null, values: {} },
      answer: record,
    }),
  };
  if ((await recordCreated(db, key, created)) === record.id) return 'created';
  // Another attempt took over in the meantime and its activity exists by now, so ours is a duplicate.
  await connected.crm.objects(objectType).archive(record.id);
  throw notSettled(timeScale);
}

function contentOf(attempt: WriteAttempt, summaryType: SummaryType): ActivityContent | null {
  const { key, meeting, ownerId, settings } = attempt;
  return key.kind === 'summary'
    ? summaryActivity(meeting, ownerId, summaryType)
    : notesActivity(meeting, ownerId, settings);
}

/** HubSpot cleans up bodies, so its answer is never compared. Only what we sent last is. */
function hashOf({ objectType, properties }: ActivityContent): string {
  return digest([objectType, properties]);
}

/** Hash of our part's content. It does not depend on how much room people's own text leaves. */
function partHashOf(meeting: ProcessedMeeting): string {
  return digest(['part', renderSummary(meeting).html]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
