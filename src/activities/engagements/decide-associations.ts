import { compareRecords, recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { OwnAssociation } from '../../store/engagements/engagement-associations';
import { isTaskKind } from '../../meeting/tasks/steps';
import type { EngagementKind } from '../../store/engagements/tables';

/** What to change in one activity's associations. */
export interface AssociationChanges {
  /** Due, and not ours so far. They may exist in HubSpot, made by others. */
  readonly missing: readonly RecordRef[];
  /** Ours and due, but HubSpot may not have them: their request was not answered, or their record was deleted. */
  readonly unfinished: readonly OwnAssociation[];
  /** Ours and no longer due. */
  readonly surplus: readonly OwnAssociation[];
}

/**
 * Decides which associations to add, to repeat and to remove.
 *
 * @param ours - the activity's associations that we made
 * @param due - the records that it should be associated with
 */
export function decideAssociations(ours: readonly OwnAssociation[], due: readonly RecordRef[]): AssociationChanges {
  const surplus = without(ours, due);
  return {
    missing: without(due, ours),
    unfinished: without(ours, surplus).filter(({ pending, gone }) => pending || gone),
    surplus,
  };
}

/**
 * Selects the missing associations that become ours. One that exists in HubSpot belongs to others, unless a merge moved
 * an association of ours to its record.
 *
 * @param existing - the records that HubSpot associates with the activity
 * @param moved - the records that our surplus associations are with now
 */
export function decideClaims(
  missing: readonly RecordRef[],
  existing: readonly RecordRef[],
  moved: readonly RecordRef[],
): RecordRef[] {
  return without(missing, without(existing, moved));
}

/** An association that HubSpot refused, and HubSpot's message. */
export interface RefusedAssociation {
  readonly kind: EngagementKind;
  readonly record: RecordRef;
  readonly message: string;
}

/**
 * Selects one refusal for each record that refused all of the meeting's activities, and so is not linked. A record that
 * takes one of two activities stays linked, because that activity is on its timeline. Tasks do not count.
 *
 * @param activities - the number of activities that are no tasks
 */
export function refusedByRecord(refused: readonly RefusedAssociation[], activities: number): RefusedAssociation[] {
  const ofActivities = refused.filter(({ kind }) => !isTaskKind(kind));
  return [...Map.groupBy(ofActivities, ({ record }) => recordKey(record)).values()]
    .filter((refusals) => refusals.length === activities)
    .flatMap(([first]) => first ?? []);
}

/** Sorts refusals by record, the summary's before the notes', and the first of the tasks' last. */
export function inOrder(refused: readonly RefusedAssociation[]): RefusedAssociation[] {
  const ofTasks = Map.groupBy(
    refused.filter(({ kind }) => isTaskKind(kind)),
    ({ record }) => recordKey(record),
  );
  const first = new Set([...ofTasks.values()].map(([refusal]) => refusal));
  return refused
    .filter((refusal) => !isTaskKind(refusal.kind) || first.has(refusal))
    .toSorted((a, b) => compareRecords(a.record, b.record) || rankOf(a.kind) - rankOf(b.kind));
}

function rankOf(kind: EngagementKind): number {
  return kind === 'summary' ? 0 : kind === 'notes' ? 1 : 2;
}

function without<Ref extends RecordRef>(records: readonly Ref[], others: readonly RecordRef[]): Ref[] {
  const excluded = new Set(others.map(recordKey));
  return records.filter((record) => !excluded.has(recordKey(record)));
}
