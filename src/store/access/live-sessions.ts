import { sql, type RawBuilder } from 'kysely';

/**
 * Whether a session has not ended. The time-outs of the workspace are compared at each use, so that a shorter one takes
 * effect at once. For statements that read the table `sessions` under its name.
 */
export function isLive(): RawBuilder<boolean> {
  return sql<boolean>`(sessions.expires_at > now() and not exists (
    select from sign_in_settings policy
    where policy.workspace_id = sessions.workspace_id and (
      sessions.created_at + make_interval(hours => case
        when sessions.member_id is null then policy.anonymous_hours
        else policy.member_hours
      end) <= now()
      or sessions.active_at + make_interval(mins => policy.idle_minutes) <= now()
    )
  ))`;
}
