import { sql, type RawBuilder } from 'kysely';
import { UNKNOWN } from './analysed';

/**
 * What follows `analysed` (with the fact `score`) where deals are compared: `figures`, each deal of `linked` as it stands
 * today, with its meetings, and the days that it took to close.
 */
export const dealFigures: RawBuilder<unknown> = sql`
  meetings_of_deal as (
    select deal_id, count(*) as meetings, avg(score) as score, min(started_at) as first_at, max(started_at) as last_at
    from linked group by deal_id
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
 * After `analysed` (with the fact `people`): `people_of_deal (deal_id, people)`, how many from outside took part in a
 * deal's meetings, each once.
 *
 * @param among - only of these deals
 */
export function peopleOfDeal(among: RawBuilder<boolean> = sql`true`): RawBuilder<unknown> {
  return sql`
    people_of_deal as (
      select deal_id, count(distinct email) as people
      from (select deal_id, unnest(people) as email from linked where ${among}) as met group by deal_id
    )
  `;
}

export const CLOSING_NOTE =
  'Days to close run from the creation of a deal to its close date, for won and lost deals, as HubSpot has them. A deal with a close date before its creation has none.';
export const PEOPLE_NOTE =
  'People are those from outside with an e-mail address who took part, each once a deal, known since the meeting was first synced.';
