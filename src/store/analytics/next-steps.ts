import { sql, type RawBuilder } from 'kysely';
import { analysed } from './analysed';
import type { Report, Scope } from './report';

interface Step {
  readonly meeting_id: string;
  readonly position: number;
  readonly title: string;
  readonly text: string;
  readonly owner: string | null;
  readonly due_date: string | null;
  readonly held_on: string;
  readonly host: string;
}

interface Total {
  readonly steps: number;
  readonly overdue: number;
  readonly undated: number;
  readonly meetings: number;
}

const NOTHING: Total = { steps: 0, overdue: 0, undated: 0, meetings: 0 };

/** Which steps are listed, as a condition on `meeting_next_steps`. */
function listed({ today, options: { due } }: Scope): RawBuilder<boolean> {
  const overdue = sql<boolean>`step.due_date collate "C" < ${today}`;
  if (due === 'overdue') return overdue;
  return due === 'none' ? sql`step.due_date is null` : sql`(step.due_date is null or ${overdue})`;
}

const ofScoped = (scope: Scope) => sql`
  scoped join meeting_next_steps as step on step.workspace_id = ${scope.workspaceId} and step.meeting_id = scoped.meeting_id
`;

export const nextSteps: Report = {
  name: 'next-steps',
  title: 'Next steps without a date, or overdue',
  description: 'What was agreed in a meeting and has no due date, or one that has passed.',
  options: ['due', 'limit'],
  chart: null,
  async compute(scope) {
    const { today, timeZone, options } = scope;
    const { rows } = await sql<Step>`
        ${analysed(scope, { facts: ['host_email', 'host_name'] })},
        listed as (
          select scoped.meeting_id, scoped.started_at, scoped.host_email, scoped.host_name, step.position, step.text, step.owner, step.due_date
          from ${ofScoped(scope)} where ${listed(scope)}
          order by started_at desc, meeting_id, position limit ${options.limit}
        )
        select listed.meeting_id, position, title, text, owner, due_date, coalesce(host_name, host_email) as host,
          to_char(listed.started_at at time zone ${timeZone}, 'YYYY-MM-DD') as held_on
        from listed join meetings on meetings.workspace_id = ${scope.workspaceId} and meetings.meeting_id = listed.meeting_id
        order by listed.started_at desc, listed.meeting_id, position
      `.execute(scope.db);
    const {
      rows: [total = NOTHING],
    } = await sql<Total>`
        ${analysed(scope)}
        select count(*) as steps, count(*) filter (where due_date is null) as undated, count(due_date) as overdue, count(distinct scoped.meeting_id) as meetings
        from ${ofScoped(scope)} where ${listed(scope)}
      `.execute(scope.db);
    return {
      columns: [
        { key: 'step', label: 'Next step', type: 'text' },
        { key: 'state', label: 'State', type: 'text' },
        { key: 'due', label: 'Due', type: 'date' },
        { key: 'daysOverdue', label: 'Days overdue', type: 'duration' },
        { key: 'stepOwner', label: 'Who', type: 'text' },
        { key: 'meeting', label: 'Meeting', type: 'text' },
        { key: 'date', label: 'Meeting on', type: 'date' },
        { key: 'owner', label: "Meeting's owner", type: 'text' },
        { key: 'meetings', label: 'Meetings', type: 'number', meetings: true },
      ],
      rows: rows.map((row) => ({
        key: `${row.meeting_id}/${row.position}`,
        few: false,
        step: row.text,
        state: row.due_date === null ? 'No due date' : 'Overdue',
        due: row.due_date,
        daysOverdue: row.due_date === null ? null : daysBetween(row.due_date, today),
        stepOwner: row.owner,
        meeting: row.title,
        date: row.held_on,
        owner: row.host,
        meetings: 1,
        meetingId: row.meeting_id,
      })),
      totals: { key: '', few: false, step: `${total.steps.toLocaleString('en')} next steps`, ...total },
      notes: [
        `${total.overdue.toLocaleString('en')} are overdue on ${today} (${timeZone}), ${total.undated.toLocaleString('en')} have no due date.`,
        ...(total.steps > rows.length
          ? [
              `Those of the newest meetings: ${rows.length.toLocaleString('en')} of ${total.steps.toLocaleString('en')}.`,
            ]
          : []),
        'Meetings do not tell whether a step was done meanwhile.',
      ],
    };
  },
  meetings(scope, { key, column }) {
    if (column !== 'meetings') return null;
    if (key !== null) return sql`select meeting_id from scoped where meeting_id = ${key.split('/')[0] ?? ''}`;
    return sql`select scoped.meeting_id from ${ofScoped(scope)} where ${listed(scope)}`;
  },
};

function daysBetween(from: string, to: string): number | null {
  const days = Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
  return Number.isNaN(days) ? null : days;
}
