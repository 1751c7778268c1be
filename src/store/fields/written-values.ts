import type { RecordRef } from '../../meeting/linking/cascade';
import type { Db } from '../database';
import { ACCEPTED_VALUE } from './candidates';

/** A value that a meeting wrote to a property of a record. */
export interface WrittenValue {
  /** The property's name for people. */
  readonly label: string;
  readonly value: string;
  readonly meetingId: string;
}

/** More would make the card in HubSpot hard to read. */
const MOST = 20;

/** The values that meetings wrote to a record, by the properties' names. */
export async function writtenValues(
  db: Db,
  {
    workspaceId,
    portalId,
    record,
  }: { readonly workspaceId: string; readonly portalId: number; readonly record: RecordRef },
): Promise<WrittenValue[]> {
  const rows = await db
    .selectFrom('field_candidates')
    .innerJoin('field_writes as written', (join) =>
      join
        .onRef('written.workspace_id', '=', 'field_candidates.workspace_id')
        .onRef('written.portal_id', '=', 'field_candidates.portal_id')
        .onRef('written.object_type', '=', 'field_candidates.object_type')
        .onRef('written.record_id', '=', 'field_candidates.record_id')
        .onRef('written.property', '=', 'field_candidates.property')
        .onRef('written.meeting_id', '=', 'field_candidates.meeting_id'),
    )
    .select([
      'written.label',
      'written.property',
      'field_candidates.value',
      'field_candidates.meeting_id',
      ACCEPTED_VALUE,
    ])
    .where('field_candidates.workspace_id', '=', workspaceId)
    .where('field_candidates.portal_id', '=', portalId)
    .where('field_candidates.object_type', '=', record.objectType)
    .where('field_candidates.record_id', '=', record.id)
    .where('field_candidates.state', '=', 'written')
    .orderBy('written.label')
    .orderBy('written.property')
    .limit(MOST)
    .execute();
  return rows.map(({ label, property, value, meeting_id: meetingId, accepted_value: accepted }) => ({
    label: label ?? property,
    value: accepted ?? value ?? '',
    meetingId,
  }));
}
