import type { Crm } from '../hubspot/crm';
import { recordKey, type RecordRef } from '../meeting/cascade';
import {
  addAssociations,
  keepGoneAssociations,
  listAssociations,
  removeAssociations,
  type EngagementKey,
  type OwnAssociation,
} from '../store/engagement-associations';
import { listEngagements } from '../store/ledger';
import { listLinks, refuseLink } from '../store/links';
import type { MeetingKey } from '../store/meetings';
import type { ActivityDependencies } from './dependencies';
import { takeOff } from './take-off';

/** How the activities' associations changed. `refused`: HubSpot refused them; the others stand all the same. */
export interface AssociateResult {
  readonly added: number;
  readonly removed: number;
  readonly refused: number;
}

/**
 * Makes the associations of both activities those that are due: adds what is missing, takes away what we put there and
 * is no longer due. What others linked in HubSpot is never touched, and what a person deleted there is left alone.
 */
export function associate(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (meetingKey: MeetingKey): Promise<AssociateResult> => {
    const { crm, portalId } = await dependencies.gateway.connect(meetingKey.workspaceId);
    const links = await listLinks(db, meetingKey, portalId);
    const due = links.filter((link) => link.refused === null);
    const engagements = await listEngagements(db, meetingKey, portalId);
    const results = await Promise.all(
      engagements.map(
        async ({ kind, object_type: objectType, hubspot_id: hubspotId, joined, deleted_at: deletedAt }) => {
          if (hubspotId === null || deletedAt !== null) return [];
          const key: EngagementKey = { ...meetingKey, portalId, kind };
          if (joined) await claimMissing(crm, key, hubspotId, due);
          const standing = await listAssociations(db, key);
          const pending = standing.filter((record) => record.pending);
          const present = standing.filter((record) => !record.gone);
          const missing = joined ? without(pending, without(pending, due)) : without(due, present);
          const surplus = without(standing, due);
          const take = takeOff(crm, { objectType, hubspotId }, due);
          const changes = [
            ...missing.map((record) => add(crm, key, objectType, hubspotId, record)),
            ...surplus.map((record) => remove(key, record, take)),
          ];
          return await Promise.allSettled(changes);
        },
      ),
    );
    const outcomes = results.flat();
    // What went through is recorded by now; what did not is tried again by the next attempt.
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const count = (change: Change) =>
      outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === change).length;
    return { added: count('added'), removed: count('removed'), refused: count('refused') };
  };

  /**
   * Notes which associations of a person's meeting are about to be ours, before they are made: those that stand already
   * are others', and an attempt that dies in between must not take its own for theirs.
   */
  async function claimMissing(
    crm: Crm,
    key: EngagementKey,
    hubspotId: string,
    due: readonly RecordRef[],
  ): Promise<void> {
    const missing = without(due, await listAssociations(db, key));
    const types = [...new Set(missing.map((record) => record.objectType))];
    const standing = await Promise.all(
      types.map(async (type) => {
        const ids = await crm.associations('meetings', type).of(hubspotId);
        return ids.map((id) => ({ objectType: type, id }));
      }),
    );
    await addAssociations(db, key, without(missing, standing.flat()), { pending: true });
  }

  async function add(
    crm: Crm,
    key: EngagementKey,
    objectType: string,
    hubspotId: string,
    record: RecordRef,
  ): Promise<Change> {
    const { refused } = await crm
      .associations(objectType, record.objectType)
      .associate({ fromId: hubspotId, toId: record.id });
    if (refused !== null) {
      await refuseLink(db, key, key.portalId, record, refused);
      await removeAssociations(db, key, [record]);
      return 'refused';
    }
    await addAssociations(db, key, [record]);
    return 'added';
  }

  async function remove(key: EngagementKey, record: OwnAssociation, take: ReturnType<typeof takeOff>): Promise<Change> {
    const outcome = await take(record);
    await (outcome === 'gone' ? keepGoneAssociations : removeAssociations)(db, key, [record]);
    return outcome;
  }
}

type Change = 'added' | 'removed' | 'refused' | 'gone';

function without<Ref extends RecordRef>(records: readonly Ref[], others: readonly RecordRef[]): Ref[] {
  const excluded = new Set(others.map(recordKey));
  return records.filter((record) => !excluded.has(recordKey(record)));
}
