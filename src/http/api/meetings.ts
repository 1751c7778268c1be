import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { tryNow } from '../../dispatch/limit-probe';
import type { ReasonCode } from '../../meeting/status';
import { lostSync } from '../../store/meetings/lost-runs';
import { acceptMeeting } from '../../store/meetings/meetings';
import { requeue } from '../../store/meetings/requeue';
import { requestedSoFar } from '../../store/meetings/requeue-many';
import { listMeetings } from '../../store/meetings/status-documents';
import { countUnderWay } from '../../store/meetings/sync-passes';
import type { HttpDependencies } from '../dependencies';
import { deleteMeeting, resyncMany, resyncMeeting } from '../acts/meeting-acts';
import { filtersOf, timeZoneOf } from '../meeting-filters';
import { withCursor } from '../meeting-list';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import { READ_OR_WRITE } from '../plumbing/access-rules';
import { ProblemError } from '../plumbing/problems';
import { apiActor } from './auth';
import { statusOf } from './meeting-status';
import {
  meetingInput,
  meetingPage,
  meetingQuery,
  problemAnswers,
  resyncAnswer,
  resyncInput,
  resyncOneInput,
  resyncProgress,
  statusDocument,
} from './schemas';
import type { Api } from './typed-api';

/**
 * Temporal usually accepts a meeting within milliseconds, and the response then names the run. It does not wait any
 * longer.
 */
const WAIT_FOR_TEMPORAL_MS = 1_000;

type MeetingsDependencies = Pick<HttpDependencies, 'db' | 'starter' | 'temporalUi' | 'gateway' | 'changes'>;

const tags = ['meetings'];
const params = z.object({ meetingId: z.string() });

const postSchema = {
  tags,
  summary: 'Post a processed meeting',
  description:
    'The meeting is stored before the response is sent. Posting the same body again changes nothing (200), but requests the sync again if it has not finished. A changed body for a known meetingId updates both activities in place.',
  body: meetingInput,
  response: { 202: statusDocument, 200: statusDocument, ...problemAnswers(400, 408, 413, 415) },
};

const listSchema = {
  tags,
  summary: 'List meetings, newest first',
  description: 'All filters apply together. A cursor continues with the same filters.',
  querystring: meetingQuery,
  response: { 200: meetingPage, ...problemAnswers(400) },
};

const statusSchema = {
  tags,
  summary: 'Get the status of a meeting',
  params,
  response: { 200: statusDocument, ...problemAnswers(404) },
};

const resyncSchema = {
  tags,
  summary: 'Run a sync again, in any state',
  description:
    'Both activities are written again. What people changed in them in HubSpot is kept, and `warnings` says so. With `{"overwrite": true}`, this run replaces it.',
  params,
  body: resyncOneInput,
  response: { 202: statusDocument, ...problemAnswers(400, 404, 415) },
};

const resyncManySchema = {
  tags,
  summary: 'Run every sync that needs attention again',
  description:
    'With a reason code, only the syncs that need attention, wait or were skipped for that reason. For daily_limit, one request is sent to HubSpot first: 503 while HubSpot still refuses it.',
  body: resyncInput,
  response: { 202: resyncAnswer, ...problemAnswers(400, 409, 503) },
};

const progressSchema = {
  tags,
  summary: 'Get the progress of requested syncs',
  description: 'A request of many meetings enters them page by page; all of them count until their syncs have ended.',
  response: { 200: resyncProgress },
};

const deleteSchema = {
  tags,
  summary: 'Delete a meeting',
  description:
    'Deletes its content here at once, and removes its activities from HubSpot. If HubSpot cannot be reached, `engagements` and `reason` (`activities_remain`) name the activities that remain. They are removed once that account is connected again.',
  params,
  response: { 202: statusDocument, ...problemAnswers(404) },
};

/** `/meetings`: post, read, resync and delete meetings. */
export function registerMeetings(api: Api, deps: MeetingsDependencies): void {
  registerPosting(api, deps);
  registerReading(api, deps);
  registerResyncs(api, deps);
  registerDeleting(api, deps);
}

