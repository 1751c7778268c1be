import { sql, type RawBuilder } from 'kysely';
import type { DbPool } from '../store/database';
import { analysed } from './analysed';
import { all } from './links';
import type { AnalyticsFilters, Scope } from './report';
import { inScope } from './run';

/** A next step that is due, and not known to be done. */
export interface DueStep {
  readonly meetingId: string;
  /** The meeting's title. */
  readonly title: string;
  /** ISO 8601. */
  readonly metAt: string;
  readonly host: string;
  readonly text: string;
  readonly owner: string | null;
  /** Such as `2026-11-06`; null without a date. */
  readonly dueDate: string | null;
  /** Its task in HubSpot; null without one. */
  readonly task: { readonly id: string; readonly url: string } | null;
}

export interface DueSteps {
  readonly total: number;
  /** The current day in the account's time zone. */
  readonly today: string;
  readonly timeZone: string;
  readonly steps: readonly DueStep[];
}

/** Which steps are due, and the page of them. */
export interface DueStepsQuery {
  readonly filters: Pick<AnalyticsFilters, 'owner' | 'company'>;
  /** First and last due date; null for no bound. */
  readonly from: string | null;
  /** `@default` a week from today */
  readonly until: string | undefined;
  /** Whether steps without a date are listed, after all others. */
  readonly undated: boolean;
  readonly offset: number;
  readonly limit: number;
}

interface Row {
  readonly meeting_id: string | null;
  readonly title: string;
  readonly started_at: Date;
  readonly host: string;
  readonly text: string;
  readonly owner: string | null;
  readonly due_date: string | null;
  readonly task_id: string | null;
  readonly task_url: string | null;
  readonly total: number;
}

/**
 * Lists the next steps of the workspace's meetings that are due in a period, the longest overdue first. A step whose task
 * in HubSpot is completed or deleted is not listed.
 */
export async function dueSteps(
  db: DbPool,
  workspaceId: string,
  query: DueStepsQuery,
  now: Date = new Date(),
): Promise<DueSteps> {
  const { filters, offset, limit } = query;
  return await inScope(db, workspaceId, { filters, options: {} }, now, async (scope) => {
    const { rows } = await sql<Row>`
      ${analysed(scope, { facts: ['host_email', 'host_name'] })},
      due as materialized (
        select scoped.*, step.position, step.owner, step.due_date, written.hubspot_id as task_id, written.url as task_url
        from scoped join meeting_next_steps as step
          on step.workspace_id = ${workspaceId} and step.meeting_id = scoped.meeting_id
        ${taskOf(scope)}
        where ${isDue(scope, query)} and task.completed_at is null and written.deleted_at is null
      ), page as (
        select * from due
        order by due_date collate "C" nulls last, started_at desc, meeting_id collate "C", position
        limit ${limit} offset ${offset}
      )
      select page.meeting_id, meetings.title, page.started_at, coalesce(host_name, host_email) as host, page.owner, page.due_date,
        -- The table has the beginning of a long text.
        coalesce(meetings.body -> 'summary' -> 'nextSteps' -> (page.position - 1) ->> 'text', '') as text,
        page.task_id, page.task_url, total
      from (select count(*) as total from due) as all_of_them left join (
        page join meetings on meetings.workspace_id = ${workspaceId} and meetings.meeting_id = page.meeting_id
      ) on true
      order by page.due_date collate "C" nulls last, page.started_at desc, page.meeting_id collate "C", page.position
    `.execute(scope.db);
    return {
      total: rows[0]?.total ?? 0,
      today: scope.today,
      timeZone: scope.timeZone,
      steps: rows.flatMap((row) => (row.meeting_id === null ? [] : [stepOf({ ...row, meeting_id: row.meeting_id })])),
    };
  });
}

/**
 * The task that the step has in the connected account. Its text is compared too, because the task of a step that the
 * meeting no longer has keeps its position.
 */
function taskOf({ workspaceId, portalId }: Scope): RawBuilder<unknown> {
  return sql`
    left join (
      step_tasks as task join engagements as written on written.workspace_id = task.workspace_id
        and written.meeting_id = task.meeting_id and written.portal_id = task.portal_id and written.kind = task.kind
        and written.hubspot_id is not null
    ) on task.workspace_id = ${workspaceId} and task.meeting_id = scoped.meeting_id and task.portal_id = ${portalId}::bigint
      and task.position = step.position - 1 and left(task.text, 500) = step.text
  `;
}

function isDue({ today }: Scope, { from, until, undated }: DueStepsQuery): RawBuilder<boolean> {
  const last = until ?? sql`to_char(${today}::date + 7, 'YYYY-MM-DD')`;
  const dated = all([
    sql`step.due_date is not null`,
    sql`step.due_date collate "C" <= ${last}`,
    from === null ? null : sql`step.due_date collate "C" >= ${from}`,
  ]);
  return undated ? sql<boolean>`(step.due_date is null or ${dated})` : dated;
}

function stepOf(row: Row & { readonly meeting_id: string }): DueStep {
  const { task_id: id, task_url: url } = row;
  return {
    meetingId: row.meeting_id,
    title: row.title,
    metAt: row.started_at.toISOString(),
    host: row.host,
    text: row.text,
    owner: row.owner,
    dueDate: row.due_date,
    task: id === null || url === null ? null : { id, url },
  };
}
