import type { FastifyInstance, FastifyReply } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { HttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { setFlash, type Flash } from '../layout/flash';
import { isMoving } from '../layout/live';
import { pageAdvice } from '../layout/error-page';
import { basePath, renderPage } from '../layout/render';
import { formOptions, pageOptions } from '../layout/guard';
import { meetingPath, titleOf } from '../layout/status-words';
import { confirmView, type ConfirmPageModel } from '../layout/common-views';
import { formField } from '../layout/session';
import { loadMeetingData, type MeetingData } from './meeting-data';
import {
  chosenRecord,
  keyOf,
  MEETING_FORMS,
  recordForm,
  type FormDependencies,
  type MeetingRequest,
} from './meeting-forms';
import { meetingView, meetingPage } from './meeting-models';

type Dependencies = FormDependencies & Pick<HttpDependencies, 'config' | 'temporalUi'>;

/** Names come from the mirror, which reads new records in batches, some seconds after their sync. */
const UNREAD_SECONDS = 5;

/** `/meetings/{id}`, and the routes of its buttons. */
export function registerMeetingPage(pages: FastifyInstance, deps: Dependencies): void {
  const guarded = pageOptions('read');
  const { publicUrl } = deps.config;

  pages.get('/meetings/:meetingId', guarded, async (request: MeetingRequest, reply) => {
    return await showMeeting(deps, request, reply);
  });
  pages.get('/meetings/:meetingId/remove', pageOptions('meetings:write'), async (request: MeetingRequest, reply) => {
    return await confirm(deps, removal, request, reply);
  });
  pages.get('/meetings/:meetingId/unlink', pageOptions('meetings:write'), async (request: MeetingRequest, reply) => {
    return await confirm(deps, lastUnlinking, request, reply);
  });
  for (const [path, act] of Object.entries(MEETING_FORMS))
    pages.post(
      `/meetings/:meetingId/${path}`,
      formOptions(pages, 'meetings:write'),
      async (request: MeetingRequest, reply) => {
        const key = keyOf(request);
        await presentMeeting(deps, key);
        const outcome = await withFailures(act(deps, request));
        if ('askAt' in outcome) return await reply.redirect(`${basePath(publicUrl)}${outcome.askAt}`, 303);
        setFlash(reply, publicUrl, outcome);
        return await reply.redirect(`${basePath(publicUrl)}${meetingPath(key.meetingId)}`, 303);
      },
    );
}

async function showMeeting(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId, meetingId } = keyOf(request);
  const data = await loadMeetingData(deps.db, workspaceId, meetingId, deps.temporalUi);
  if (data === null) throw unknownMeeting(meetingId);
  const tab = formField(request.query, 'tab') === 'notes' ? 'notes' : 'summary';
  const model = meetingPage(data, deps.temporalUi, tab);
  const page = {
    view: meetingView(model),
    title: model.heading,
    section: 'meetings',
    live: liveOf(data, model.path, model.shown === 'notes' ? { tab: 'notes' } : {}),
  } as const;
  return await renderPage(deps, page, request, reply);
}

async function confirm(
  deps: Dependencies,
  question: (request: MeetingRequest, heading: string, path: string) => ConfirmPageModel,
  request: MeetingRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const key = keyOf(request);
  const row = await presentMeeting(deps, key);
  const model = question(request, titleOf({ meetingId: key.meetingId, title: row.title }), meetingPath(key.meetingId));
  const page = { view: confirmView(model), title: model.button, section: 'meetings' } as const;
  return await renderPage(deps, page, request, reply);
}

function removal(_request: MeetingRequest, heading: string, path: string): ConfirmPageModel {
  return {
    heading: t('Remove this meeting from HubSpot?'),
    sentences: [
      heading,
      t('Its Meeting Summary and Smart Category Notes are removed from every timeline in HubSpot.'),
      t('Its content, links and history are deleted here at once. Only its ID stays, as deleted.'),
      t('To get it back, your recorder has to send it again.'),
    ],
    action: `${path}/remove`,
    button: t('Remove from HubSpot'),
    back: path,
  };
}

function lastUnlinking(request: MeetingRequest, heading: string, path: string): ConfirmPageModel {
  const record = chosenRecord(request);
  return {
    heading: t('Unlink {name}, the last record?', { name: record.name }),
    sentences: [
      heading,
      t('All other records of this meeting were found through this one, so no record is left.'),
      t('Its Meeting Summary and Smart Category Notes are removed from HubSpot. Its content stays here.'),
      t('You can undo this: both are then written again.'),
    ],
    action: `${path}/unlink`,
    button: t('Unlink'),
    back: path,
    fields: { ...recordForm(record), confirmed: 'true' },
  };
}

/** The page polls while the sync is under way, and until the names of the linked records have been read. */
function liveOf(
  { document, row, records }: MeetingData,
  path: string,
  query: Readonly<Record<string, string>>,
): { path: string; query: Readonly<Record<string, string>>; everySeconds?: number } | null {
  if (isMoving([document.status]) || (row.erasing && document.status !== 'deleted')) return { path, query };
  const unread = [...records.values()].some((record) => record.readAt === null);
  return unread ? { path, query, everySeconds: UNREAD_SECONDS } : null;
}

/** Shows HubSpot's refusal on the page that made the request. */
async function withFailures<Outcome>(work: Promise<Outcome>): Promise<Outcome | Flash> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'meeting-not-found') throw error;
    return { kind: 'error', message: storedText(error.message), action: pageAdvice(error.code) };
  }
}

function unknownMeeting(meetingId: string): ProblemError {
  return new ProblemError(
    'meeting-not-found',
    t('This workspace has no meeting “{meetingId}”. It may have been deleted.', { meetingId }),
  );
}