function registerPosting(api: Api, deps: MeetingsDependencies): void {
  const { db } = deps;
  api.post(
    '/meetings',
    { schema: postSchema, config: { access: 'meetings:write', cleansTexts: true } },
    async ({ workspaceId, body: { meeting, warnings } }, reply) => {
      const { meetingId } = meeting;
      const outcome = await acceptMeeting(db, { workspaceId, meeting, warnings });
      // A caller that posts the same meeting again may be missing a sync that never finished.
      const isRequested =
        outcome !== 'unchanged' || (await requeue(db, lostSync({ workspaceId, meetingId }), 'run_lost')) > 0;
      if (isRequested) await start(deps, workspaceId, meetingId);
      return reply
        .code(outcome === 'unchanged' ? 200 : 202)
        .header('location', `/api/v1/meetings/${encodeURIComponent(meetingId)}`)
        .send(await statusOf(deps, workspaceId, meetingId));
    },
  );
}

function registerReading(api: Api, deps: MeetingsDependencies): void {
  const { db, temporalUi } = deps;
  api.get(
    '/meetings',
    { config: { access: 'read' }, schema: listSchema },
    async ({ workspaceId, query: { cursor, limit, ...texts } }) => {
      const dated = texts.from !== undefined || texts.to !== undefined;
      const filters = filtersOf(texts, dated ? await timeZoneOf(db, workspaceId) : 'UTC');
      return await withCursor(() => listMeetings(db, workspaceId, { ...filters, cursor, limit }, temporalUi));
    },
  );

  api.get(
    '/meetings/:meetingId',
    { config: { access: READ_OR_WRITE }, schema: statusSchema },
    ({ workspaceId, params: { meetingId } }) => statusOf(deps, workspaceId, meetingId),
  );
}

function registerResyncs(api: Api, deps: MeetingsDependencies): void {
  api.post(
    '/meetings/:meetingId/resync',
    { config: { access: 'meetings:write' }, schema: resyncSchema },
    async (request, reply) => {
      const { workspaceId, params: target, body } = request;
      const { meetingId } = target;
      await statusOf(deps, workspaceId, meetingId);
      const reason = body?.overwrite === true ? 'overwrite' : 'resync';
      if (!(await resyncMeeting(deps.db, { workspaceId, meetingId }, apiActor(request), reason))) {
        throw new ProblemError('meeting-not-found', `Meeting "${meetingId}" was deleted: post it again to sync it.`);
      }
      await start(deps, workspaceId, meetingId);
      return reply.code(202).send(await statusOf(deps, workspaceId, meetingId));
    },
  );

  api.post(
    '/meetings/resync',
    { config: { access: 'meetings:write' }, schema: resyncManySchema },
    async (request, reply) =>
      reply.code(202).send({ requested: await requestMany(deps, request, request.body?.reason) }),
  );

  // Not below `/meetings`, where a meeting may have any name.
  api.get(
    '/progress',
    { config: { access: READ_OR_WRITE }, schema: progressSchema },
    async ({ workspaceId }) => await progressOf(deps, workspaceId),
  );
}

async function progressOf({ db }: MeetingsDependencies, workspaceId: string) {
  const requested = await requestedSoFar(db, workspaceId);
  const { meetings: left, waiting, perMinute } = await countUnderWay(db, workspaceId);
  return { requested, left, waiting, perMinute: Math.round(perMinute * 10) / 10 };
}

function registerDeleting(api: Api, deps: MeetingsDependencies): void {
  api.delete(
    '/meetings/:meetingId',
    { config: { access: 'meetings:write' }, schema: deleteSchema },
    async (request, reply) => {
      const { workspaceId, params: target } = request;
      const { meetingId } = target;
      await statusOf(deps, workspaceId, meetingId);
      if (await deleteMeeting(deps.db, { workspaceId, meetingId }, apiActor(request))) {
        await start(deps, workspaceId, meetingId);
      }
      return reply.code(202).send(await statusOf(deps, workspaceId, meetingId));
    },
  );
}

async function start({ starter }: MeetingsDependencies, workspaceId: string, meetingId: string): Promise<void> {
  await Promise.race([starter.start(workspaceId, meetingId), delay(WAIT_FOR_TEMPORAL_MS, undefined, { ref: false })]);
}

/** Requests syncs. The polling loop hands them to Temporal at its own pace. @returns how many */
async function requestMany(
  deps: MeetingsDependencies,
  request: FastifyRequest,
  reason: ReasonCode | undefined,
): Promise<number> {
  const { workspaceId } = request;
  // While HubSpot refuses requests for the account, requested meetings would only wait again.
  if (reason === 'daily_limit') return await askingHubSpot(tryNow(deps, workspaceId, apiActor(request)));
  return await resyncMany(deps.db, workspaceId, reason, apiActor(request));
}
