import { sql, type Kysely } from 'kysely';

/** Associations of the mirrored records, and the names of pipelines, stages, object types and owners. */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    -- In the direction in which the cascade reads them: from contacts, from companies, and to custom objects; never from
    -- a deal to contacts or companies.
    create table crm_associations (
      portal_id bigint not null,
      from_object_type text not null,
      from_record_id text not null,
      to_object_type text not null,
      to_record_id text not null,
      primary key (portal_id, from_object_type, from_record_id, to_object_type, to_record_id)
    );
    create index crm_associations_by_to on crm_associations (portal_id, to_object_type, to_record_id);

    create table crm_pipelines (
      portal_id bigint not null,
      object_type text not null,
      pipeline_id text not null,
      label text not null,
      position int not null,
      primary key (portal_id, object_type, pipeline_id)
    );

    create table crm_stages (
      portal_id bigint not null,
      object_type text not null,
      pipeline_id text not null,
      stage_id text not null,
      label text not null,
      position int not null,
      is_closed boolean not null,
      probability double precision,
      primary key (portal_id, object_type, pipeline_id, stage_id)
    );

    create table crm_object_types (
      portal_id bigint not null,
      object_type text not null,
      singular text not null,
      plural text not null,
      primary_property text,
      primary key (portal_id, object_type)
    );

    create table crm_owners (
      portal_id bigint not null,
      owner_id text not null,
      email text,
      name text,
      archived boolean not null default false,
      primary key (portal_id, owner_id)
    );
  `.execute(db);
}
