import { randomUUID } from 'node:crypto';
import type { ConnectedCrm } from '../../connection/open-crm';
import { recogniser, type ActivityContent } from '../../hubspot/activities';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import { textsOf } from '../../hubspot/edited-properties';
import { HubSpotError, isRejected } from '../../hubspot/client/errors';
import { namesProperty } from '../../hubspot/extras';
import { SEND_WITHIN_MS } from '../../hubspot/objects';
import { BudgetExhaustedError } from '../../hubspot/client/limiter';
import { NotSentError } from '../../hubspot/client/portal';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { requeue, theMeeting } from '../../store/meetings/requeue';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { deleteEngagement, markUnanswered, markWriting } from '../../store/engagements/ledger';
import { dropLink, renameLink } from '../../store/meetings/links';
import type { ActivityDependencies } from '../dependencies';
import { notSettled, type SentIdentity } from './recover';

/**
 * HubSpot documents no limit for inline associations. Up to this many go with the create; the others follow in batches.
 */
const MAX_INLINE = 50;
/** How many records are tried one at a time if HubSpot refuses some association and does not name it. */
const TRIED_ALONE = 3;

/** A successful create, and the associations that went with it. */
export interface CreatedEngagement {
  readonly record: CrmRecord;
  readonly associations: readonly RecordRef[];
  /** The claim under which the ledger has these associations. */
  readonly claim: string;
}

/**
 * Creates an activity with its associations in one call. The ledger says `writing` from before the request leaves until
 * its outcome is known. The mark is cleared if certainly nothing was created.
 *
 * A refusal that names a property is thrown at once. HubSpot refuses the whole create if one of its associations cannot
 * be made. Deleted records are then excluded. If an admin's limit is reached, the activity is created with one record,
 * and the others follow one by one.
 *
 * @throws `HubSpotError`; if its outcome is unknown, the ledger still says `writing`
 * @throws `NotSettledError` if another attempt has begun or finished a create in the meantime
 */
export async function createEngagement(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  key: EngagementKey,
  identity: SentIdentity,
  content: ActivityContent,
  links: readonly RecordRef[],
): Promise<CreatedEngagement> {
  const { db, timeScale } = dependencies;
  const objectTypes = links.map((link) => link.objectType);
  const types = await connected.crm.associationTypes(content.objectType, objectTypes);
  const inline = links.filter((link) => types.has(link.objectType)).slice(0, MAX_INLINE);
  let refusal = await attempt(inline);
  if (!(refusal instanceof HubSpotError)) return refusal;
  if (namesProperty(refusal, content.properties)) throw refusal;
  const present = await presentRecords(dependencies, connected, key, inline);
  // Links that such a record led to may no longer be due, and its participant may match other records. Its event does
  // not request a pass of this meeting, because the link is gone by then.
  if (!sameRecords(present, inline)) await requeue(db, theMeeting(key), 'hubspot_changed');
  for (const associations of [present, ...present.slice(0, TRIED_ALONE).map((link) => [link])]) {
    if (associations.length === 0 || sameRecords(associations, inline)) continue;
    // oxlint-disable-next-line no-await-in-loop -- the next is tried only when this one is refused
    const created = await attempt(associations);
    if (!(created instanceof HubSpotError)) return created;
    if (namesProperty(created, content.properties)) throw created;
    refusal = created;
  }
  throw refusal;

  /** @returns the refusal if HubSpot refused these associations or properties; throws everything else */
  async function attempt(associations: readonly RecordRef[]): Promise<CreatedEngagement | HubSpotError> {
    const { objectType } = content;
    const { recordingUrl, startedAt } = identity;
    const sending = textsOf(content.properties);
    // Counted from before the mark in the ledger: a process that stalls in between must not send a create that others
    // gave up.
    const sendBefore = Date.now() + SEND_WITHIN_MS;
    const claim = await markWriting(db, key, {
      objectType,
      associations,
      recordingUrl,
      startedAt,
      sending,
    });
    if (claim === null) throw notSettled(timeScale);
    try {
      const record = await connected.crm.objects(objectType).create({
        properties: content.properties,
        associations: associations.flatMap((to) => {
          const type = types.get(to.objectType);
          return type === undefined ? [] : [{ id: to.id, type }];
        }),
        traceId: randomUUID(),
        recognise: recogniser({ kind: key.kind, recordingUrl, startedAt, sending }),
        sendBefore,
      });
      return { record, associations, claim };
    } catch (error) {
      if (surelyNotApplied(error)) await deleteEngagement(db, key, { claim, hubspot_id: null });
      else await markUnanswered(db, key, claim);
      if (isRejected(error)) return error;
      throw error;
    }
  }
}

/** The current records. Deleted ones leave the meeting's links; merged ones continue under their new id. */
async function presentRecords(
  { db }: ActivityDependencies,
  { crm }: ConnectedCrm,
  key: EngagementKey,
  links: readonly RecordRef[],
): Promise<RecordRef[]> {
  const present = await Promise.all(
    links.map(async (link): Promise<RecordRef[]> => {
      const record = await crm.objects(link.objectType).read(link.id);
      if (record?.id === link.id) return [link];
      if (record === null) {
        await dropLink(db, key, key.portalId, link);
        return [];
      }
      await renameLink(db, key, key.portalId, link, record.id);
      return [{ objectType: link.objectType, id: record.id }];
    }),
  );
  return [...new Map(present.flat().map((link) => [recordKey(link), link])).values()];
}

function sameRecords(a: readonly RecordRef[], b: readonly RecordRef[]): boolean {
  return a.length === b.length && a.every((record) => b.some((other) => recordKey(other) === recordKey(record)));
}

function surelyNotApplied(error: unknown): boolean {
  if (error instanceof NotSentError || error instanceof BudgetExhaustedError) return true;
  return error instanceof HubSpotError && (error.failure.kind !== 'retry' || error.failure.applied === 'no');
}
