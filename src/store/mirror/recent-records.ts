import { sql } from 'kysely';
import type { Db } from '../database';

/** The number of newest meetings that are searched. Records that a person wants to link again are linked to recent ones. */
const MEETINGS_LOOKED_AT = 300;

/**
 * The mirrored records of one type that the workspace's newest meetings are linked to, the most recent first.
 *
 * @param text - only records with this text in one of their values; "" for all
 */
export async function recentLinked(
  db: Db,
  { workspaceId, portalId, objectType }: { workspaceId: string; portalId: number; objectType: string },
  text: string,
  limit: number,
): Promise<{ id: string; properties: Record<string, string | null> }[]> {
  const { rows } = await sql<{ record_id: string; properties: Record<string, string | null> }>`
    with newest as (
      select workspace_id, meeting_id, accepted_at from meetings
      where workspace_id = ${workspaceId}
      order by accepted_at desc, meeting_id desc
      limit ${MEETINGS_LOOKED_AT}
    ), linked as (
      select record_id, max(accepted_at) as last_at
      from newest join links using (workspace_id, meeting_id)
      where portal_id = ${portalId} and object_type = ${objectType} and refused is null
      group by record_id
    )
    select record_id, properties
    from linked join crm_records using (record_id)
    where portal_id = ${portalId} and object_type = ${objectType} and properties is not null and not archived
      and (${text} = '' or exists (
        select from jsonb_each_text(properties) as property where strpos(lower(property.value), lower(${text})) > 0
      ))
    order by last_at desc, record_id
    limit ${limit}
  `.execute(db);
  return rows.map((row) => ({ id: row.record_id, properties: row.properties }));
}

/** @returns a function that names a stage and its pipeline, as in "Contract Sent · Sales Pipeline", or null if unknown */
export async function stageLabels(
  db: Db,
  portalId: number,
  objectType: string,
): Promise<(pipelineId: string | null, stageId: string | null) => string | null> {
  const { rows } = await sql<{ pipeline_id: string; pipeline: string; stage_id: string | null; stage: string | null }>`
    select pipeline_id, pipeline.label as pipeline, stage_id, stage.label as stage
    from crm_pipelines as pipeline left join crm_stages as stage using (portal_id, object_type, pipeline_id)
    where portal_id = ${portalId} and object_type = ${objectType}
  `.execute(db);
  return (pipelineId, stageId) => {
    const ofPipeline = rows.filter((row) => row.pipeline_id === pipelineId);
    const stage = ofPipeline.find((row) => row.stage_id === stageId)?.stage;
    return [stage, ofPipeline[0]?.pipeline].filter(Boolean).join(' · ') || null;
  };
}
