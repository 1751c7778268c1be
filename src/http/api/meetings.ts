import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { StatusDocument } from '../../meeting/status';
import { recordAccessChange } from '../../store/access/access-changes';
import { tryNow } from '../../dispatch/limit-probe';
import { requestErasure } from '../../store/meetings/delete-meeting';
import { requestLostSync } from '../../store/meetings/lost-runs';
import { acceptMeeting, requestSync, requestSyncs } from '../../store/meetings/meetings';
import { listMeetings, statusDocument as readStatus } from '../../store/meetings/status-documents';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import { filtersOf, timeZoneOf } from '../meeting-filters';
import { isMeetingId } from '../../meeting/meeting-id';
import { withCursor } from '../meeting-list';
import { ProblemError } from '../plumbing/problems';
import type { Api } from './typed-api';
import { apiActor } from './auth';
import {
  meetingInput,
  meetingPage,
  meetingQuery,
  problemAnswers,
  resyncAnswer,
  resyncInput,
  resyncOneInput,
  statusDocument,
} from './schemas';

/**
 * Temporal usually accepts a meeting within milliseconds, and the response then names the run. It does not wait any
 * longer.
 */
const WAIT_FOR_TEMPORAL_MS = 1_000;

const tags = ['meetings'];
const params = z.object({ meetingId: z.string() });

/** `/meetings`: post, read, resync and delete meetings. */
export function registerMeetings(
  api: Api,
  deps: Pick<HttpDependencies, 'db' | 'starter' | 'temporalUi' | 'gateway' | 'changes'>,
): void {
  const { db, starter, temporalUi } = deps;
  const statusOf = async (workspaceId: string, meetingId: string): Promise<StatusDocument> => {
    const document = isMeetingId(meetingId) ? await readStatus(db, workspaceId, meetingId, temporalUi) : null;
    if (document === null) throw new ProblemError('meeting-not-found', `This workspace has no meeting "${meetingId}".`);
    return document;
  };
  const start = (workspaceId: string, meetingId: string) =>
    Promise.race([starter.start(workspaceId, meetingId), delay(WAIT_FOR_TEMPORAL_MS, undefined, { ref: false })]);

  // While HubSpot refuses requests for the account, requested meetings would only wait again.
  const askAgain = async (workspaceId: string, reason: string | undefined) =>
    reason === 'daily_limit'
      ? await askingHubSpot(tryNow(deps, workspaceId))
      : await requestSyncs(db, workspaceId, { reason });

  api.post(
    '/meetings',
    {
      schema: {
        tags,
        summary: 'Post a processed meeting',
        description:
          'The meeting is stored before the response is sent. Posting the same body again changes nothing (200), but requests the sync again if it has not finished. A changed body for a known meetingId updates both activities in place.',
        body: meetingInput,
        response: { 202: statusDocument, 200: statusDocument, ...problemAnswers(400, 408, 413, 415) },
      },
      config: { cleansTexts: true },
    },
    async (request, reply) => {
      const { workspaceId, body } = request;
      const { meeting, warnings } = body;
      const outcome = await acceptMeeting(db, { workspaceId, meeting, warnings });
      const key = { workspaceId, meetingId: meeting.meetingId };
      // A caller that posts the same meeting again may be missing a sync that never finished.
      const asked = outcome !== 'unchanged' || (await requestLostSync(db, key));
      if (asked) await start(workspaceId, meeting.meetingId);
      return reply
        .code(outcome === 'unchanged' ? 200 : 202)
        .header('location', `/api/v1/meetings/${encodeURIComponent(meeting.meetingId)}`)
        .send(await statusOf(workspaceId, meeting.meetingId));
    },
  );

  api.get(
    '/meetings',
    {
      schema: {
        tags,
        summary: 'List meetings, newest first',
        description: 'All filters apply together. A cursor continues with the same filters.',
        querystring: meetingQuery,
        response: { 200: meetingPage, ...problemAnswers(400) },
      },
    },
    async ({ workspaceId, query: { cursor, limit, ...texts } }) => {
      const dated = texts.from !== undefined || texts.to !== undefined;
      const filters = filtersOf(texts, dated ? await timeZoneOf(db, workspaceId) : 'UTC');
      return await withCursor(() => listMeetings(db, workspaceId, { ...filters, cursor, limit }, temporalUi));
    },
  );

  api.get(
    '/meetings/:meetingId',
    {
      schema: {
        tags,
        summary: 'Get the status of a meeting',
        params,
        response: { 200: statusDocument, ...problemAnswers(404) },
      },
    },
    ({ workspaceId, params: { meetingId } }) => statusOf(workspaceId, meetingId),
  );

  api.post(
    '/meetings/:meetingId/resync',
    {
      schema: {
        tags,
        summary: 'Run a sync again, in any state',
        description:
          'Both activities are written again. What people changed in them in HubSpot is kept, and `warnings` says so. With `{"overwrite": true}`, this run replaces it.',
        params,
        body: resyncOneInput,
        response: { 202: statusDocument, ...problemAnswers(400, 404, 415) },
      },
    },
    async ({ workspaceId, params: { meetingId }, body }, reply) => {
      await statusOf(workspaceId, meetingId);
      if (!(await requestSync(db, workspaceId, meetingId, { overwrite: body?.overwrite === true }))) {
        throw new ProblemError('meeting-not-found', `Meeting "${meetingId}" was erased: post it again to sync it.`);
      }
      await start(workspaceId, meetingId);
      return reply.code(202).send(await statusOf(workspaceId, meetingId));
    },
  );

  api.post(
    '/meetings/resync',
    {
      schema: {
        tags,
        summary: 'Run every sync that needs attention again',
        description:
          'With a reason code, only the syncs that need attention, wait or were skipped for that reason. For daily_limit, one request is sent to HubSpot first: 503 while HubSpot still refuses it.',
        body: resyncInput,
        response: { 202: resyncAnswer, ...problemAnswers(400, 409, 503) },
      },
    },
    async ({ workspaceId, body }, reply) =>
      // The polling loop hands them to Temporal at a pace that suits it.
      reply.code(202).send({ requested: await askAgain(workspaceId, body?.reason) }),
  );

  api.delete(
    '/meetings/:meetingId',
    {
      schema: {
        tags,
        summary: 'Delete a meeting',
        description:
          'Erases its content here at once, and removes its activities from HubSpot. If HubSpot cannot be reached, `engagements` and `reason` (`activities_remain`) name the activities that remain. They are removed once that account is connected again.',
        params,
        response: { 202: statusDocument, ...problemAnswers(404) },
      },
    },
    async (request, reply) => {
      const { workspaceId, params: target } = request;
      const { meetingId } = target;
      await statusOf(workspaceId, meetingId);
      if (await requestErasure(db, workspaceId, meetingId)) {
        const actor = apiActor(request);
        await recordAccessChange(db, { workspaceId, actor, action: `erased the meeting "${meetingId}"` });
        await start(workspaceId, meetingId);
      }
      return reply.code(202).send(await statusOf(workspaceId, meetingId));
    },
  );
}
