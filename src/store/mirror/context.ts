import { sql } from 'kysely';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { ContextRecord, MeetingContext } from '../../meeting/context';
import { recordName, stageProperties } from '../../meeting/record-names';
import { objectTypes } from './catalogue';
import type { Db } from '../database';
import { listLinks } from '../meetings/links';
import { mirroredOf } from './mirror';
import { findMeeting } from '../meetings/meetings';

/** @returns the linked records with their properties, or null when the workspace has no such meeting */
export async function meetingContext(db: Db, workspaceId: string, meetingId: string): Promise<MeetingContext | null> {
  const key = { workspaceId, meetingId };
  const meeting = await findMeeting(db, key);
  if (meeting === null) return null;
  const portalId = meeting.portal_id;
  const links = portalId === null ? [] : (await listLinks(db, key, portalId)).filter((link) => link.refused === null);
  const records = portalId === null ? [] : await describeRecords(db, portalId, links);
  const of = (objectType: string) => records.filter((record) => record.objectType === objectType);
  return {
    meetingId,
    contacts: of('contacts'),
    companies: of('companies'),
    deals: of('deals'),
    customObjects: records.filter((record) => record.objectType.startsWith('2-')),
  };
}

/** The records with their stage, owner and properties, in the order of the links. */
export async function describeRecords<Link extends RecordRef>(
  db: Db,
  portalId: number,
  links: readonly Link[],
): Promise<(Link & Omit<ContextRecord, 'via'>)[]> {
  if (links.length === 0) return [];
  const [mirrored, types, among] = await Promise.all([
    mirroredOf(db, portalId, links),
    links.some((link) => link.objectType.startsWith('2-')) ? objectTypes(db, portalId) : [],
    associationsAmong(db, portalId, links),
  ]);
  const records = new Map(
    mirrored.map((record) => [recordKey({ objectType: record.object_type, id: record.record_id }), record]),
  );
  const [stages, owners] = await Promise.all([
    stageNames(db, portalId, mirrored),
    ownersOf(
      db,
      portalId,
      mirrored.flatMap(({ properties }) => properties?.['hubspot_owner_id'] || []),
    ),
  ]);
  return links.map((link) => {
    const { objectType, id } = link;
    const record = records.get(recordKey({ objectType, id }));
    const properties = record?.properties ?? null;
    const type = types.find((known) => known.object_type === objectType);
    const ownerId = properties?.['hubspot_owner_id'] || null;
    return {
      ...link,
      name: properties === null ? null : recordName(objectType, properties, type?.primary_property ?? null),
      typeName: type?.singular ?? null,
      ...stageOf(objectType, properties, stages),
      owner: ownerId === null ? null : (owners.get(ownerId) ?? { id: ownerId, name: null, email: null }),
      archived: record?.archived ?? false,
      associatedWith: among.get(recordKey({ objectType, id })) ?? [],
      properties,
      readAt: record?.read_at?.toISOString() ?? null,
    };
  });
}

interface StageRow {
  readonly object_type: string;
  readonly pipeline_id: string;
  readonly pipeline: string;
  readonly stage_id: string | null;
  readonly stage: string | null;
  readonly is_closed: boolean | null;
  readonly probability: number | null;
}

/** The pipelines and stages of the records' types, one row per stage. A pipeline without stages has one row. */
async function stageNames(
  db: Db,
  portalId: number,
  records: readonly { readonly object_type: string }[],
): Promise<StageRow[]> {
  const types = [...new Set(records.map((record) => record.object_type))].filter(
    (type) => stageProperties(type) !== null,
  );
  if (types.length === 0) return [];
  const { rows } = await sql<StageRow>`
    select object_type, pipeline_id, pipeline.label as pipeline, stage_id, stage.label as stage, is_closed, probability
    from crm_pipelines as pipeline left join crm_stages as stage using (portal_id, object_type, pipeline_id)
    where portal_id = ${portalId} and object_type = any (${types})
  `.execute(db);
  return rows;
}

function stageOf(
  objectType: string,
  properties: ContextRecord['properties'],
  stages: readonly StageRow[],
): Pick<ContextRecord, 'pipeline' | 'stage'> {
  const at = stageProperties(objectType);
  const pipelineId = at === null ? null : properties?.[at.pipeline] || null;
  const stageId = at === null ? null : properties?.[at.stage] || null;
  const ofPipeline = stages.filter((row) => row.object_type === objectType && row.pipeline_id === pipelineId);
  const stage = ofPipeline.find((row) => row.stage_id === stageId);
  return {
    pipeline: pipelineId === null ? null : { id: pipelineId, name: ofPipeline[0]?.pipeline ?? null },
    stage:
      stageId === null
        ? null
        : {
            id: stageId,
            name: stage?.stage ?? null,
            isClosed: stage?.is_closed ?? null,
            probability: stage?.probability ?? null,
          },
  };
}

async function ownersOf(
  db: Db,
  portalId: number,
  ids: readonly string[],
): Promise<Map<string, { id: string; name: string | null; email: string | null }>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('crm_owners')
    .select(['owner_id', 'name', 'email'])
    .where('portal_id', '=', portalId)
    .where('owner_id', 'in', [...new Set(ids)])
    .execute();
  return new Map(rows.map((row) => [row.owner_id, { id: row.owner_id, name: row.name, email: row.email }]));
}

/** Returns each association in both directions. The mirror stores only the direction in which the cascade read it. */
async function associationsAmong(
  db: Db,
  portalId: number,
  refs: readonly RecordRef[],
): Promise<Map<string, RecordRef[]>> {
  if (refs.length === 0) return new Map();
  const { rows } = await sql<{ from_type: string; from_id: string; to_type: string; to_id: string }>`
    with linked as (
      select * from unnest(${refs.map((ref) => ref.objectType)}::text[], ${refs.map((ref) => ref.id)}::text[]) as linked (object_type, record_id)
    )
    select from_object_type as from_type, from_record_id as from_id, to_object_type as to_type, to_record_id as to_id
    from crm_associations
    where portal_id = ${portalId}
      and (from_object_type, from_record_id) in (select object_type, record_id from linked)
      and (to_object_type, to_record_id) in (select object_type, record_id from linked)
  `.execute(db);
  const found = new Map<string, Map<string, RecordRef>>();
  const add = (from: RecordRef, to: RecordRef) => {
    const others = found.get(recordKey(from)) ?? new Map<string, RecordRef>();
    found.set(recordKey(from), others.set(recordKey(to), to));
  };
  for (const row of rows) {
    const [from, to] = [
      { objectType: row.from_type, id: row.from_id },
      { objectType: row.to_type, id: row.to_id },
    ];
    add(from, to);
    add(to, from);
  }
  // In the order of the links.
  return new Map(
    [...found].map(([key, others]) => [key, refs.flatMap((ref) => others.get(recordKey(ref)) ?? [])] as const),
  );
}
