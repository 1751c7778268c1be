import { sql, type RawBuilder } from 'kysely';
import { message } from '../languages/text';
import { contextConditions } from './context-groups';
import { all, meetingsOfRecord } from './links';
import type { Scope } from './report';

/** Keys of groups without an id in HubSpot. HubSpot's ids contain no parentheses. */
export const NO_DEAL = '(none)';
export const UNKNOWN = '(unknown)';
export const ARCHIVED = '(archived)';

/** Chains of merges are followed this far. A record with a longer chain, or a circular one, has an unknown target. */
const MOST_MERGES = 20;

/** The current outcome of a deal. The last three do not come from HubSpot. */
export type DealOutcome = 'won' | 'lost' | 'open' | typeof ARCHIVED | typeof UNKNOWN | typeof NO_DEAL;

/** English; the value is the outcome. A word such as “Open” has another translation as a verb. */
export const OUTCOME_NAME = message('{outcome, select, won {Won} lost {Lost} other {Open}}');

/** With their names in English. */
export const OUTCOMES: readonly (readonly [DealOutcome, string])[] = [
  ['won', OUTCOME_NAME],
  ['lost', OUTCOME_NAME],
  ['open', OUTCOME_NAME],
  [ARCHIVED, message('Archived in HubSpot')],
  [UNKNOWN, message('Not known yet')],
  [NO_DEAL, message('No deal')],
];

/**
 * The common table expressions at the head of every report's statement. PostgreSQL runs only those that the rest reads.
 *
 * - `merges (object_type, record_id, target, elders)`: merged records with their final target; `elders` are the earlier
 *   rows with the same target.
 * - `deals`: the account's deals with their outcome, `pipeline_key` and `stage_key`.
 * - `scoped (meeting_id, started_at, …)`: the meetings that match the filters. Includes skipped ones only on request.
 * - `linked (meeting_id, started_at, …, deal_id)`: each of these with each linked deal, once. Follows merges, excludes
 *   refused links, and respects the filters by pipeline and stage.
 * - `paired`: the same with the deal's outcome, `pipeline_key` and `stage_key`.
 *
 * Every part is restricted to the workspace or to the account that it is connected to.
 *
 * @param options - `facts`: additional columns of `meeting_facts`; `skipped`: include skipped meetings (`@default
 *   false`)
 */
export function analysed(
  scope: Scope,
  { facts = [], skipped = false }: { readonly facts?: readonly string[]; readonly skipped?: boolean } = {},
): RawBuilder<unknown> {
  const { workspaceId, portalId, filters } = scope;
  const ofDeals = filters.pipeline !== undefined || filters.stage !== undefined;
  const columns = sql.join(
    ['meeting_id', 'started_at', 'deal_ids', 'deal_portals', ...facts].map((column) => sql.ref(column)),
    sql`, `,
  );
  return sql`
    with recursive ${mergesOf(scope)}, ${dealsOfAccount(scope)}, chosen as not materialized (
      select ${columns} from meeting_facts as fact
      where fact.workspace_id = ${workspaceId} and ${skipped ? sql`true` : sql`not fact.skipped`} and ${filtered(scope)}
    ), linked as (
      select ${columns}, coalesce(merges.target, link.record_id) as deal_id
      from (
        select ${columns}, unnest(deal_ids) as record_id, unnest(deal_portals) as portal_id from chosen
      ) as link left join merges on merges.object_type = 'deals' and merges.record_id = link.record_id
      where link.portal_id = ${portalId}::bigint and (merges.target is null or not exists (
        select from unnest(deal_ids, deal_portals) as other (record_id, portal_id)
        where other.portal_id = ${portalId}::bigint and other.record_id = any (merges.elders || merges.target)
      )) and ${ofDeals ? sql`coalesce(merges.target, link.record_id) in (select deal_id from deals where ${dealsOf(scope)})` : sql`true`}
    ), paired as (
      select linked.*, coalesce(outcome, ${UNKNOWN}) as outcome,
        coalesce(pipeline_key, ${UNKNOWN}) as pipeline_key, coalesce(stage_key, ${UNKNOWN}) as stage_key
      from linked left join deals using (deal_id)
    ), scoped as ${
      ofDeals
        ? sql`materialized (select * from chosen where meeting_id in (select meeting_id from linked))`
        : sql`not materialized (select * from chosen)`
    }
  `;
}

