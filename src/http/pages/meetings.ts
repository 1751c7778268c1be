import type { FastifyInstance } from 'fastify';
import { findMeetingHeadings } from '../../store/meeting-headings';
import { requestSync } from '../../store/meetings';
import { statusDocument } from '../../store/status-documents';
import type { HttpDependencies } from '../dependencies';
import { isMeetingId } from '../meeting-id';
import { listPage } from '../meeting-list';
import { ProblemError } from '../problems';
import { setFlash } from './flash';
import { isMoving } from './live';
import { meetingPage, meetingsPage, statusWords } from './meeting-models';
import { basePath, renderPage } from './render';
import { formField, sessionOf } from './session';
import { formOptions, pageOptions } from './sign-in';

const PAGE_SIZE = 25;

/** `/meetings` and `/meetings/{id}`. */
export function registerMeetingPages(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'starter' | 'temporalUi'>,
): void {
  const { db, connections, temporalUi } = deps;
  const guarded = pageOptions(deps);
  const guardedForm = formOptions(pages, deps);

  pages.get('/meetings', guarded, async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const status = statusWords.find(([value]) => value === formField(request.query, 'status'))?.[0];
    const cursor = formField(request.query, 'cursor');
    const { meetings, nextCursor } = await listPage(db, workspaceId, { status, cursor, limit: PAGE_SIZE }, temporalUi);
    const [headings, connection] = await Promise.all([
      findMeetingHeadings(
        db,
        workspaceId,
        meetings.map(({ meetingId }) => meetingId),
      ),
      connections.describe(workspaceId),
    ]);
    const model = meetingsPage({
      meetings,
      headings,
      status,
      nextCursor,
      timeZone: connection.portal?.timeZone ?? 'UTC',
    });
    const query = { ...(status === undefined ? {} : { status }), ...(cursor === undefined ? {} : { cursor }) };
    const live = isMoving(meetings.map((meeting) => meeting.status)) ? { path: '/meetings', query } : null;
    return await renderPage(
      deps,
      { view: 'meetings', title: 'Meetings', section: 'meetings', model, live },
      request,
      reply,
    );
  });

  pages.get<{ Params: { meetingId: string } }>('/meetings/:meetingId', guarded, async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const { meetingId } = request.params;
    if (!isMeetingId(meetingId)) throw unknownMeeting(meetingId);
    const [document, headings, connection] = await Promise.all([
      statusDocument(db, workspaceId, meetingId, temporalUi),
      findMeetingHeadings(db, workspaceId, [meetingId]),
      connections.describe(workspaceId),
    ]);
    if (document === null) throw unknownMeeting(meetingId);
    const model = meetingPage({ document, heading: headings.get(meetingId), connection });
    const live = isMoving([document.status]) ? { path: `/meetings/${encodeURIComponent(meetingId)}` } : null;
    return await renderPage(
      deps,
      { view: 'meeting', title: model.heading, section: 'meetings', model, live },
      request,
      reply,
    );
  });

  pages.post<{ Params: { meetingId: string } }>('/meetings/:meetingId/resync', guardedForm, async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const { meetingId } = request.params;
    if (!isMeetingId(meetingId) || !(await requestSync(db, workspaceId, meetingId))) throw unknownMeeting(meetingId);
    await deps.starter.start(workspaceId, meetingId);
    setFlash(reply, deps.config.publicUrl, {
      kind: 'success',
      message: 'The sync runs again.',
      action: 'This page follows it; without JavaScript, load it again.',
    });
    return await reply.redirect(`${basePath(deps.config.publicUrl)}/meetings/${encodeURIComponent(meetingId)}`, 303);
  });
}

function unknownMeeting(meetingId: string): ProblemError {
  return new ProblemError('meeting-not-found', `This workspace has no meeting "${meetingId}", or it was erased.`);
}
