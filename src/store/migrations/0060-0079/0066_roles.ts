import { sql, type Kysely } from 'kysely';

/**
 * Roles of members, scopes and expiry of API keys, and who created a key. Everything that exists may do everything, as
 * before. Defaults stay, because servers of the version before go on inserting during an upgrade.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    alter table members
      add column role text not null default 'admin' check (role in ('viewer', 'operator', 'admin'));

    -- A key is limited by the member or the key that created it, and by both in a member's session of a key's link.
    alter table api_keys
      add column scopes text[] not null default '{read,meetings:write,admin}'
        check (scopes <@ '{read,meetings:write,admin}' and cardinality(scopes) > 0),
      add column expires_at timestamptz,
      add column maker_member uuid references members on delete set null,
      add column maker_key uuid references api_keys on delete set null;
    create index api_keys_by_maker_member on api_keys (maker_member);
    create index api_keys_by_maker_key on api_keys (maker_key);

    -- Until now, only the name of the creator was stored. The first origin is the key itself, or that of its link.
    update api_keys set maker_member = members.id from members
    where members.workspace_id = api_keys.workspace_id
      and api_keys.made_by = case
        when members.name is null then members.email
        else members.name || ' (' || members.email || ')'
      end;
    update api_keys set maker_key = makers.id from api_keys makers
    where makers.id = coalesce(api_keys.made_by_keys[1], api_keys.made_by_key)
      and (api_keys.made_by like 'API key "%' or api_keys.made_by like 'a person via API key "%');
  `.execute(db);
}
