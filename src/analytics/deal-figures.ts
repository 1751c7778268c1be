import { sql, type RawBuilder } from 'kysely';
import { message } from '../languages/text';
import { UNKNOWN } from './analysed';

/**
 * Follows `analysed` (with the fact `score`) in comparisons of deals: `figures` has each deal of `linked` with its
 * current state, its meetings, and the days that it took to close.
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
 * Follows `analysed` (with the fact `people`): `people_of_deal (deal_id, people)` counts the external participants of a
 * deal's meetings, each once.
 *
 * @param among - a condition on the deals
 */
export function peopleOfDeal(among: RawBuilder<boolean> = sql`true`): RawBuilder<unknown> {
  return sql`
    people_of_deal as (
      select deal_id, count(distinct email) as people
      from (select deal_id, unnest(people) as email from linked where ${among}) as met group by deal_id
    )
  `;
}

export const CLOSING_NOTE = message(
  'Days to close are the days from HubSpot’s create date to its close date, for won and lost deals. Deals with a close date before the create date are excluded.',
);
export const PEOPLE_NOTE = message(
  'People are external participants with an e-mail address, each counted once per deal. A meeting counts from its first sync on.',
);
