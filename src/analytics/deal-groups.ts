import { sql, type RawBuilder } from 'kysely';
import { t } from '../languages/text';
import { ARCHIVED, NO_DEAL, OUTCOMES, UNKNOWN, withoutDeals } from './analysed';
import type { Scope } from './report';

/** The attribute by which deals are grouped. */
export type DealGrouping = 'outcome' | 'pipeline' | 'stage';

/**
 * A statement after `analysed` that selects `(meeting_id, deal_id, deal_group, …)`: each meeting with each of its deals
 * and their group, or once without a deal.
 *
 * @param facts - the same facts as those passed to `analysed`
 */
export function placedBy(scope: Scope, grouping: DealGrouping, facts: readonly string[]): RawBuilder<unknown> {
  const group = sql.ref(grouping === 'outcome' ? 'outcome' : `${grouping}_key`);
  const columns = sql.join(facts.map((fact) => sql.ref(fact)));
  return sql`
    select meeting_id, deal_id, ${group} as deal_group, ${columns} from paired
    union all
    select meeting_id, null, ${NO_DEAL}, ${columns} from scoped where ${withoutDeals(scope)}
  `;
}

const WITHOUT_ID = [ARCHIVED, UNKNOWN, NO_DEAL] as const;

/** The labels and order of groups. */
export interface DealGroups {
  readonly label: (key: string) => string;
  /** Groups that the account does not have come last. */
  readonly order: (a: string, b: string) => number;
  /** The filters by pipeline and stage that select the group; empty when it has none. */
  readonly filters: (key: string) => { readonly pipelineId?: string; readonly stageId?: string };
}

/**
 * Outcomes, or the account's pipelines or stages with their names in HubSpot. With several pipelines, the name of a
 * stage includes its pipeline.
 */
export async function dealGroups(scope: Scope, grouping: DealGrouping): Promise<DealGroups> {
  const outcomes = OUTCOMES.map(([key, name]) => [key, t(name, { outcome: key })] as const);
  if (grouping === 'outcome') return groupsOf(outcomes, grouping);
  const special = new Map<string, string>(outcomes);
  const named = (rows: readonly (readonly [string, string])[]) =>
    groupsOf([...rows, ...WITHOUT_ID.map((key) => [key, special.get(key) ?? key] as const)], grouping);
  const pipelines = await accountPipelines(scope);
  if (grouping === 'pipeline') return named(pipelines.map((row) => [row.pipeline_id, row.label]));
  const stages = await accountStages(scope);
  return named(
    pipelines.flatMap((pipeline) =>
      stages
        .filter((stage) => stage.pipeline_id === pipeline.pipeline_id)
        .map((stage) => [stageKey(stage), pipelines.length > 1 ? `${pipeline.label}: ${stage.label}` : stage.label]),
    ),
  );
}

/** The names of stages alone, for tables that have a column for the pipeline. */
export async function stageNames(scope: Scope): Promise<(key: string) => string> {
  const names = new Map((await accountStages(scope)).map((stage) => [stageKey(stage), stage.label]));
  const special = new Map<string, string>(OUTCOMES.map(([key, name]) => [key, t(name, { outcome: key })]));
  return (key) => names.get(key) ?? special.get(key) ?? key.slice(key.indexOf('/') + 1);
}

function stageKey(stage: { readonly pipeline_id: string; readonly stage_id: string }): string {
  return `${stage.pipeline_id}/${stage.stage_id}`;
}

async function accountPipelines({ db, portalId }: Scope) {
  return await db
    .selectFrom('crm_pipelines')
    .select(['pipeline_id', 'label'])
    .where('portal_id', '=', portalId ?? -1)
    .where('object_type', '=', 'deals')
    .orderBy('position')
    .orderBy('pipeline_id')
    .execute();
}

async function accountStages({ db, portalId }: Scope) {
  return await db
    .selectFrom('crm_stages')
    .select(['pipeline_id', 'stage_id', 'label'])
    .where('portal_id', '=', portalId ?? -1)
    .where('object_type', '=', 'deals')
    .orderBy('position')
    .orderBy('stage_id')
    .execute();
}

function groupsOf(groups: readonly (readonly [string, string])[], grouping: DealGrouping): DealGroups {
  return {
    ...groupNames(groups),
    filters(key) {
      if (grouping === 'outcome' || WITHOUT_ID.some((special) => special === key)) return {};
      const [pipelineId = '', stageId = ''] = key.split('/');
      return grouping === 'pipeline' ? { pipelineId } : { pipelineId, stageId };
    },
  };
}

/** The names of groups in their order. A group that is not among them has its key as its name and comes last. */
export function groupNames(groups: readonly (readonly [string, string])[]): Pick<DealGroups, 'label' | 'order'> {
  const labels = new Map(groups);
  const places = new Map(groups.map(([key], index) => [key, index]));
  const placeOf = (key: string) => places.get(key) ?? groups.length;
  return {
    label: (key) => labels.get(key) ?? key,
    order: (a, b) => placeOf(a) - placeOf(b) || (a < b ? -1 : 1),
  };
}
