import { READ_BY_THIS_PASS } from '../../connection/open-crm';
import type { Crm } from '../../hubspot/crm';
import type { RecordRef } from '../../meeting/linking/cascade';
import { isTaskKind } from '../../meeting/tasks/steps';
import { associationWarning, WARNING_STEP } from '../../meeting/warnings/pass-warnings';
import { unlessTypeRefused } from '../../planning/refused-types';
import type { Db } from '../../store/database';
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
import { savePassWarnings } from '../../store/meetings/warnings';
import type { ActivityDependencies } from '../dependencies';
import {
  decideAssociations,
  decideClaims,
  inOrder,
  refusedByRecord,
  type RefusedAssociation,
} from './decide-associations';
import { AssociationRemover, type ActivityRef } from './remove-association';

/**
 * How the activities' associations changed. `refused`: associations that HubSpot refused; the others exist all the
 * same.
 */
export interface AssociateResult {
  readonly added: number;
  readonly removed: number;
  readonly refused: number;
}

/** One activity of the meeting that HubSpot has. */
interface Activity extends ActivityRef {
  readonly db: Db;
  readonly crm: Crm;
  readonly key: EngagementKey;
}

type Change =
  | { readonly change: 'added' | 'removed' | 'gone' }
  | { readonly change: 'refused'; readonly refusal: RefusedAssociation };

/**
 * Brings the associations of both activities to those that are due: adds missing ones and removes those of ours that
 * are no longer due. It never touches associations that others made in HubSpot, and does not restore those that a
 * person deleted there. Each refusal by HubSpot becomes a warning. A record that takes neither activity counts as not
 * linked.
 */
export function associate({ db, gateway }: ActivityDependencies) {
  return async (meetingKey: MeetingKey): Promise<AssociateResult> => {
    const { crm, portalId } = await gateway.connect(meetingKey.workspaceId, READ_BY_THIS_PASS);
    const links = await listLinks(db, meetingKey, portalId);
    const due = links.filter((link) => link.refused === null);
    const activities = await existingActivities(db, crm, meetingKey, portalId);
    const outcomes = (await Promise.all(activities.map((activity) => associateOne(activity, due)))).flat();
    // Successful changes are recorded by now. The next attempt repeats the others.
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const changes = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
    const refused = changes.flatMap((one) => (one.change === 'refused' ? [one.refusal] : []));
    const others = activities.filter(({ key }) => !isTaskKind(key.kind)).length;
    await recordRefusals(db, meetingKey, portalId, refused, others);
    const count = (change: Change['change']) => changes.filter((one) => one.change === change).length;
    return { added: count('added'), removed: count('removed'), refused: refused.length };
  };
}

async function existingActivities(db: Db, crm: Crm, meetingKey: MeetingKey, portalId: number): Promise<Activity[]> {
  const engagements = await listEngagements(db, meetingKey, portalId);
  return engagements.flatMap(({ kind, object_type: objectType, hubspot_id: hubspotId, deleted_at: deletedAt }) =>
    hubspotId === null || deletedAt !== null
      ? []
      : [{ db, crm, key: { ...meetingKey, portalId, kind }, objectType, hubspotId }],
  );
}

async function associateOne(activity: Activity, due: readonly RecordRef[]): Promise<PromiseSettledResult<Change>[]> {
  const { db, crm, key } = activity;
  const { missing, unfinished, surplus } = decideAssociations(await listAssociations(db, key), due);
  const remover = new AssociationRemover(crm, findDeletedOrMerged(db, key.portalId), activity, due);
  const claimed = await claim(activity, missing, () => movedTo(surplus, remover));
  return await Promise.allSettled([
    ...[...claimed, ...unfinished].map((record) => add(activity, record)),
    ...surplus.map((record) => remove(activity, record, remover)),
  ]);
}

/**
 * Records which associations will be ours before they are made. Those that exist already belong to others, and if this
 * attempt dies in between, the next one must not mistake ours for theirs.
 *
 * @param moved - the records to which merges moved our associations
 * @returns those of `missing` whose associations are ours
 */
async function claim(
  activity: Activity,
  missing: readonly RecordRef[],
  moved: () => Promise<readonly RecordRef[]>,
): Promise<RecordRef[]> {
  if (missing.length === 0) return [];
  const types = [...new Set(missing.map((record) => record.objectType))];
  const existing = (await Promise.all(types.map((type) => associatedOf(activity, type)))).flat();
  const ours = decideClaims(missing, existing, await moved());
  await addAssociations(activity.db, activity.key, ours, { pending: true });
  return ours;
}

/** The current ids of the records whose association is about to be removed. */
async function movedTo(surplus: readonly OwnAssociation[], remover: AssociationRemover): Promise<RecordRef[]> {
  const now = await Promise.all(
    surplus.map(async (record) => ({ objectType: record.objectType, id: await remover.currentId(record) })),
  );
  return now.flatMap(({ objectType, id }) => (id === null ? [] : [{ objectType, id }]));
}

async function add({ db, crm, key, objectType, hubspotId }: Activity, record: RecordRef): Promise<Change> {
  const associations = crm.associations(objectType, record.objectType);
  const { refused } = await unlessTypeRefused(
    record.objectType,
    () => associations.associate({ fromId: hubspotId, toId: record.id }),
    (message) => ({ refused: message }),
  );
  await (refused === null ? addAssociations : removeAssociations)(db, key, [record]);
  return refused === null
    ? { change: 'added' }
    : { change: 'refused', refusal: { kind: key.kind, record, message: refused } };
}

async function remove({ db, key }: Activity, record: OwnAssociation, remover: AssociationRemover): Promise<Change> {
  const change = await remover.remove(record);
  await (change === 'gone' ? keepGoneAssociations : removeAssociations)(db, key, [record]);
  return { change };
}

async function recordRefusals(
  db: Db,
  key: MeetingKey,
  portalId: number,
  refused: readonly RefusedAssociation[],
  activities: number,
): Promise<void> {
  const byRecord = refusedByRecord(refused, activities);
  await Promise.all(byRecord.map(({ record, message }) => refuseLink(db, key, portalId, record, message)));
  const warnings = inOrder(refused).map(({ kind, record, message }) =>
    associationWarning(isTaskKind(kind) ? 'tasks' : kind, record, message),
  );
  await savePassWarnings(db, key, WARNING_STEP.associations, warnings);
}

/**
 * Lists the associated records. Empty for a custom type that HubSpot does not show; making the association then reports
 * why.
 */
async function associatedOf({ crm, objectType, hubspotId }: Activity, type: string): Promise<RecordRef[]> {
  const ids = await unlessTypeRefused(
    type,
    () => crm.associations(objectType, type).of(hubspotId),
    () => [],
  );
  return ids.map((id) => ({ objectType: type, id }));
}
