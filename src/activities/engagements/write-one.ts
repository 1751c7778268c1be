import { createHash } from 'node:crypto';
import type { ConnectedCrm } from '../../connection/open-crm';
import { contentHash, type ActivityContent } from '../../hubspot/activities';
import type { ActivityType } from '../../hubspot/catalogue/association-types';
import { HubSpotError } from '../../hubspot/client/errors';
import { isAboutAssociations, type RefusedExtra } from '../../hubspot/extras';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { Written } from '../../meeting/pass';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { renderSummary } from '../../meeting/content/summary-body';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { findEngagement, deleteEngagement, markDeleted, recordCreated } from '../../store/engagements/ledger';
import { listLinks } from '../../store/meetings/links';
import { joinCalendarMeeting, partOfSummary } from './calendar-meeting';
import { createEngagement } from './create';
import { decideAfterDeletion, decideUpdate, decideWrite, wasWrittenBefore } from './decide-write';
import { droppingExtras } from './drop-extras';
import type { ActivityDependencies } from '../dependencies';
import { removeActivity } from './remove-activity';
import { notSettled, settled, settleEngagement, urlOf, type SentIdentity, type SettledEngagement } from './recover';
import { answeredTo, type EngagementUpdate } from './update';

/** One attempt to bring one activity to its current content. */
export interface WriteAttempt {
  readonly dependencies: ActivityDependencies;
  readonly connected: ConnectedCrm;
  readonly key: EngagementKey;
  readonly meeting: ProcessedMeeting;
  readonly identity: SentIdentity;
  /** The content that is due, for an existing activity in its own type. Null if there is none. */
  readonly content: (existing: ActivityType | null) => ActivityContent | null;
  /** Write it although nothing changed here. */
  readonly rewrite: boolean;
  /** Put it into the calendar meeting, if there is one. */
  readonly joins: boolean;
  /** What becomes of people's changes in HubSpot. */
  readonly edits: {
    /** Writes all that people did not change. @returns `gone` if a person deleted the activity, or our part in it */
    update(change: EngagementUpdate): Promise<'updated' | 'gone'>;
    /** Whether an activity without content stays, because a person changed it. */
    stays(existing: SettledEngagement): Promise<boolean>;
    /** Forgets changes of an activity that is created again. */
    forget(): Promise<void>;
  };
  readonly report: {
    /** Called after every write with the extras that HubSpot refused. */
    dropped(extras: readonly RefusedExtra[]): Promise<void>;
    /** Skips the activity if no record takes it. Absent for one that is necessary. */
    readonly unplaced?: (links: readonly RecordRef[], refusal: string) => void;
  };
}

/**
 * Brings one activity to its current content, exactly once: creates, adopts or updates it, joins a calendar meeting, or
 * removes it.
 */
export async function writeOne(attempt: WriteAttempt): Promise<Written> {
  const existing = await settleEngagement(attempt.dependencies, attempt.connected, attempt.key, attempt.identity);
  const content = existing === null ? null : attempt.content(existing.row.object_type);
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
  const { dependencies, connected, key, meeting } = attempt;
  const { db, timeScale } = dependencies;
  if (attempt.joins) {
    const hubspotId = await joinCalendarMeeting(dependencies, connected, key, meeting);
    if (hubspotId !== null) {
      const joined = await findEngagement(db, key);
      if (joined === null) throw notSettled(timeScale);
      if ((await writePart(attempt, settled(joined), { wasWrittenBefore: false })) === 'updated') return 'joined';
      await deleteEngagement(db, key, { claim: null, hubspot_id: hubspotId });
      throw notSettled(timeScale);
    }
  }
  const content = attempt.content(null);
  return content === null ? 'none' : await writeDroppingExtras(attempt, content, (some) => createOrSkip(attempt, some));
}

async function update(attempt: WriteAttempt, existing: SettledEngagement, content: ActivityContent): Promise<Written> {
  const { edits, rewrite } = attempt;
  const written = await writeDroppingExtras(attempt, content, async (some) => {
    const hash = contentHash(some);
    const decided = decideUpdate(existing, hash, rewrite);
    if (decided === 'unchanged') return decided;
    const change = { existing, contentHash: hash, wanted: () => some.properties };
    return (await edits.update(change)) === 'gone' ? 'gone' : decided;
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
  { edits, meeting }: WriteAttempt,
  existing: SettledEngagement,
  options: { readonly wasWrittenBefore: boolean },
): Promise<'updated' | 'gone'> {
  const change = { existing, contentHash: partHashOf(meeting), ...partOfSummary(meeting, options) };
  return await edits.update(change);
}

async function afterDeletion(attempt: WriteAttempt, existing: SettledEngagement): Promise<Written> {
  const { dependencies, edits, key, rewrite } = attempt;
  if (decideAfterDeletion(existing, rewrite) === 'markDeleted') {
    await markDeleted(dependencies.db, key, existing.row);
    return 'deleted';
  }
  await deleteEngagement(dependencies.db, key, existing.row);
  await edits.forget();
  return await createOrJoin({ ...attempt, rewrite: true });
}

async function remove(attempt: WriteAttempt, existing: SettledEngagement): Promise<Written> {
  const { dependencies, connected, edits, key } = attempt;
  if (await edits.stays(existing)) return 'unchanged';
  await removeActivity(dependencies, connected, key, existing);
  await deleteEngagement(dependencies.db, key, existing.row);
  return 'taken_back';
}

/**
 * Writes content without the extras that HubSpot refuses. The hash covers what was written, so the next pass tries all.
 */
async function writeDroppingExtras<Result extends Written | 'gone'>(
  { connected, rewrite, report }: WriteAttempt,
  content: ActivityContent,
  writeOnce: (content: ActivityContent) => Promise<Result>,
): Promise<Result> {
  const options = {
    tryAll: rewrite,
    wrote: (result: Result) => result !== 'unchanged' && result !== 'gone' && result !== 'none',
  };
  const { result, dropped } = await droppingExtras(connected.crm, content, options, writeOnce);
  await report.dropped(dropped);
  return result;
}

/** Skips notes that no record takes: the Meeting Summary is what matters about a meeting. */
async function createOrSkip(attempt: WriteAttempt, content: ActivityContent): Promise<Written> {
  const { dependencies, key, report } = attempt;
  try {
    return await create(attempt, content);
  } catch (error) {
    if (report.unplaced === undefined || !(error instanceof HubSpotError) || !isAboutAssociations(error)) throw error;
    const links = await listLinks(dependencies.db, key, key.portalId);
    report.unplaced(links, error.readableMessage);
    return 'none';
  }
}

async function create(
  { dependencies, connected, key, identity }: WriteAttempt,
  content: ActivityContent,
): Promise<Written> {
  const { db, timeScale } = dependencies;
  const { objectType } = content;
  const links = await listLinks(db, key, key.portalId);
  const { record, associations, claim } = await createEngagement(
    dependencies,
    connected,
    key,
    identity,
    content,
    links,
  );
  const created = {
    objectType,
    associations,
    claim,
    hubspotId: record.id,
    url: urlOf(connected, objectType, record),
    contentHash: contentHash(content),
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

/** Hash of our part's content. It does not depend on how much room people's own text leaves. */
function partHashOf(meeting: ProcessedMeeting): string {
  return createHash('sha256')
    .update(JSON.stringify(['part', renderSummary(meeting).html]))
    .digest('hex');
}