/** Merged records with their final target. A chain of merges is followed row by row. */
function mergesOf({ portalId }: Scope): RawBuilder<unknown> {
  return sql`
    merging (object_type, record_id, target, step) as (
      select object_type, record_id, merged_into, 1 from crm_records
      where portal_id = ${portalId}::bigint and merged_into <> record_id
      union all
      select merging.object_type, merging.record_id, next.merged_into, step + 1
      from merging join crm_records as next
        on next.portal_id = ${portalId}::bigint and next.object_type = merging.object_type and next.record_id = merging.target
      where next.merged_into <> next.record_id and step < ${MOST_MERGES}
    ), merges as materialized (
      select object_type, record_id, target, array_agg(record_id) over (
        partition by object_type, target order by record_id rows between unbounded preceding and 1 preceding
      ) as elders
      from (
        select distinct on (object_type, record_id) object_type, record_id, target, step
        from merging order by object_type, record_id, step desc
      ) as ends
      where step < ${MOST_MERGES}
    )
  `;
}

/** The account's deals. Their stage says whether they are closed when HubSpot has not calculated it yet. */
function dealsOfAccount({ portalId }: Scope): RawBuilder<unknown> {
  return sql`
    deals as not materialized (
      select
        record_id as deal_id, nullif(properties ->> 'dealname', '') as name, archived, outcome, properties, record_created_at, record_closed_at,
        case when outcome in (${ARCHIVED}, ${UNKNOWN}) then outcome when pipeline_id is null then ${UNKNOWN} else pipeline_id end as pipeline_key,
        case when outcome in (${ARCHIVED}, ${UNKNOWN}) then outcome when pipeline_id is null or stage_id is null then ${UNKNOWN} else pipeline_id || '/' || stage_id end as stage_key,
        pipeline_id, stage_id
      from (
        select record.*,
          case
            when record.archived then ${ARCHIVED}
            when record.properties is null then ${UNKNOWN}
            when record.is_won then 'won'
            when coalesce(record.is_closed, stage.is_closed) then
              case when record.is_won is null and stage.probability = 1 then 'won' else 'lost' end
            else 'open'
          end as outcome
        from crm_records as record left join crm_stages as stage
          on stage.portal_id = record.portal_id and stage.object_type = 'deals'
            and stage.pipeline_id = record.pipeline_id and stage.stage_id = record.stage_id
        where record.portal_id = ${portalId}::bigint and record.object_type = 'deals' and record.merged_into is null
      ) as known
    )
  `;
}

/** The filters by pipeline and stage as a condition on `deals`. */
export function dealsOf({ filters: { pipeline, stage } }: Scope): RawBuilder<boolean> {
  return all([
    pipeline === undefined ? null : sql`deals.pipeline_id = ${pipeline}`,
    stage === undefined ? null : sql`deals.stage_id = ${stage}`,
  ]);
}

/** Whether a meeting of `scoped` is linked to no deal of the account. */
export function withoutDeals({ portalId }: Scope): RawBuilder<boolean> {
  return sql`(${portalId}::bigint = any (deal_portals)) is not true`;
}

/** All filters except those by deal. */
function filtered(scope: Scope): RawBuilder<boolean> {
  const { begins, ends, filters } = scope;
  const { owner, company, object } = filters;
  const [objectType = '', recordId = ''] = object?.split('/') ?? [];
  return all([
    begins === null ? null : sql`fact.started_at >= ${begins}`,
    ends === null ? null : sql`fact.started_at < ${ends}`,
    owner === undefined ? null : sql`fact.host_email = ${owner}`,
    company === undefined ? null : sql`fact.meeting_id in (${meetingsOfRecord(scope, 'companies', company)})`,
    object === undefined ? null : sql`fact.meeting_id in (${meetingsOfRecord(scope, objectType, recordId)})`,
    ...contextConditions(scope),
  ]);
}
