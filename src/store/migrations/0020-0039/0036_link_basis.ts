import { sql, type Kysely } from 'kysely';

/**
 * What a meeting's links were computed from, as JSON. `linked_body_hash` had it as text: the hash of the content, then
 * settings as JSON on lines of their own. Processes of the previous version still write that column until they are
 * replaced, so a trigger copies it, and a later migration drops it.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table meetings add column link_basis jsonb;

    create function link_basis_of(basis text) returns jsonb language sql immutable as $$
      select case when basis is not null then jsonb_build_object(
        'bodyHash', split_part(basis, e'\\n', 1),
        'openDealsOnly', coalesce(deals -> 0, 'false'), 'dealPipelines', coalesce(deals -> 1, '[]'),
        'maxDeals', coalesce(others -> 0, 'null'), 'customObjectTypes', coalesce(others -> 1, '[]')
      ) end
      from (
        select nullif(split_part(basis, e'\\n', 2), '')::jsonb as deals, nullif(split_part(basis, e'\\n', 3), '')::jsonb as others
      ) as lines
    $$;

    update meetings set link_basis = link_basis_of(linked_body_hash) where linked_body_hash is not null;

    create function copy_link_basis() returns trigger language plpgsql as $$
    begin
      new.link_basis := link_basis_of(new.linked_body_hash);
      return new;
    end
    $$;
    create trigger meetings_link_basis before update of linked_body_hash on meetings
      for each row execute function copy_link_basis();
  `.execute(db);
}
