import { sql } from 'kysely';
import type { RecordRef } from '../meeting/linking/cascade';
import { industry, lifecycleStage, type ContextProperty } from './context-groups';
import { objectTypes } from '../store/mirror/catalogue';
import type { Db } from '../store/database';

/** A host by whom reports can be filtered. */
export interface ChoosableOwner {
  /** Lower case. */
  readonly email: string;
  readonly name: string | null;
}

/** A pipeline and its stages, in the account's order. */
export interface ChoosablePipeline {
  readonly id: string;
  readonly label: string;
  readonly stages: readonly { readonly id: string; readonly label: string }[];
}

/** The values of filters that this workspace offers. {@link findLinkedRecords} finds records. */
export interface AnalyticsChoices {
  readonly owners: readonly ChoosableOwner[];
  readonly pipelines: readonly ChoosablePipeline[];
  /** Whether the account has custom object types. */
  readonly customObjects: boolean;
  readonly industries: readonly ChoosableValue[];
  readonly lifecycleStages: readonly ChoosableValue[];
}

/** A value of a property that a record in the mirror has. */
export interface ChoosableValue {
  readonly value: string;
  readonly name: string;
}

/** A form cannot use a longer list. Other owners can be set in the URL. */
const MOST_OWNERS = 500;
const MOST_VALUES = 500;

/** The values that the filters offer. @param portalId - the account that the workspace is connected to */
export async function analyticsChoices(
  db: Db,
  workspaceId: string,
  portalId: number | null,
): Promise<AnalyticsChoices> {
  const [owners, pipelines, types, industries, lifecycleStages] = await Promise.all([
    ownersOf(db, workspaceId),
    portalId === null ? [] : pipelinesOf(db, portalId),
    portalId === null ? [] : objectTypes(db, portalId),
    portalId === null ? [] : valuesOf(db, portalId, industry),
    portalId === null ? [] : valuesOf(db, portalId, lifecycleStage),
  ]);
  return { owners, pipelines, customObjects: types.length > 0, industries, lifecycleStages };
}

/** The values that the account's mirrored records have, by name. */
async function valuesOf(
  db: Db,
  portalId: number,
  { objectType, value, nameOf }: ContextProperty,
): Promise<ChoosableValue[]> {
  const { rows } = await sql<{ value: string }>`
    select distinct value from (
      select ${value} as value from crm_records as record
      where portal_id = ${portalId} and object_type = ${objectType} and not archived and merged_into is null
    ) as known where value is not null limit ${MOST_VALUES}
  `.execute(db);
  return rows
    .map((row) => ({ value: row.value, name: nameOf(row.value, row.value) }))
    .toSorted((a, b) => a.name.localeCompare(b.name, 'en'));
}

async function ownersOf(db: Db, workspaceId: string): Promise<ChoosableOwner[]> {
  const { rows } = await sql<ChoosableOwner>`
    select email, name from (
      select host_email as email, max(host_name collate "C") as name, count(*) as meetings
      from meeting_facts where workspace_id = ${workspaceId} group by host_email
      order by meetings desc, email limit ${MOST_OWNERS}
    ) as hosts order by lower(coalesce(name, email)), email
  `.execute(db);
  return rows;
}

async function pipelinesOf(db: Db, portalId: number): Promise<ChoosablePipeline[]> {
  const { rows } = await sql<{ id: string; label: string; stage_id: string | null; stage: string | null }>`
    select pipeline_id as id, pipeline.label, stage_id, stage.label as stage
    from crm_pipelines as pipeline left join crm_stages as stage using (portal_id, object_type, pipeline_id)
    where portal_id = ${portalId} and object_type = 'deals'
    order by pipeline.position, pipeline_id, stage.position, stage_id
  `.execute(db);
  return [...new Map(rows.map(({ id, label }) => [id, label]))].map(([id, label]) => ({
    id,
    label,
    stages: rows.flatMap((row) =>
      row.id === id && row.stage_id !== null ? [{ id: row.stage_id, label: row.stage ?? row.stage_id }] : [],
    ),
  }));
}

/** A record that a meeting is linked to. */
export interface LinkedRecord extends RecordRef {
  readonly properties: Readonly<Record<string, string | null>>;
}

/**
 * Searches companies or custom objects: by a part of a company's name or domain, or of a custom object's primary
 * display property. Finds only records that a meeting of the workspace is linked to, sorted by name.
 *
 * @param scope - `objectType`: `companies`, or `custom` for all custom object types
 */
export async function findLinkedRecords(
  db: Db,
  { workspaceId, portalId, objectType }: { workspaceId: string; portalId: number; objectType: 'companies' | 'custom' },
  text: string,
  limit: number,
): Promise<LinkedRecord[]> {
  const type = sql.ref('record.object_type');
  const { rows } = await sql<{ object_type: string; record_id: string; properties: Record<string, string | null> }>`
    select object_type, record_id, properties from (
      select record.object_type, record_id, record.properties,
        ${objectType === 'companies' ? sql`concat_ws(' ', record.properties ->> 'name', record.properties ->> 'domain')` : sql`record.properties ->> primary_property`} as called
      from crm_records as record left join crm_object_types as type using (portal_id, object_type)
      where portal_id = ${portalId} and merged_into is null and record.properties is not null
        and ${objectType === 'companies' ? sql`${type} = 'companies'` : sql`${type} like '2-%'`}
    ) as named
    where strpos(lower(called), lower(${text})) > 0 and exists (
      select from links where links.workspace_id = ${workspaceId} and links.portal_id = ${portalId}
        and links.object_type = named.object_type and links.record_id = named.record_id and links.refused is null
    )
    order by lower(called), record_id limit ${limit}
  `.execute(db);
  return rows.map((row) => ({ objectType: row.object_type, id: row.record_id, properties: row.properties }));
}
