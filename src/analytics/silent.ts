import { sql, type RawBuilder } from 'kysely';
import { DateTime } from 'luxon';
import { message, t } from '../languages/text';
import { findOpenDealList } from '../store/mirror/open-deals';
import { analysed, dealsOf } from './analysed';
import { linkedTo, meetingsOfRecord, targetOf } from './links';
import { dealGroups, stageNames } from './deal-groups';
import { amountOf, amountsOf, amountsText, currencyNote, currencyOf, type Amount } from './amounts';
import { recordLabel } from './deals';
import { labelled, type Column, type Report, type Scope } from './report';

interface Silent {
  readonly record_id: string;
  readonly name: string | null;
  readonly domain: string | null;
  readonly owner: string | null;
  readonly pipeline_key: string;
  readonly stage_key: string;
  readonly pipeline_id: string | null;
  readonly stage_id: string | null;
  readonly amount: number | null;
  readonly currency: string | null;
  readonly meetings: number;
  readonly last_on: string | null;
  readonly days: number | null;
  readonly silent: number;
  readonly never_met: number;
  readonly amounts: readonly Amount[] | null;
}

/**
 * The records of `candidates (record_id, name, properties, record_created_at, …)` without a meeting for the option
 * `days`. The last meeting is the last of all hosts.
 *
 * @param narrowed - whether to include only records with at least one meeting that matches the filters. Otherwise,
 *   records without any meeting are included and count from their creation
 */
function silentOf(scope: Scope, objectType: string, candidates: RawBuilder<unknown>, narrowed: boolean) {
  const { workspaceId, portalId, timeZone, today, options } = scope;
  return sql`
    ${analysed(scope)},
    meetings_of as (${linkedTo(scope, objectType)}),
    met as (
      select record_id, count(*) as meetings, max(started_at) as last_at
      from meetings_of join meeting_facts as fact on fact.workspace_id = ${workspaceId} and fact.meeting_id = meetings_of.meeting_id and not fact.skipped
      group by record_id
    ), candidates as (${candidates}),
    quiet as (
      select candidates.*, coalesce(met.meetings, 0) as meetings, (last_at at time zone ${timeZone})::date as last_date,
        ${today}::date - (coalesce(last_at, record_created_at) at time zone ${timeZone})::date as days
      from candidates left join met using (record_id)
      where ${narrowed ? sql`record_id in (select meetings_of.record_id from meetings_of join scoped using (meeting_id))` : sql`true`}
    ), silent as materialized (
      select quiet.*, ${amountOf(sql`properties`)} as amount, ${currencyOf(scope, sql`properties`)} as currency
      from quiet where days is null or days >= ${options.days}
    ), totals as (
      select count(*) as silent, count(*) filter (where meetings = 0) as never_met, (${amountsOf(sql`silent`)}) as amounts
      from silent
    )
    select record_id, silent.name, nullif(properties ->> 'domain', '') as domain, pipeline_key, stage_key, pipeline_id, stage_id, meetings, days,
      to_char(last_date, 'YYYY-MM-DD') as last_on, amount, currency,
      coalesce(crm_owners.name, crm_owners.email) as owner, totals.*
    from silent cross join totals
      left join crm_owners on crm_owners.portal_id = ${portalId}::bigint and crm_owners.owner_id = properties ->> 'hubspot_owner_id'
    order by days desc nulls first, record_id collate "C" limit ${options.limit}
  `;
}

const meetingsOf = (scope: Scope, objectType: string, key: string | null) =>
  key === null ? null : meetingsOfRecord(scope, objectType, key);

