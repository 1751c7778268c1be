import type { FastifyInstance, FastifyReply } from 'fastify';
import type { HttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { setFlash, type Flash } from '../layout/flash';
import { isMoving } from '../layout/live';
import { basePath, pageAdvice, renderPage } from '../layout/render';
import { formOptions, pageOptions } from '../layout/sign-in';
import { meetingPath, titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { loadMeetingData, type MeetingData } from './meeting-data';
import { keyOf, MEETING_FORMS, type FormDependencies, type MeetingRequest } from './meeting-forms';
import { meetingView, meetingPage } from './meeting-models';

type Dependencies = FormDependencies & Pick<HttpDependencies, 'config' | 'temporalUi'>;

const removeView = (model: { readonly path: string; readonly heading: string }): FilledView => ({
  template: 'remove-meeting',
  model,
});

/** Names come from the mirror, which reads new records in batches, some seconds after their sync. */
const UNREAD_SECONDS = 5;

/** `/meetings/{id}`, and the routes of its buttons. */
export function registerMeetingPage(pages: FastifyInstance, deps: Dependencies): void {
  const guarded = pageOptions(deps);
  const { publicUrl } = deps.config;

  pages.get('/meetings/:meetingId', guarded, async (request: MeetingRequest, reply) => {
    return await showMeeting(deps, request, reply);
  });
  pages.get('/meetings/:meetingId/remove', guarded, async (request: MeetingRequest, reply) => {
    return await confirmRemoval(deps, request, reply);
  });
  for (const [path, act] of Object.entries(MEETING_FORMS))
    pages.post(`/meetings/:meetingId/${path}`, formOptions(pages, deps), async (request: MeetingRequest, reply) => {
      const key = keyOf(request);
      await presentMeeting(deps, key);
      setFlash(reply, publicUrl, await withFailures(act(deps, request)));
      return await reply.redirect(`${basePath(publicUrl)}${meetingPath(key.meetingId)}`, 303);
    });
}

async function showMeeting(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId, meetingId } = keyOf(request);
  const data = await loadMeetingData(deps.db, workspaceId, meetingId, deps.temporalUi);
  if (data === null) throw unknownMeeting(meetingId);
  const model = meetingPage(data, deps.temporalUi);
  const page = {
    view: meetingView(model),
    title: model.heading,
    section: 'meetings',
    live: liveOf(data, model.path),
  } as const;
  return await renderPage(deps, page, request, reply);
}

async function confirmRemoval(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const key = keyOf(request);
  const row = await presentMeeting(deps, key);
  const model = { path: meetingPath(key.meetingId), heading: titleOf({ meetingId: key.meetingId, title: row.title }) };
  const page = { view: removeView(model), title: 'Remove from HubSpot', section: 'meetings' } as const;
  return await renderPage(deps, page, request, reply);
}

/** The page polls while the sync is under way, and until the names of the linked records have been read. */
function liveOf({ document, row, records }: MeetingData, path: string): { path: string; everySeconds?: number } | null {
  if (isMoving([document.status]) || (row.erasing && document.status !== 'deleted')) return { path };
  const unread = [...records.values()].some((record) => record.read_at === null);
  return unread ? { path, everySeconds: UNREAD_SECONDS } : null;
}

/** Shows HubSpot's refusal on the page that made the request. */
async function withFailures(work: Promise<Flash>): Promise<Flash> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'meeting-not-found') throw error;
    return { kind: 'error', message: error.message, action: pageAdvice(error.code) };
  }
}

function unknownMeeting(meetingId: string): ProblemError {
  return new ProblemError(
    'meeting-not-found',
    `This workspace has no meeting "${meetingId}". It may have been deleted.`,
  );
}
