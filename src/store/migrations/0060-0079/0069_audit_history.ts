import { sql, type Kysely } from 'kysely';

/**
 * Moves the history of access and settings into the audit trail. Its sentences become actions with an object; of settings,
 * only the changed ones are kept. Addresses were not recorded.
 */
export async function up(db: Kysely<never>): Promise<void> {
  await sql`
    insert into audit_events
      (workspace_id, at, actor_kind, actor_id, actor_label, way, action, object_type, object_id, object_label, before, after)
    with history as (
      select workspace_id, changed_at as at, 0 as source, id, actor, action as sentence, null::jsonb as before, null::jsonb as after
      from access_changes
      union all
      select workspace_id, changed_at, 1, id, changed_by, null, before, after from settings_changes
    ), acted as (
      select history.*, case
        when actor like 'API key "%"' then 'key'
        when actor = 'the operator' or actor like 'the command %' then 'operator'
        when actor = 'a sign-in link' or actor like 'a person via API key "%' or actor like 'a link for an admin%' then 'session'
        else 'member'
      end as kind
      from history
    )
    select workspace_id, at, kind,
      case kind
        when 'key' then (
          select min(id::text) from api_keys as keys
          where keys.workspace_id = acted.workspace_id and 'API key "' || keys.name || '"' = actor having count(*) = 1
        )
        when 'member' then (
          select min(id::text) from members
          where members.workspace_id = acted.workspace_id
            and actor = coalesce(members.name || ' (' || members.email || ')', members.email)
          having count(*) = 1
        )
      end,
      actor, case kind when 'key' then 'api' when 'operator' then 'cli' else 'page' end,
      coalesce(known.action, case when sentence is null then 'settings.change' else 'access_change.other' end),
      case when sentence is null then null else coalesce(known.object_type, 'access') end,
      case when known.object_type in ('meeting', 'account') then found[1] end,
      case
        when sentence is null or known.object_type in ('meeting', 'account') then null
        when known.action is null then sentence
        else found[1]
      end,
      case
        when sentence is null then (
          select jsonb_object_agg(key, before -> key) from jsonb_object_keys(before || after) as key
          where before -> key is distinct from after -> key
        )
        when found[2] is not null then jsonb_build_object('origin', found[2])
      end,
      (
        select jsonb_object_agg(key, after -> key) from jsonb_object_keys(before || after) as key
        where before -> key is distinct from after -> key
      )
    from acted left join lateral (
      select pattern.action, pattern.object_type, regexp_match(sentence, pattern.pattern) as found
      from (values
        ('^created the API key "(.*)"$', 'key.create', 'key'),
        ('^revoked the API key "(.*)", created with "(.*)"$', 'key.revoke_derived', 'key'),
        ('^revoked the API key "(.*)"$', 'key.revoke', 'key'),
        ('^invited (.*)$', 'member.invite', 'member'),
        ('^removed (.*), invited with the API key "(.*)"$', 'member.remove_derived', 'member'),
        ('^removed (.*)$', 'member.remove', 'member'),
        ('^created a sign-in link for (.*)$', 'member.link', 'member'),
        ('^created a link for a HubSpot admin$', 'admin_link.create', 'admin_link'),
        ('^revoked a link for a HubSpot admin$', 'admin_link.revoke', 'admin_link'),
        ('^connected HubSpot account (\d+)$', 'connection.connect', 'account'),
        ('^disconnected HubSpot account (\d+)$', 'connection.disconnect', 'account'),
        ('^deleted the data read from HubSpot$', 'connection.delete_data', null),
        ('^deleted the meeting "(.*)"$', 'meeting.delete', 'meeting'),
        ('^signed a browser out$', 'session.end', 'session'),
        ('^signed every other browser out$', 'session.end_others', null),
        ('^signed every browser out$', 'session.end_all', null)
      ) as pattern (pattern, action, object_type)
      where sentence ~ pattern.pattern
      limit 1
    ) as known on true
    order by at, source, id
  `.execute(db);
  await sql`drop table access_changes, settings_changes`.execute(db);
}
