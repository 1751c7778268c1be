import { sql } from 'kysely';
import { z } from 'zod';
import type { SyncReason, SyncStatus } from '../../meeting/status';
import type { NotedRequest } from '../../meeting/crm-types';
import type { Db, DbPool } from '../database';
import { merged } from '../merged';
import type { MeetingKey } from './key';
import { IS_UNDER_WAY } from './requeue';

/** A pass of a sync. */
export interface SyncPass {
  readonly runId: string;
  /** The workflow of the run. Null for the meeting's own. */
  readonly workflowId: string | null;
  readonly startedAt: Date;
  /** Null while the pass is running, and forever if it was interrupted. */
  readonly endedAt: Date | null;
  readonly outcome: SyncStatus | null;
  readonly reason: SyncReason | null;
  readonly steps: readonly SyncStep[];
}

/** A step of a pass. All its attempts count as one step. */
export interface SyncStep {
  readonly activity: string;
  readonly tries: number;
  readonly startedAt: Date;
  readonly endedAt: Date;
  /** Facts about the result; null until the step succeeds. */
  readonly done: Readonly<Record<string, string | number | boolean>> | null;
  /** Why the last attempt failed. */
  readonly failure: string | null;
  readonly requests: readonly NotedRequest[];
  readonly requestsLeftOut: number;
}

/** The result of one attempt of a step. `failure`: null if it succeeded. */
export interface StepReport extends Pick<SyncStep, 'activity' | 'done' | 'failure' | 'requests' | 'requestsLeftOut'> {
  /** From 1. */
  readonly attempt: number;
  readonly ms: number;
}

/** Limits of the stored passes per meeting, and of the stored requests per step for all its attempts together. */
const KEPT_PASSES = 20;
const KEPT_REQUESTS = 20;

/** The rate covers only the last minutes, because it has to reflect what HubSpot allows now. */
const RATE_MINUTES = 2;
/** When work has just begun, the rate is measured from its start, but at least over this time. */
const SHORTEST_MINUTES = 1 / 6;

/** The start of a pass. `workflowId`: null for the meeting's own. `begunBy`: identifies the first step within the run. */
interface PassStart {
  readonly runId: string;
  readonly workflowId: string | null;
  readonly begunBy: string;
  readonly ms: number;
}

/**
 * Records the start of a pass. Repeating the call for the same step of the same run changes nothing. Deleted meetings
 * have no history.
 */
export async function recordPassStart(db: Db, key: MeetingKey, start: PassStart): Promise<void> {
  await passStarts(db, { ...key, ...start });
}

const passStarts = merged(async (db, starts: readonly (MeetingKey & PassStart)[]): Promise<true[]> => {
  await sql`
    insert into sync_attempts (workspace_id, meeting_id, run_id, workflow_id, begun_by, started_at)
    select workspace_id, meeting_id, given.run_id, given.workflow_id, given.begun_by, now() - make_interval(secs => given.ms / 1000)
    from unnest(${starts.map((start) => start.workspaceId)}::text[], ${starts.map((start) => start.meetingId)}::text[],
      ${starts.map((start) => start.runId)}::text[], ${starts.map((start) => start.workflowId)}::text[],
      ${starts.map((start) => start.begunBy)}::text[], ${starts.map((start) => start.ms)}::float8[])
      as given (workspace_id, meeting_id, run_id, workflow_id, begun_by, ms)
    join meetings using (workspace_id, meeting_id)
    where status <> 'deleted'
    on conflict do nothing
  `.execute(db);
  return starts.map(() => true);
});

/** Records an attempt of a step in the latest pass of its run. Does nothing when the run has no pass. */
export async function recordStep(db: Db, key: MeetingKey, runId: string, step: StepReport): Promise<void> {
  await stepReports(db, { ...key, ...step, runId });
}

type StepOfRun = MeetingKey & StepReport & { readonly runId: string };

const stepReports = merged(async (db, steps: readonly StepOfRun[]): Promise<true[]> => {
  await sql`
    insert into sync_steps as step (attempt_id, activity, tries, started_at, ended_at, done, failure, requests, requests_left_out)
    select pass.id, activity, tries, now() - make_interval(secs => ms / 1000), now(), done::jsonb, failure, requests::jsonb, left_out
    from unnest(${steps.map((step) => step.workspaceId)}::text[], ${steps.map((step) => step.meetingId)}::text[],
      ${steps.map((step) => step.runId)}::text[], ${steps.map((step) => step.activity)}::text[],
      ${steps.map((step) => step.attempt)}::int[], ${steps.map((step) => step.ms)}::float8[],
      ${steps.map((step) => (step.done === null ? null : JSON.stringify(step.done)))}::text[],
      ${steps.map((step) => step.failure)}::text[], ${steps.map((step) => JSON.stringify(step.requests))}::text[],
      ${steps.map((step) => step.requestsLeftOut)}::int[])
      as given (workspace_id, meeting_id, run_id, activity, tries, ms, done, failure, requests, left_out)
    cross join lateral (
      select id from sync_attempts
      where workspace_id = given.workspace_id and meeting_id = given.meeting_id and run_id = given.run_id
      order by id desc limit 1
    ) as pass
    on conflict (attempt_id, activity) do update set
      tries = greatest(step.tries, excluded.tries),
      ended_at = excluded.ended_at,
      done = excluded.done,
      failure = excluded.failure,
      requests = (
        select coalesce(jsonb_agg(request order by position), '[]') from (
          select request, position from jsonb_array_elements(step.requests || excluded.requests)
            with ordinality as kept (request, position)
          order by position desc limit ${KEPT_REQUESTS}
        ) as latest
      ),
      requests_left_out = step.requests_left_out + excluded.requests_left_out
        + greatest(0, jsonb_array_length(step.requests) + jsonb_array_length(excluded.requests) - ${KEPT_REQUESTS})
  `.execute(db);
  return steps.map(() => true);
});

