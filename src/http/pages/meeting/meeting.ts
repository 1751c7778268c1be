import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { createContact } from '../../../activities/create-contact';
import { normaliseEmail } from '../../../meeting/people/mailboxes';
import { matchableParticipants } from '../../../meeting/people/participants';
import { recordAccessChange } from '../../../store/access/access-changes';
import { requestDeletion } from '../../../store/meetings/delete-meeting';
import { loadSettings } from '../../../store/settings/settings';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError, PROBLEMS } from '../../plumbing/problems';
import { chooseRecord, presentMeeting, recordParams, syncAgain, takeBackUnlinking } from '../../record-choices';
import { InvalidInputError } from '../../plumbing/validation';
import { setFlash, type Flash } from '../layout/flash';
import { isMoving } from '../layout/live';
import { loadMeetingData, type MeetingData } from './meeting-data';
import { meetingView, meetingPage } from './meeting-models';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/sign-in';
import { titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';

const takeBackView = (model: { readonly path: string; readonly heading: string }): FilledView => ({
  template: 'take-back',
  model,
});

type MeetingRequest = FastifyRequest<{ Params: { meetingId: string } }>;

const recordFields = z.object(recordParams);

/** Names come from the mirror, which reads new records in batches, some seconds after their sync. */
const UNREAD_SECONDS = 5;

/** `/meetings/{id}`, and the routes of its buttons. */
export function registerMeetingPage(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'starter' | 'gateway' | 'temporalUi'>,
): void {
  const { db, config, temporalUi } = deps;
  const guarded = pageOptions(deps);

  pages.get('/meetings/:meetingId', guarded, async (request: MeetingRequest, reply) => {
    const { workspaceId, meetingId } = keyOf(request);
    const data = await loadMeetingData(db, workspaceId, meetingId, temporalUi);
    if (data === null) throw unknownMeeting(meetingId);
    const model = meetingPage(data, temporalUi);
    const live = liveOf(data, model.path);
    return await renderPage(
      deps,
      { view: meetingView(model), title: model.heading, section: 'meetings', live },
      request,
      reply,
    );
  });

  pages.get('/meetings/:meetingId/take-back', guarded, async (request: MeetingRequest, reply) => {
    const key = keyOf(request);
    const row = await presentMeeting(deps, key);
    const model = { path: pathOf(key.meetingId), heading: titleOf({ meetingId: key.meetingId, title: row.title }) };
    return await renderPage(
      deps,
      { view: takeBackView(model), title: 'Take back', section: 'meetings' },
      request,
      reply,
    );
  });

  /** Registers a form of the page: its action, and the message that the page shows afterwards. */
  const form = (path: string, act: (request: MeetingRequest) => Promise<Flash>) =>
    pages.post(`/meetings/:meetingId/${path}`, formOptions(pages, deps), async (request: MeetingRequest, reply) => {
      await presentMeeting(deps, keyOf(request));
      return await back(request, reply, await failuresTold(act(request)));
    });

  form('resync', async (request) => {
    const overwrite = formField(request.body, 'overwrite') === 'true';
    await syncAgain(deps, keyOf(request), overwrite ? 'overwrite' : 'resync');
    return done(
      overwrite ? 'The sync runs again, and replaces what people changed in HubSpot.' : 'The sync runs again.',
    );
  });

  form('take-back', async (request) => {
    const { workspaceId, meetingId } = keyOf(request);
    await requestDeletion(db, workspaceId, meetingId);
    const { actor } = sessionOf(request);
    await recordAccessChange(db, { workspaceId, actor, action: `erased the meeting "${meetingId}"` });
    await deps.starter.start(workspaceId, meetingId);
    request.log.info({ workspaceId, meetingId }, 'taken back by a person');
    return done('The meeting is deleted here, and its activities are removed from HubSpot.');
  });

  form('link', async (request) => {
    const { name, ...ref } = chosenRecord(request);
    await chooseRecord(deps, keyOf(request), ref, 'linked');
    return done(`${name} is linked by hand, and stays linked at every later sync.`);
  });

  form('unlink', async (request) => {
    const { name, ...ref } = chosenRecord(request);
    await chooseRecord(deps, keyOf(request), ref, 'unlinked');
    return done(`${name} is unlinked, with what only it brought; it stays so at every later sync.`);
  });

  form('undo', async (request) => {
    const { name, ...ref } = chosenRecord(request);
    return (await takeBackUnlinking(deps, keyOf(request), ref))
      ? done(`That ${name} was unlinked is taken back.`)
      : { kind: 'error', message: `${name} is not unlinked (any more).`, action: '' };
  });

  form('contact', async (request) => {
    const key = keyOf(request);
    const email = normaliseEmail(formField(request.body, 'email') ?? '');
    const [{ body }, settings] = [await presentMeeting(deps, key), await loadSettings(db, key.workspaceId)];
    const person =
      body === null ? undefined : matchableParticipants(body, settings).external.find((one) => one.email === email);
    if (person === undefined)
      return { kind: 'error', message: 'Nobody from outside with this address took part in the meeting.', action: '' };
    const { crm } = await askingHubSpot(deps.gateway.connect(key.workspaceId));
    await askingHubSpot(createContact(crm, { person, companies: [], ownerId: null, meetingId: key.meetingId }));
    await syncAgain(deps, key);
    return done(`${person.name ?? person.email} is a contact in HubSpot now, and is linked by the sync that runs.`);
  });

  async function back(request: MeetingRequest, reply: FastifyReply, flash: Flash): Promise<FastifyReply> {
    setFlash(reply, config.publicUrl, flash);
    return await reply.redirect(`${basePath(config.publicUrl)}${pathOf(request.params.meetingId)}`, 303);
  }
}

/** The page polls while the sync is under way, and until the names of the linked records have been read. */
function liveOf({ document, row, records }: MeetingData, path: string): { path: string; everySeconds?: number } | null {
  if (isMoving([document.status]) || (row.erasing && document.status !== 'deleted')) return { path };
  const unread = [...records.values()].some((record) => record.read_at === null);
  return unread ? { path, everySeconds: UNREAD_SECONDS } : null;
}

/** The path of a meeting's page. */
export function pathOf(meetingId: string): string {
  return `/meetings/${encodeURIComponent(meetingId)}`;
}

function keyOf(request: MeetingRequest): { workspaceId: string; meetingId: string } {
  return { workspaceId: sessionOf(request).workspaceId, meetingId: request.params.meetingId };
}

function chosenRecord(request: FastifyRequest): { objectType: string; id: string; name: string } {
  const read = recordFields.safeParse({
    objectType: formField(request.body, 'objectType'),
    recordId: formField(request.body, 'recordId'),
  });
  if (!read.success) throw new InvalidInputError('The form names no record.', []);
  const { objectType, recordId } = read.data;
  const name = formField(request.body, 'name')?.trim().slice(0, 200);
  return { objectType, id: recordId, name: name === undefined || name === '' ? recordId : name };
}

function done(message: string): Flash {
  return { kind: 'success', message, action: 'This page follows it; without JavaScript, load it again.' };
}

/** Shows HubSpot's refusal on the page that made the request. */
async function failuresTold(work: Promise<Flash>): Promise<Flash> {
  try {
    return await work;
  } catch (error) {
    if (!(error instanceof ProblemError) || error.code === 'meeting-not-found') throw error;
    return { kind: 'error', message: error.message, action: PROBLEMS[error.code].solution };
  }
}

function unknownMeeting(meetingId: string): ProblemError {
  return new ProblemError('meeting-not-found', `This workspace has no meeting "${meetingId}", or it was erased.`);
}
