import { createHash } from 'node:crypto';
import type { ConnectedCrm } from '../../connection/open-crm';
import { notesActivity, summaryActivity, summaryTypeOf, type ActivityContent } from '../../hubspot/activities';
import { HubSpotError } from '../../hubspot/client/errors';
import { isAboutAssociations } from '../../hubspot/extras';
import type { Written } from '../../meeting/pass';
import { associationWarning, extraWarning, WARNING_STEP } from '../../meeting/pass-warnings';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import type { SummaryType } from '../../meeting/settings';
import type { Warning } from '../../meeting/warnings';
import { renderSummary } from '../../meeting/content/summary-body';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { findEngagement, forgetEngagement, markDeleted, recordCreated } from '../../store/engagements/ledger';
import { listLinks } from '../../store/meetings/links';
import type { MeetingKey } from '../../store/meetings/key';
import type { EngagementKind } from '../../store/engagements/tables';
import { loadSettings } from '../../store/settings/settings';
import { savePassWarnings } from '../../store/meetings/warnings';
import { joinCalendarMeeting, partOfSummary } from './calendar-meeting';
import { createEngagement } from './create';
import { leavingOutExtras } from './leave-out-extras';
import { loadMeeting, ownerOf, type ActivityDependencies } from '../dependencies';
import { removeActivity } from './remove-activity';
import { notSettled, settled, settleEngagement, urlOf, type SettledEngagement } from './recover';
import { answeredTo, forgetEdits, staysForItsEdits, updateEngagement } from './update';

/** The state of one meeting's activity at the start of an attempt. */
interface Attempt {
  readonly connected: ConnectedCrm;
  readonly key: EngagementKey;
  readonly meeting: ProcessedMeeting;
  readonly ownerId: string | null;
  /** Filled if no record takes the notes. */
  readonly unplaced: Warning[];
}

/**
 * Brings one activity to its current content, exactly once: creates, adopts or updates it, or joins a calendar meeting.
 */
