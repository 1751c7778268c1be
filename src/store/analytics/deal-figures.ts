import { sql, type RawBuilder } from 'kysely';
import { UNKNOWN } from './analysed';
import type { Scope } from './report';

/**
 * What follows `analysed` (with the fact `score`) where deals are compared:
 *
 * - `met (deal_id, meeting_id, started_at, score)`: each looked-at meeting with each of its deals, once.
 * - `figures`: each of these deals as it stands today, with its meetings, and the days that it took to close.
 */
export const dealFigures: RawBuilder<unknown> = sql`
  met as materialized (
    select paired.deal_id, scoped.meeting_id, scoped.started_at, scoped.score from paired join scoped using (meeting_id)
  ), meetings_of_deal as (
    select deal_id, count(*) as meetings, avg(score) as score, min(started_at) as first_at, max(started_at) as last_at
    from met group by deal_id
  ), figures as (
    select deal_id, name, coalesce(outcome, ${UNKNOWN}) as outcome, coalesce(pipeline_key, ${UNKNOWN}) as pipeline_key,
      coalesce(stage_key, ${UNKNOWN}) as stage_key, coalesce(archived, false) as archived, pipeline_id, stage_id, properties,
      meetings, score, first_at, last_at,
      case when outcome in ('won', 'lost') and record_closed_at >= record_created_at then
        extract(epoch from record_closed_at - record_created_at)::float8 / 86400
      end as days_to_close
    from meetings_of_deal left join deals using (deal_id)
  )
`;

/**
 * Besides {@link dealFigures}: `people_of_deal (deal_id, people)`, how many from outside took part in a deal's meetings,
 * each once.
 *
 * @param among - only of these deals
 */
export function peopleOfDeal({ workspaceId }: Scope, among: RawBuilder<boolean> = sql`true`): RawBuilder<unknown> {
  return sql`
    people_of_deal as (
      select met.deal_id, count(distinct participant.email) as people
      from met join meeting_participants as participant
        on participant.workspace_id = ${workspaceId} and participant.meeting_id = met.meeting_id
      where ${among} group by met.deal_id
    )
  `;
}

export const CLOSING_NOTE =
  'Days to close run from the creation of a deal to its close date, for won and lost deals, as HubSpot has them. A deal with a close date before its creation has none.';
export const PEOPLE_NOTE =
  'People are those from outside with an e-mail address who took part, each once a deal, known since the meeting was first synced.';
