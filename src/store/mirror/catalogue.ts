import { sql, type Selectable } from 'kysely';
import type { CustomObjectType, Owner, Pipeline } from '../../meeting/crm-types';
import { stageProperties } from '../../meeting/record-names';
import type { Db, DbPool } from '../database';
import type { Database } from '../schema';

/** The catalogue of a portal as read from HubSpot. A part that could not be read is null, and its stored rows stay. */
export interface Catalogue {
  /** Pipelines by object type. The stored pipelines of types that are not named here stay. */
  readonly pipelines: ReadonlyMap<string, readonly Pipeline[]>;
  readonly objectTypes: readonly CustomObjectType[] | null;
  /** `complete` means that stored owners that are missing here no longer exist. */
  readonly owners: { readonly owners: readonly Owner[]; readonly complete: boolean } | null;
}

/** Stores a portal's pipelines, stages, custom object types and owners in one transaction. */
export async function saveCatalogue(db: DbPool, portalId: number, catalogue: Catalogue): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    // Two concurrent transactions would delete the same rows and then both insert them.
    await sql`select pg_advisory_xact_lock(hashtext(${`catalogue:${portalId}`}))`.execute(transaction);
    for (const [objectType, pipelines] of catalogue.pipelines)
      await replacePipelines(transaction, portalId, objectType, pipelines);
    if (catalogue.objectTypes !== null) await replaceObjectTypes(transaction, portalId, catalogue.objectTypes);
    if (catalogue.owners !== null) await saveOwners(transaction, portalId, catalogue.owners);
    const values = {
      read_at: sql<Date>`now()`,
      ...(catalogue.objectTypes === null ? {} : { object_types_known: true }),
    };
    await transaction
      .insertInto('crm_catalogues')
      .values({ portal_id: portalId, object_types_known: catalogue.objectTypes !== null, read_at: sql<Date>`now()` })
      .onConflict((conflict) => conflict.column('portal_id').doUpdateSet(values))
      .execute();
  });
}

async function replacePipelines(
  db: Db,
  portalId: number,
  objectType: string,
  pipelines: readonly Pipeline[],
): Promise<void> {
  const of = { portal_id: portalId, object_type: objectType };
  await db
    .deleteFrom('crm_stages')
    .where((where) => where.and(of))
    .execute();
  await db
    .deleteFrom('crm_pipelines')
    .where((where) => where.and(of))
    .execute();
  if (pipelines.length === 0) return;
  await db
    .insertInto('crm_pipelines')
    .values(pipelines.map(({ id, label, position }) => ({ ...of, pipeline_id: id, label, position })))
    .execute();
  const stages = pipelines.flatMap((pipeline) =>
    pipeline.stages.map(({ id, label, position, isClosed, probability }) => ({
      ...of,
      pipeline_id: pipeline.id,
      stage_id: id,
      label,
      position,
      is_closed: isClosed,
      probability,
    })),
  );
  if (stages.length > 0) await db.insertInto('crm_stages').values(stages).execute();
}

async function replaceObjectTypes(db: Db, portalId: number, types: readonly CustomObjectType[]): Promise<void> {
  await db.deleteFrom('crm_object_types').where('portal_id', '=', portalId).execute();
  if (types.length === 0) return;
  await db
    .insertInto('crm_object_types')
    .values(
      types.map(({ objectType, singular, plural, primaryProperty, properties }) => ({
        portal_id: portalId,
        object_type: objectType,
        singular,
        plural,
        primary_property: primaryProperty,
        properties: [...properties],
      })),
    )
    .execute();
}

