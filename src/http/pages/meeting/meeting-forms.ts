import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { normaliseEmail } from '../../../meeting/people/mailboxes';
import { mayBecomeContact } from '../../../meeting/people/participants';
import { recordAccessChange } from '../../../store/access/access-changes';
import { requestDeletion } from '../../../store/meetings/delete-meeting';
import { requestContact } from '../../../store/meetings/participants';
import { loadSettings } from '../../../store/settings/settings';
import type { HttpDependencies } from '../../dependencies';
import { InvalidInputError } from '../../plumbing/validation';
import { chooseRecord, recordParams, syncAgain, restoreLink } from '../../record-choices';
import type { Flash } from '../layout/flash';
import { formField, sessionOf } from '../layout/session';

export type FormDependencies = Pick<HttpDependencies, 'db' | 'starter'>;
export type MeetingRequest = FastifyRequest<{ Params: { meetingId: string } }>;

/** The action behind a button of the meeting's page. Returns the message that the page shows afterwards. */
type FormAction = (deps: FormDependencies, request: MeetingRequest) => Promise<Flash>;

const recordFields = z.object(recordParams);

/** The forms of a meeting's page, by the last part of their path. */
export const MEETING_FORMS: Readonly<Record<string, FormAction>> = {
  async resync(deps, request) {
    const overwrite = formField(request.body, 'overwrite') === 'true';
    await syncAgain(deps, keyOf(request), overwrite ? 'overwrite' : 'resync');
    return done(overwrite ? 'Syncing again, and replacing what people changed in HubSpot.' : 'Syncing again.');
  },

  async remove(deps, request) {
    const { workspaceId, meetingId } = keyOf(request);
    await requestDeletion(deps.db, workspaceId, meetingId);
    const { actor } = sessionOf(request);
    await recordAccessChange(deps.db, { workspaceId, actor, action: `deleted the meeting "${meetingId}"` });
    await deps.starter.start(workspaceId, meetingId);
    request.log.info({ workspaceId, meetingId }, 'a person deleted the meeting');
    return done('The meeting is deleted here, and its activities are being removed from HubSpot.');
  },

  async link(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    await chooseRecord(deps, keyOf(request), ref, 'linked');
    return done(`${name} is linked by hand. Syncing…`);
  },

  async unlink(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    await chooseRecord(deps, keyOf(request), ref, 'unlinked');
    return done(`The link to ${name} is removed. Syncing…`, 'You can undo this under “Not linked”.');
  },

  async undo(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    return (await restoreLink(deps, keyOf(request), ref))
      ? done(`${name} is linked again. Syncing…`)
      : failed(`The link to ${name} was not removed, so there is nothing to undo.`);
  },

  async contact(deps, request) {
    const key = keyOf(request);
    const email = normaliseEmail(formField(request.body, 'email') ?? '');
    if (!mayBecomeContact(email, await loadSettings(deps.db, key.workspaceId)))
      return failed('That address belongs to a room, a bot or several people, so it does not become a contact.');
    if (!(await requestContact(deps.db, key, email)))
      return failed('No external participant of this meeting has that address.');
    await deps.starter.start(key.workspaceId, key.meetingId);
    return done(`The sync creates the contact ${email}. Syncing…`);
  },
};

/** The meeting that a request names, in the workspace of its session. */
export function keyOf(request: MeetingRequest): { workspaceId: string; meetingId: string } {
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

function done(message: string, action = ''): Flash {
  return { kind: 'success', message, action };
}

function failed(message: string): Flash {
  return { kind: 'error', message, action: '' };
}