export function writeEngagement(dependencies: ActivityDependencies, kind: EngagementKind) {
  const { db } = dependencies;

  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }> => {
    const connected = await dependencies.gateway.connect(meetingKey.workspaceId);
    const key: EngagementKey = { ...meetingKey, portalId: connected.portalId, kind };
    const meeting = await loadMeeting(dependencies, meetingKey);
    const { ownerId } = await ownerOf(dependencies, connected, meeting.host.email);
    const attempt: Attempt = { connected, key, meeting, ownerId, unplaced: [] };
    const written = await writeAttempt(attempt, rewrite);
    if (kind === 'notes') await savePassWarnings(db, key, WARNING_STEP.unplaced, attempt.unplaced);
    return { written };
  };

  async function writeAttempt(attempt: Attempt, rewrite: boolean): Promise<Written> {
    const there = await settleEngagement(dependencies, attempt.connected, attempt.key, attempt.meeting);
    if (there === null) return await make(attempt, rewrite);
    return await (there.row.joined ? keepJoined : keep)(attempt, there, rewrite);
  }

  async function make(attempt: Attempt, rewrite: boolean): Promise<Written> {
    const { connected, key, meeting } = attempt;
    const settings = await loadSettings(db, key.workspaceId);
    if (kind === 'summary' && settings.joinCalendarMeeting) {
      const hubspotId = await joinCalendarMeeting(dependencies, connected, key, meeting);
      if (hubspotId !== null) {
        const joined = await findEngagement(db, key);
        if (joined === null) throw notSettled(dependencies.timeScale);
        const written = await put(attempt, settled(joined), { again: false });
        if (written !== 'deleted') return written;
        await forgetEngagement(db, key, { claim: null, hubspot_id: hubspotId });
        throw notSettled(dependencies.timeScale);
      }
    }
    const content = contentOf(attempt, settings.summaryType);
    return content === null ? 'none' : await write(attempt, content, rewrite, (some) => place(attempt, some));
  }

  /** Updates an activity of our own. It keeps its type even if the settings have changed. */
  async function keep(attempt: Attempt, there: SettledEngagement, rewrite: boolean): Promise<Written> {
    const { connected, key } = attempt;
    const { row } = there;
    const content = contentOf(attempt, summaryTypeOf(row.object_type));
    if (content === null) return await takeBack(connected, key, there);
    if (row.deleted_at !== null && !rewrite) return 'deleted';
    const written = await write(attempt, content, rewrite, async (some) => {
      const contentHash = hashOf(some);
      if (there.contentHash === contentHash && !rewrite) return 'unchanged';
      const update = { there, contentHash, wanted: () => some.properties };
      if ((await updateEngagement(dependencies, connected, key, update)) === 'gone') return 'gone';
      return there.contentHash === null ? 'adopted' : 'updated';
    });
    return written === 'gone' ? await afterDeletion(attempt, there, rewrite) : written;
  }

  /**
   * Writes content without the extras that HubSpot refuses. The hash covers what was written, so the next pass tries
   * all.
   */
  async function write<Result extends Written | 'gone'>(
    { connected, key }: Attempt,
    content: ActivityContent,
    rewrite: boolean,
    attemptWith: (content: ActivityContent) => Promise<Result>,
  ): Promise<Result> {
    const options = {
      tryAll: rewrite,
      wrote: (result: Result) => result !== 'unchanged' && result !== 'gone' && result !== 'none',
    };
    const { result, leftOut } = await leavingOutExtras(connected.crm, content, options, attemptWith);
    const warnings = leftOut.map((extra) => extraWarning(kind, extra));
    await savePassWarnings(db, key, WARNING_STEP.extras[kind], warnings);
    return result;
  }

  /** Updates a calendar meeting that contains our part. */
  async function keepJoined(attempt: Attempt, there: SettledEngagement, rewrite: boolean): Promise<Written> {
    const { row, contentHash } = there;
    if (row.deleted_at !== null && !rewrite) return 'deleted';
    if (contentHash === partHashOf(attempt.meeting) && !rewrite) return 'unchanged';
    const written = await put(attempt, there, { again: contentHash !== null && !rewrite });
    // If it was deleted before it contained anything of ours, no one removed our part.
    return written === 'deleted' ? await afterDeletion(attempt, there, rewrite || contentHash === null) : written;
  }

  async function put(
    { connected, key, meeting }: Attempt,
    there: SettledEngagement,
    options: { readonly again: boolean },
  ): Promise<Written> {
    const update = { there, contentHash: partHashOf(meeting), ...partOfSummary(meeting, options) };
    return (await updateEngagement(dependencies, connected, key, update)) === 'gone' ? 'deleted' : 'joined';
  }

  async function afterDeletion(attempt: Attempt, { row }: SettledEngagement, recreate: boolean): Promise<Written> {
    if (!recreate) {
      await markDeleted(db, attempt.key, row);
      return 'deleted';
    }
    await forgetEngagement(db, attempt.key, row);
    await forgetEdits(dependencies, attempt.key);
    return await make(attempt, recreate);
  }

  /** Skips notes that no record takes: the Meeting Summary is what matters about a meeting. */
  async function place(attempt: Attempt, content: ActivityContent): Promise<Written> {
    try {
      return await create(attempt, content);
    } catch (error) {
      if (kind === 'summary' || !(error instanceof HubSpotError) || !isAboutAssociations(error)) throw error;
      const links = await listLinks(db, attempt.key, attempt.key.portalId);
      attempt.unplaced.push(...links.map((link) => associationWarning(kind, link, error.words)));
      return 'none';
    }
  }

  async function create({ connected, key, meeting }: Attempt, content: ActivityContent): Promise<Written> {
    const { objectType } = content;
    const links = await listLinks(db, key, key.portalId);
    const { record, associations } = await createEngagement(dependencies, connected, key, meeting, content, links);
    const created = {
      objectType,
      associations,
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
    throw notSettled(dependencies.timeScale);
  }

  async function takeBack(connected: ConnectedCrm, key: EngagementKey, there: SettledEngagement): Promise<Written> {
    if (await staysForItsEdits(dependencies, connected, key, there)) return 'unchanged';
    await removeActivity(dependencies, connected, key, there);
    await forgetEngagement(db, key, there.row);
    return 'taken_back';
  }

  function contentOf({ meeting, ownerId }: Attempt, summaryType: SummaryType): ActivityContent | null {
    return kind === 'summary' ? summaryActivity(meeting, ownerId, summaryType) : notesActivity(meeting, ownerId);
  }
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