async function saveOwners(
  db: Db,
  portalId: number,
  { owners, complete }: NonNullable<Catalogue['owners']>,
): Promise<void> {
  // A reactivated owner is briefly in both of HubSpot's lists; the active entry counts.
  const byId = new Map([...owners].toSorted((a, b) => Number(b.archived) - Number(a.archived)).map((o) => [o.id, o]));
  const all = [...byId.values()];
  if (complete) await db.deleteFrom('crm_owners').where('portal_id', '=', portalId).execute();
  await sql`
    insert into crm_owners (portal_id, owner_id, email, name, archived)
    select ${portalId}, * from unnest(
      ${all.map((owner) => owner.id)}::text[], ${all.map((owner) => owner.email)}::text[],
      ${all.map((owner) => owner.name)}::text[], ${all.map((owner) => owner.archived)}::boolean[]
    ) as owner (owner_id, email, name, archived)
    on conflict (portal_id, owner_id) do update
      set email = excluded.email, name = excluded.name, archived = excluded.archived
  `.execute(db);
}

/** A custom object type in the catalogue. */
export type KnownObjectType = Selectable<Database['crm_object_types']>;

/** @returns the portal's custom object types by name, or null while the list has never been read completely */
export async function knownObjectTypes(db: Db, portalId: number): Promise<KnownObjectType[] | null> {
  const catalogue = await db
    .selectFrom('crm_catalogues')
    .select('object_types_known')
    .where('portal_id', '=', portalId)
    .executeTakeFirst();
  if (catalogue?.object_types_known !== true) return null;
  return await objectTypes(db, portalId);
}

/** The known custom object types of the portal, by name. The list may be incomplete. */
export async function objectTypes(db: Db, portalId: number): Promise<KnownObjectType[]> {
  return await db
    .selectFrom('crm_object_types')
    .selectAll()
    .where('portal_id', '=', portalId)
    .orderBy('plural')
    .orderBy('object_type')
    .execute();
}

/** The age of the portal's catalogue in milliseconds by the database's clock, or null when it was never read. */
export async function catalogueAgeMs(db: Db, portalId: number): Promise<number | null> {
  const row = await db
    .selectFrom('crm_catalogues')
    .select(sql<number>`(extract(epoch from clock_timestamp() - read_at) * 1000)::float8`.as('age_ms'))
    .where('portal_id', '=', portalId)
    .executeTakeFirst();
  return row?.age_ms ?? null;
}

/** The parts of a record that refer to the catalogue. */
export interface CataloguedRecord {
  readonly objectType: string;
  readonly properties: Readonly<Record<string, string | null>>;
}

/** Whether one of the records refers to a stage, an owner or a custom object type that is missing in the catalogue. */
export async function namesUnknown(db: Db, portalId: number, records: readonly CataloguedRecord[]): Promise<boolean> {
  const stages = distinct(
    records.flatMap(({ objectType, properties }) => {
      const at = stageProperties(objectType);
      const [pipeline, stage] = at === null ? [null, null] : [properties[at.pipeline], properties[at.stage]];
      return pipeline && stage ? [JSON.stringify([objectType, pipeline, stage])] : [];
    }),
  ).map((text): string[] => JSON.parse(text));
  const owners = distinct(records.flatMap(({ properties }) => properties['hubspot_owner_id'] || []));
  const types = distinct(records.map(({ objectType }) => objectType).filter((type) => type.startsWith('2-')));
  if (stages.length + owners.length + types.length === 0) return false;
  const { rows } = await sql<{ unknown: boolean }>`
    select exists (
      select from unnest(${stages.map(([type]) => type)}::text[], ${stages.map(([, id]) => id)}::text[], ${stages.map(([, , id]) => id)}::text[]) as named (object_type, pipeline_id, stage_id)
      where not exists (
        select from crm_stages as known where known.portal_id = ${portalId} and known.object_type = named.object_type
          and known.pipeline_id = named.pipeline_id and known.stage_id = named.stage_id
      )
    ) or exists (
      select from unnest(${owners}::text[]) as named (owner_id)
      where not exists (select from crm_owners as known where known.portal_id = ${portalId} and known.owner_id = named.owner_id)
    ) or exists (
      select from unnest(${types}::text[]) as named (object_type)
      where not exists (select from crm_object_types as known where known.portal_id = ${portalId} and known.object_type = named.object_type)
    ) as unknown
  `.execute(db);
  return rows[0]?.unknown ?? false;
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
