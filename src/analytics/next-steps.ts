import { sql, type RawBuilder } from 'kysely';
import { message, t } from '../languages/text';
import { analysed } from './analysed';
import { all } from './links';
import { labelled, type Column, type Report, type ReportRow, type Scope } from './report';

/** A step together with the totals. Without any step, one row has only the totals. */
interface Step {
  readonly meeting_id: string | null;
  readonly position: number;
  readonly title: string;
  readonly text: string;
  readonly owner: string | null;
  readonly due_date: string | null;
  readonly met_on: string;
  readonly host_email: string;
  readonly host: string;
  readonly steps: number;
  readonly overdue: number;
  readonly undated: number;
  readonly meetings: number;
}

/** A condition on `meeting_next_steps` that selects the listed steps. */
function listed(scope: Scope): RawBuilder<boolean> {
  return sql<boolean>`(${isDue(scope)} and not ${isDone(scope)})`;
}

function isDue({ today, options: { due } }: Scope): RawBuilder<boolean> {
  const overdue = sql<boolean>`step.due_date collate "C" < ${today}`;
  if (due === 'overdue') return overdue;
  return due === 'none' ? sql`step.due_date is null` : sql`(step.due_date is null or ${overdue})`;
}

/** Whether the step's task in HubSpot is completed or deleted. A changed step has its task again after the next pass. */
function isDone({ workspaceId, portalId }: Scope): RawBuilder<boolean> {
  return sql<boolean>`exists (
    select from step_tasks as task
      join engagements as written on written.workspace_id = ${workspaceId} and written.meeting_id = task.meeting_id
        and written.portal_id = task.portal_id and written.kind = task.kind and written.hubspot_id is not null
    where task.workspace_id = ${workspaceId} and task.portal_id = ${portalId}::bigint and task.meeting_id = step.meeting_id
      and task.position = step.position - 1 and left(task.text, 500) = step.text
      and (task.completed_at is not null or written.deleted_at is not null)
  )`;
}

const ofScoped = (scope: Scope) => sql`
  scoped join meeting_next_steps as step on step.workspace_id = ${scope.workspaceId} and step.meeting_id = scoped.meeting_id
`;

/** The steps of the newest meetings, each with the totals. */
async function stepsWithoutDate(scope: Scope): Promise<readonly Step[]> {
  const { workspaceId } = scope;
  const { rows } = await sql<Step>`
    ${analysed(scope, { facts: ['host_email', 'host_name'] })},
    listed as materialized (
      select scoped.*, step.position, step.due_date from ${ofScoped(scope)} where ${listed(scope)}
    ), totals as (
      select count(*) as steps, count(*) - count(due_date) as undated, count(due_date) as overdue,
        (select count(*) from (select distinct meeting_id from listed) as once) as meetings
      from listed
    ), newest as (
      select * from listed order by started_at desc, meeting_id collate "C", position limit ${scope.options.limit}
    )
    select newest.meeting_id, newest.position, title, text, owner, newest.due_date, host_email, coalesce(host_name, host_email) as host,
      to_char(newest.started_at at time zone ${scope.timeZone}, 'YYYY-MM-DD') as met_on, totals.*
    from totals left join (
      newest
        join meeting_next_steps as step on step.workspace_id = ${workspaceId} and step.meeting_id = newest.meeting_id and step.position = newest.position
        join meetings on meetings.workspace_id = ${workspaceId} and meetings.meeting_id = newest.meeting_id
    ) on true
    order by newest.started_at desc, newest.meeting_id collate "C", newest.position
  `.execute(scope.db);
  return rows;
}

const columns: readonly Column[] = [
  { key: 'step', label: message('Next step'), type: 'text' },
  { key: 'state', label: message('State'), type: 'text' },
  { key: 'due', label: message('Due'), type: 'date' },
  { key: 'daysOverdue', label: message('Days overdue'), type: 'duration' },
  { key: 'stepOwner', label: message('Who'), type: 'text' },
  { key: 'meeting', label: message('Meeting'), type: 'text' },
  { key: 'date', label: message('Meeting on'), type: 'date' },
  { key: 'owner', label: message('Meeting’s owner'), type: 'text' },
  { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
];

function stepRow(step: Step & { readonly meeting_id: string }, today: string): ReportRow {
  return {
    key: `${step.meeting_id}/${step.position}`,
    few: false,
    step: step.text,
    state: step.due_date === null ? t('No due date') : t('Overdue'),
    due: step.due_date,
    daysOverdue: step.due_date === null ? null : daysBetween(step.due_date, today),
    stepOwner: step.owner,
    meeting: step.title,
    date: step.met_on,
    owner: step.host,
    meetings: 1,
    meetingId: step.meeting_id,
    email: step.host_email,
  };
}

export const nextSteps: Report = {
  name: 'next-steps',
  title: message('Next steps without a date, or overdue'),
  description: message('Open next steps from meetings that have no due date, or one that has passed.'),
  options: ['due', 'limit'],
  chart: null,
  async compute(scope) {
    const { today } = scope;
    const found = await stepsWithoutDate(scope);
    const { steps, overdue, undated, meetings } = found[0] ?? { steps: 0, overdue: 0, undated: 0, meetings: 0 };
    const rows = found.flatMap((step) =>
      step.meeting_id === null ? [] : [stepRow({ ...step, meeting_id: step.meeting_id }, today)],
    );
    return {
      columns: labelled(columns),
      rows,
      totals: {
        key: '',
        few: false,
        step: t('{count, plural, one {# next step} other {# next steps}}', { count: steps }),
        steps,
        overdue,
        undated,
        meetings,
      },
      notes: [
        t('{overdue, number} overdue on {day}, {undated, number} without a due date.', {
          overdue,
          day: today,
          undated,
        }),
        ...(steps > rows.length
          ? [
              t('The list shows the newest meetings: {count, number} of {total, number}.', {
                count: rows.length,
                total: steps,
              }),
            ]
          : []),
        t('Steps whose task in HubSpot is completed or deleted are not listed. Those without a task stay listed.'),
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings') return null;
    const isStep = key === null ? null : sql`step.meeting_id || '/' || step.position = ${key}`;
    return sql`select scoped.meeting_id from ${ofScoped(scope)} where ${all([listed(scope), isStep])}`;
  },
};

function daysBetween(from: string, to: string): number | null {
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  return Number.isNaN(days) ? null : days;
}
