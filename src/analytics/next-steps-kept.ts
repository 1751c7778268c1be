import { sql } from 'kysely';
import { message, t } from '../languages/text';
import { analysed } from './analysed';
import { all } from './links';
import { FEW, fewNote, labelled, rounded, totalName, type Column, type Report, type Scope } from './report';

interface Owner {
  /** Null for the total. */
  readonly key: string | null;
  readonly name: string | null;
  readonly tasks: number;
  readonly completed: number;
  readonly on_time: number;
  readonly open: number;
  readonly overdue: number;
  readonly deleted: number;
  readonly meetings: number;
}

const NOTHING: Owner = {
  key: null,
  name: null,
  tasks: 0,
  completed: 0,
  on_time: 0,
  open: 0,
  overdue: 0,
  deleted: 0,
  meetings: 0,
};

/** The tasks of the meetings' next steps that HubSpot has, or had. */
const ofScoped = ({ workspaceId, portalId }: Scope) => sql`
  scoped join step_tasks as task on task.workspace_id = ${workspaceId} and task.meeting_id = scoped.meeting_id
    and task.portal_id = ${portalId}::bigint
  join engagements as written on written.workspace_id = ${workspaceId} and written.meeting_id = task.meeting_id
    and written.portal_id = task.portal_id and written.kind = task.kind and written.hubspot_id is not null
`;

/** Counts the tasks by owner, with a row for all. A day is that of the account's time zone. */
async function ownersOfTasks(scope: Scope): Promise<readonly Owner[]> {
  const day = (time: 'due_at' | 'completed_at') =>
    sql`to_char(${sql.ref(time)} at time zone ${scope.timeZone}, 'YYYY-MM-DD') collate "C"`;
  const { rows } = await sql<Owner>`
    ${analysed(scope)},
    counted_task as (
      select scoped.meeting_id, task.owner_email, task.completed_at, ${day('completed_at')} <= ${day('due_at')} as on_time,
        ${day('due_at')} < ${scope.today} as past, written.deleted_at is not null as deleted
      from ${ofScoped(scope)}
    ), grouped as (
      select owner_email as key, count(*) as tasks,
        count(*) filter (where not deleted and completed_at is not null) as completed,
        count(*) filter (where not deleted and on_time) as on_time,
        count(*) filter (where not deleted and completed_at is null) as open,
        count(*) filter (where not deleted and completed_at is null and past) as overdue,
        count(*) filter (where deleted) as deleted, count(distinct meeting_id) as meetings
      from counted_task group by rollup (owner_email)
    )
    select grouped.*, (
      select crm_owners.name from crm_owners
      where portal_id = ${scope.portalId}::bigint and lower(email) = key order by archived, owner_id limit 1
    ) as name
    from grouped order by tasks desc, key collate "C"
  `.execute(scope.db);
  return rows;
}

function rowOf(owner: Owner) {
  const { key, name, tasks, completed, on_time: onTime, open, overdue, deleted, meetings } = owner;
  const due = completed + overdue;
  return {
    key: key ?? '',
    few: due < FEW,
    owner: key === null ? totalName() : (name ?? key),
    email: key,
    tasks,
    kept: due === 0 ? null : rounded((100 * completed) / due),
    completed,
    onTime,
    open,
    overdue,
    deleted,
    meetings,
  };
}

const columns: readonly Column[] = [
  { key: 'owner', label: message('Owner'), type: 'text' },
  { key: 'email', label: message('E-mail'), type: 'text' },
  { key: 'tasks', label: message('Tasks'), type: 'number' },
  { key: 'kept', label: message('Kept'), type: 'percent' },
  { key: 'completed', label: message('Completed'), type: 'number' },
  { key: 'onTime', label: message('On time'), type: 'number' },
  { key: 'open', label: message('Not done yet'), type: 'number' },
  { key: 'overdue', label: message('Overdue'), type: 'number' },
  { key: 'deleted', label: message('Deleted'), type: 'number' },
  { key: 'meetings', label: message('Meetings'), type: 'number', meetings: true },
];

export const nextStepsKept: Report = {
  name: 'next-steps-kept',
  title: message('Next steps kept'),
  description: message('What became of the tasks of next steps in HubSpot, by the person who does them.'),
  options: [],
  chart: { kind: 'bars', label: 'owner', values: ['kept'] },
  async compute(scope) {
    const rows = await ownersOfTasks(scope);
    return {
      columns: labelled(columns),
      rows: rows.filter(({ key }) => key !== null).map(rowOf),
      totals: rowOf(rows.find(({ key }) => key === null) ?? NOTHING),
      notes: [
        t('Kept: of the tasks that are completed or past their day, those that are completed.'),
        t(
          'The owner is the person named in the next step, or else the host. A task that was reassigned in HubSpot still counts for them.',
        ),
        fewNote('due tasks'),
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings') return null;
    const ofOwner = key === null ? null : sql`task.owner_email = ${key}`;
    return sql`select scoped.meeting_id from ${ofScoped(scope)} where ${all([ofOwner])}`;
  },
};
