import { sql, type RawBuilder } from 'kysely';
import { analysed, UNKNOWN } from './analysed';
import type { Scope } from './report';

/**
 * After {@link analysed}: `figures`, one row for each deal that a looked-at meeting is linked to, with its meetings, the
 * people from outside who took part in them, and for closed deals the days from HubSpot's `createdate` to its
 * `closedate`; and `attended (meeting_id, deal_id, email)`, who was in which of them.
 */
export function dealFigures(scope: Scope): RawBuilder<unknown> {
  return sql`
    ${analysed(scope, { facts: ['score'] })},
    met as (
      select paired.deal_id, scoped.meeting_id, scoped.started_at, scoped.score
      from paired join scoped using (meeting_id)
    ), attended as (
      select met.meeting_id, met.deal_id, participant.email
      from met join meeting_participants as participant
        on participant.workspace_id = ${scope.workspaceId} and participant.meeting_id = met.meeting_id
    ), meetings_of_deal as (
      select deal_id, count(*) as meetings, avg(score) as score, min(started_at) as first_at, max(started_at) as last_at
      from met group by deal_id
    ), people_of_deal as (
      select deal_id, count(*) as people from (select distinct deal_id, email from attended) as once group by deal_id
    ), figures as (
      select deal_id, name, coalesce(outcome, ${UNKNOWN}) as outcome, coalesce(pipeline_key, ${UNKNOWN}) as pipeline_key,
        coalesce(stage_key, ${UNKNOWN}) as stage_key, coalesce(archived, false) as archived, properties,
        meetings, score, first_at, last_at, coalesce(people, 0) as people,
        case when outcome in ('won', 'lost') then
          extract(epoch from crm_time(properties ->> 'closedate') - crm_time(properties ->> 'createdate'))::float8 / 86400
        end as days_to_close
      from meetings_of_deal left join people_of_deal using (deal_id) left join deals using (deal_id)
    )
  `;
}

export const CLOSING_NOTE =
  'Days to close run from the creation of a deal to its close date, for won and lost deals, as HubSpot has them.';
export const PEOPLE_NOTE =
  'People are those from outside with an e-mail address who took part, each once a deal, known since the meeting was first synced.';