const lastColumns: readonly Column[] = [
  { key: 'lastMeeting', label: message('Last meeting'), type: 'date' },
  { key: 'daysSilent', label: message('Days without'), type: 'duration' },
  { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
];

const notes = (what: 'deals' | 'companies', days: number, shown: number, silent: number) => [
  what === 'deals'
    ? t(
        'Without a meeting for {days, number} days or more. Deals that never had a meeting count from their creation.',
        { days },
      )
    : t(
        'Without a meeting for {days, number} days or more. Companies that have no meeting any more count from their creation.',
        { days },
      ),
  what === 'deals'
    ? t(
        'Filters by period, owner and record select deals with at least one matching meeting. The last meeting is the last of all meetings, matching or not.',
      )
    : t(
        'Filters by period, owner and record select companies with at least one matching meeting. The last meeting is the last of all meetings, matching or not.',
      ),
  ...(silent > shown ? [t('The {count, number} longest of {total, number}.', { count: shown, total: silent })] : []),
];

/** Says whether the report has the deals that never had a meeting. */
async function neverMetNote({ db, portalId, timeZone }: Scope): Promise<string[]> {
  if (portalId === null) return [];
  const list = await findOpenDealList(db, portalId);
  if (list?.refused === true)
    return [
      t(
        'HubSpot does not let this app list the deals of the account. Open deals that never had a meeting are missing.',
      ),
    ];
  if (list === null || list.completed_at === null)
    return [
      list === null
        ? t(
            'Open deals that never had a meeting are missing until the next nightly comparison with HubSpot reads them.',
          )
        : t(
            'The open deals of the account are still being read, some each night. Some that never had a meeting are missing.',
          ),
    ];
  const day = DateTime.fromJSDate(list.completed_at, { zone: timeZone }).toISODate();
  return [
    t('Open deals that never had a meeting are included, as of the comparison with HubSpot on {day}.', {
      day: day ?? '',
    }),
  ];
}

export const silentDeals: Report = {
  name: 'silent-deals',
  title: message('Deals going quiet'),
  description: message('Open deals with no recent meeting, or none at all. The longest wait comes first.'),
  options: ['days', 'limit'],
  chart: null,
  async compute(scope) {
    const { filters, options } = scope;
    const pipelines = await dealGroups(scope, 'pipeline');
    const stages = await stageNames(scope);
    const candidates = sql`
      select deal_id as record_id, name, pipeline_key, stage_key, pipeline_id, stage_id, properties, record_created_at
      from deals where outcome = 'open' and ${dealsOf(scope)}
    `;
    const { pipeline: _pipeline, stage: _stage, ...others } = filters;
    const narrowed = Object.values(others).some((filter) => filter !== undefined);
    const { rows } = await sql<Silent>`${silentOf(scope, 'deals', candidates, narrowed)}`.execute(scope.db);
    const silent = rows[0]?.silent ?? 0;
    return {
      columns: [
        { key: 'deal', label: t('Deal'), type: 'text' },
        { key: 'pipeline', label: t('Pipeline'), type: 'text' },
        { key: 'stage', label: t('Stage'), type: 'text' },
        { key: 'amount', label: t('Amount'), type: 'money' },
        { key: 'currency', label: t('Currency'), type: 'text' },
        { key: 'owner', label: t('Deal’s owner'), type: 'text' },
        ...labelled(lastColumns),
      ],
      rows: rows.map((row) => ({
        key: row.record_id,
        few: false,
        deal: recordLabel(t('Deal'), row.record_id, row.name, false),
        pipeline: pipelines.label(row.pipeline_key),
        stage: stages(row.stage_key),
        amount: row.amount,
        currency: row.currency,
        owner: row.owner,
        lastMeeting: row.last_on,
        daysSilent: row.days,
        meetings: row.meetings,
        objectType: 'deals',
        recordId: row.record_id,
        pipelineId: row.pipeline_id,
        stageId: row.stage_id,
      })),
      totals: {
        key: '',
        few: false,
        deal: t('{count, plural, one {# open deal} other {# open deals}}', { count: silent }),
        deals: silent,
        neverMet: rows[0]?.never_met ?? 0,
        amount: amountsText(rows[0]?.amounts ?? null),
      },
      notes: [
        ...notes('deals', options.days, rows.length, silent),
        ...(await neverMetNote(scope)),
        ...currencyNote(rows[0]?.amounts ?? null),
      ],
    };
  },
  meetings: (scope, { key, column }) => (column === 'meetings' ? meetingsOf(scope, 'deals', key) : null),
};

export const silentCompanies: Report = {
  name: 'silent-companies',
  title: message('Companies going quiet'),
  description: message('Companies that had a meeting, but no recent one. The longest wait comes first.'),
  options: ['days', 'limit'],
  chart: null,
  async compute(scope) {
    // Select the company itself, not all companies of its meetings.
    const { company, ...others } = scope.filters;
    const candidates = sql`
      select record_id, nullif(properties ->> 'name', '') as name, null as pipeline_key, null as stage_key,
        null as pipeline_id, null as stage_id, properties, record_created_at
      from crm_records
      where portal_id = ${scope.portalId}::bigint and object_type = 'companies' and merged_into is null and not archived and properties is not null
        and ${company === undefined ? sql`true` : sql`record_id = ${targetOf('companies', company)}`}
    `;
    const narrowed = Object.values(others).some((filter) => filter !== undefined);
    const { rows } = await sql<Silent>`${silentOf(scope, 'companies', candidates, narrowed)}`.execute(scope.db);
    const silent = rows[0]?.silent ?? 0;
    return {
      columns: [
        { key: 'company', label: t('Company'), type: 'text' },
        { key: 'domain', label: t('Domain'), type: 'text' },
        { key: 'owner', label: t('Company’s owner'), type: 'text' },
        ...labelled(lastColumns),
      ],
      rows: rows.map((row) => ({
        key: row.record_id,
        few: false,
        company: recordLabel(t('Company'), row.record_id, row.name ?? row.domain, false),
        domain: row.domain,
        owner: row.owner,
        lastMeeting: row.last_on,
        daysSilent: row.days,
        meetings: row.meetings,
        objectType: 'companies',
        recordId: row.record_id,
      })),
      totals: {
        key: '',
        few: false,
        company: t('{count, plural, one {# company} other {# companies}}', { count: silent }),
        companies: silent,
      },
      notes: notes('companies', scope.options.days, rows.length, silent),
    };
  },
  meetings: (scope, { key, column }) => (column === 'meetings' ? meetingsOf(scope, 'companies', key) : null),
};