/** Records the end of the latest pass of a run with the meeting's status, and deletes the oldest passes. */
export async function recordPassEnd(db: Db, key: MeetingKey, runId: string, outcome: string): Promise<void> {
  await passEnds(db, { ...key, runId, outcome });
}

type PassEnd = MeetingKey & { readonly runId: string; readonly outcome: string };

const passEnds = merged(async (db, ends: readonly PassEnd[]): Promise<true[]> => {
  await sql`
    with ended as (
      select pass.id, given.* from unnest(${ends.map((end) => end.workspaceId)}::text[],
        ${ends.map((end) => end.meetingId)}::text[], ${ends.map((end) => end.runId)}::text[], ${ends.map((end) => end.outcome)}::text[])
        as given (workspace_id, meeting_id, run_id, outcome)
      cross join lateral (
        select id from sync_attempts
        where workspace_id = given.workspace_id and meeting_id = given.meeting_id and run_id = given.run_id
        order by id desc limit 1
      ) as pass
    ), old as (
      delete from sync_attempts
      where id in (
        select old.id from ended cross join lateral (
          select id from sync_attempts where workspace_id = ended.workspace_id and meeting_id = ended.meeting_id
          order by id desc offset ${KEPT_PASSES}
        ) as old
      )
    )
    update sync_attempts as pass
    set ended_at = now(), outcome = ended.outcome,
      reason = (
        select reason from meetings
        where workspace_id = ended.workspace_id and meeting_id = ended.meeting_id and status = ended.outcome
      )
    from ended where pass.id = ended.id
  `.execute(db);
  return ends.map(() => true);
});

const notedRequests = z
  .array(
    z.object({
      at: z.string(),
      method: z.string(),
      route: z.string(),
      inputs: z.number().nullable(),
      status: z.number().nullable(),
      ms: z.number(),
      said: z.string().nullable(),
      correlationId: z.string().nullable(),
    }),
  )
  .catch([]);
const facts = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean()]))
  .nullable()
  .catch(null);

/** The passes of a meeting, latest first. */
export async function listPasses(db: Db, { workspaceId, meetingId }: MeetingKey): Promise<SyncPass[]> {
  const passes = await db
    .selectFrom('sync_attempts')
    .selectAll()
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .orderBy('id', 'desc')
    .limit(KEPT_PASSES)
    .execute();
  if (passes.length === 0) return [];
  const ids = passes.map(({ id }) => id);
  const rows = await db
    .selectFrom('sync_steps')
    .selectAll()
    .where('attempt_id', 'in', ids)
    .orderBy('started_at')
    .orderBy('activity')
    .execute();
  const steps = Map.groupBy(rows, (row) => row.attempt_id);
  return passes.map((pass) => ({
    runId: pass.run_id,
    workflowId: pass.workflow_id,
    startedAt: pass.started_at,
    endedAt: pass.ended_at,
    outcome: pass.outcome,
    reason: pass.reason,
    steps: (steps.get(pass.id) ?? []).map((row) => ({
      activity: row.activity,
      tries: row.tries,
      startedAt: row.started_at,
      endedAt: row.ended_at,
      done: facts.parse(row.done),
      failure: row.failure,
      requests: notedRequests.parse(row.requests),
      requestsLeftOut: row.requests_left_out,
    })),
  }));
}

/** Without a pass that ended within this time, the rate is 0. */
const STALLED_AFTER_SECONDS = 60;

/** The unfinished meetings of a workspace, and the recent rate of finished ones. */
export interface UnderWay {
  readonly meetings: number;
  /** Those of them that wait for a rate limit or for HubSpot to recover. */
  readonly waiting: number;
  /** Finished passes per minute; 0 if none finished within the last minute. */
  readonly perMinute: number;
}

/** Counts the unfinished meetings. Uses only indexes, so that it is fast for any number of meetings. */
export async function countUnderWay(db: DbPool, workspaceId: string): Promise<UnderWay> {
  const { rows } = await sql<{ meetings: number; waiting: number; finished: number; minutes: number | null }>`
    select
      (select count(*) from meetings where workspace_id = ${workspaceId} and ${IS_UNDER_WAY})
        + (select count(*) from meetings where sync_requested_at is not null and workspace_id = ${workspaceId}
            and not ${IS_UNDER_WAY}) as meetings,
      (select count(*) from meetings where workspace_id = ${workspaceId} and status = 'waiting') as waiting,
      finished, minutes
    from (
      select case when max(ended_at) > now() - make_interval(secs => ${STALLED_AFTER_SECONDS}) then count(*) else 0 end as finished,
        extract(epoch from now() - min(started_at))::float8 / 60 as minutes from sync_attempts
      where workspace_id = ${workspaceId} and ended_at > now() - make_interval(mins => ${RATE_MINUTES})
    ) as lately
  `.execute(db);
  const [row = { meetings: 0, waiting: 0, finished: 0, minutes: null }] = rows;
  const minutes = Math.min(RATE_MINUTES, Math.max(SHORTEST_MINUTES, row.minutes ?? 0));
  return { meetings: row.meetings, waiting: row.waiting, perMinute: row.finished / minutes };
}
