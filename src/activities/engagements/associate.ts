import type { Associated } from '../../hubspot/associations';
import type { Crm } from '../../hubspot/crm';
import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import { compareRecords, isCustomType, recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { associationWarning, WARNING_STEP } from '../../meeting/pass-warnings';
import {
  addAssociations,
  keepGoneAssociations,
  listAssociations,
  removeAssociations,
  type EngagementKey,
  type OwnAssociation,
} from '../../store/engagements/engagement-associations';
import { listEngagements } from '../../store/engagements/ledger';
import { listLinks, refuseLink } from '../../store/meetings/links';
import type { MeetingKey } from '../../store/meetings/key';
import { findDeletedOrMerged } from '../../store/mirror/mirror';
import type { EngagementKind } from '../../store/engagements/tables';
import { savePassWarnings } from '../../store/meetings/warnings';
import type { ActivityDependencies } from '../dependencies';
import { takeOff, type TakeOff } from './remove-association';

/**
 * How the activities' associations changed. `refused`: associations that HubSpot refused; the others exist all the
 * same.
 */
export interface AssociateResult {
  readonly added: number;
  readonly removed: number;
  readonly refused: number;
}

/** An association that HubSpot refused, and HubSpot's message. */
interface RefusedAssociation {
  readonly kind: EngagementKind;
  readonly record: RecordRef;
  readonly said: string;
}

/**
 * Brings the associations of both activities to those that are due: adds missing ones and removes those of ours that
 * are no longer due. It never touches associations that others made in HubSpot, and does not restore those that a
 * person deleted there. Each refusal by HubSpot becomes a warning. A record that takes neither activity counts as not
 * linked.
 */
export function associate(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (meetingKey: MeetingKey): Promise<AssociateResult> => {
    const { crm, portalId } = await dependencies.gateway.connect(meetingKey.workspaceId);
    const links = await listLinks(db, meetingKey, portalId);
    const due = links.filter((link) => link.refused === null);
    const engagements = await listEngagements(db, meetingKey, portalId);
    const present = engagements.flatMap(({ hubspot_id: hubspotId, deleted_at: deletedAt, ...row }) =>
      hubspotId === null || deletedAt !== null ? [] : [{ hubspotId, kind: row.kind, objectType: row.object_type }],
    );
    const refused: RefusedAssociation[] = [];
    const results = await Promise.all(
      present.map(async ({ kind, objectType, hubspotId }) => {
        const key: EngagementKey = { ...meetingKey, portalId, kind };
        const standing = await listAssociations(db, key);
        const surplus = without(standing, due);
        const off = takeOff(crm, findDeletedOrMerged(db, portalId), { objectType, hubspotId }, due);
        const fresh = without(due, standing);
        const claimed = await claim(crm, key, { objectType, hubspotId }, fresh, () => movedTo(surplus, off));
        const unfinished = standing.filter(({ pending, gone }) => pending || gone);
        const missing = [...claimed, ...without(unfinished, surplus)];
        const changes = [
          ...missing.map(async (record) => {
            const said = await add(crm, key, { objectType, hubspotId }, record);
            if (said !== null) refused.push({ kind, record, said });
            return said === null ? 'added' : 'refused';
          }),
          ...surplus.map((record) => remove(key, record, off)),
        ];
        return await Promise.allSettled(changes);
      }),
    );
    const outcomes = results.flat();
    // Successful changes are recorded by now. The next attempt repeats the others.
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    await recordRefusals(meetingKey, portalId, refused, present.length);
    const count = (change: Change) =>
      outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value === change).length;
    return { added: count('added'), removed: count('removed'), refused: count('refused') };
  };

  /** A record that takes one of two activities stays linked, because that activity is on its timeline. */
  async function recordRefusals(
    key: MeetingKey,
    portalId: number,
    refused: readonly RefusedAssociation[],
    activities: number,
  ): Promise<void> {
    const byRecord = [...Map.groupBy(refused, ({ record }) => recordKey(record)).values()];
    const byNone = byRecord.filter((refusals) => refusals.length === activities).flatMap(([first]) => first ?? []);
    await Promise.all(byNone.map(({ record, said }) => refuseLink(db, key, portalId, record, said)));
    const sorted = refused.toSorted((a, b) => compareRecords(a.record, b.record) || b.kind.localeCompare(a.kind));
    const warnings = sorted.map(({ kind, record, said }) => associationWarning(kind, record, said));
    await savePassWarnings(db, key, WARNING_STEP.associations, warnings);
  }

  /**
   * Records which associations will be ours before they are made. Those that exist already belong to others, and if
   * this attempt dies in between, the next one must not mistake ours for theirs.
   *
   * @param moved - the records to which merges moved our associations
   * @returns those of `records` whose associations are ours
   */
  async function claim(
    crm: Crm,
    key: EngagementKey,
    activity: { readonly objectType: string; readonly hubspotId: string },
    records: readonly RecordRef[],
    moved: () => Promise<readonly RecordRef[]>,
  ): Promise<RecordRef[]> {
    if (records.length === 0) return [];
    const types = [...new Set(records.map((record) => record.objectType))];
    const standing = await Promise.all(
      types.map(async (type) => {
        const ids = await associatedOf(crm, activity, type);
        return ids.map((id) => ({ objectType: type, id }));
      }),
    );
    const others = without(standing.flat(), await moved());
    const ours = without(records, others);
    await addAssociations(db, key, ours, { pending: true });
    return ours;
  }

  /** The current ids of the records whose association is about to be removed. */
  async function movedTo(surplus: readonly OwnAssociation[], off: TakeOff): Promise<RecordRef[]> {
    const now = await Promise.all(
      surplus.map(async (record) => ({ objectType: record.objectType, id: await off.whereIs(record) })),
    );
    return now.flatMap(({ objectType, id }) => (id === null ? [] : [{ objectType, id }]));
  }

  /** @returns HubSpot's message if it refused the association; null if the association exists */
  async function add(
    crm: Crm,
    key: EngagementKey,
    { objectType, hubspotId }: { readonly objectType: string; readonly hubspotId: string },
    record: RecordRef,
  ): Promise<string | null> {
    const pair = { fromId: hubspotId, toId: record.id };
    const { refused } = await unlessTypeRefused(record.objectType, () =>
      crm.associations(objectType, record.objectType).associate(pair),
    );
    await (refused === null ? addAssociations : removeAssociations)(db, key, [record]);
    return refused;
  }

  async function remove(key: EngagementKey, record: OwnAssociation, off: TakeOff): Promise<Change> {
    const outcome = await off.take(record);
    await (outcome === 'gone' ? keepGoneAssociations : removeAssociations)(db, key, [record]);
    return outcome;
  }
}

type Change = 'added' | 'removed' | 'refused' | 'gone';

function without<Ref extends RecordRef>(records: readonly Ref[], others: readonly RecordRef[]): Ref[] {
  const excluded = new Set(others.map(recordKey));
  return records.filter((record) => !excluded.has(recordKey(record)));
}

/**
 * Lists the associated records. Empty for a custom type that HubSpot does not show; making the association then reports
 * why.
 */
async function associatedOf(
  crm: Crm,
  activity: { readonly objectType: string; readonly hubspotId: string },
  type: string,
): Promise<string[]> {
  try {
    return await crm.associations(activity.objectType, type).of(activity.hubspotId);
  } catch (error) {
    if (isCustomType(type) && isRejectedOrForbidden(error)) return [];
    throw error;
  }
}

/** A missing permission for a custom type costs only the associations with that type. */
async function unlessTypeRefused(type: string, write: () => Promise<Associated>): Promise<Associated> {
  try {
    return await write();
  } catch (error) {
    if (isCustomType(type) && isRejectedOrForbidden(error)) return { refused: error.readableMessage };
    throw error;
  }
}
