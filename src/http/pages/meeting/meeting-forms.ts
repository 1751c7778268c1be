import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { t } from '../../../languages/text';
import type { RecordRef } from '../../../meeting/linking/cascade';
import { normaliseEmail } from '../../../meeting/people/mailboxes';
import { mayBecomeContact } from '../../../meeting/people/participants';
import type { MeetingKey } from '../../../store/meetings/key';
import { listLinks } from '../../../store/meetings/links';
import { findMeeting } from '../../../store/meetings/meetings';
import { loadSettings } from '../../../store/settings/settings';
import type { HttpDependencies } from '../../dependencies';
import { createContact, deleteMeeting, resyncMeeting } from '../../acts/meeting-acts';
import { InvalidInputError } from '../../plumbing/validation';
import { choiceOf, chooseRecord, recordParams, restoreLink, withdrawLink } from '../../record-choices';
import type { Flash } from '../layout/flash';
import { formField, sessionOf } from '../layout/session';
import { meetingPath } from '../layout/status-words';
import { isLastRecord } from './record-tree';

export type FormDependencies = Pick<HttpDependencies, 'db' | 'starter'>;
export type MeetingRequest = FastifyRequest<{ Params: { meetingId: string } }>;

/** A page below PUBLIC_URL that asks for confirmation before anything is done. */
interface Question {
  readonly askAt: string;
}

/** The action behind a button of the meeting's page. Returns the message that the page shows afterwards. */
type FormAction = (deps: FormDependencies, request: MeetingRequest) => Promise<Flash | Question>;

const recordFields = z.object(recordParams);

type NamedRecord = RecordRef & { readonly name: string };

/** The forms of a meeting's page, by the last part of their path. */
export const MEETING_FORMS: Readonly<Record<string, FormAction>> = {
  async resync(deps, request) {
    const overwrite = formField(request.body, 'overwrite') === 'true';
    const key = keyOf(request);
    await resyncMeeting(deps.db, key, sessionOf(request).actor, overwrite ? 'overwrite' : 'resync');
    await deps.starter.start(key.workspaceId, key.meetingId);
    return done(t(overwrite ? 'Syncing again, and replacing what people changed in HubSpot.' : 'Syncing again.'));
  },

  async remove(deps, request) {
    const { workspaceId, meetingId } = keyOf(request);
    await deleteMeeting(deps.db, { workspaceId, meetingId }, sessionOf(request).actor);
    await deps.starter.start(workspaceId, meetingId);
    request.log.info({ workspaceId, meetingId }, 'a person deleted the meeting');
    return done(t('The meeting is deleted here, and its activities are being removed from HubSpot.'));
  },

  async link(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    const key = keyOf(request);
    const before = await choiceOf(deps, key, ref);
    await chooseRecord(deps, key, ref, 'linked', sessionOf(request).actor);
    const linked = done(t('{name} is linked. Syncing…', { name }));
    if (before === 'linked') return linked;
    return { ...linked, undo: undoForm(key.meetingId, 'undo-link', { ...ref, name }, before) };
  },

  async unlink(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    const key = keyOf(request);
    if (formField(request.body, 'confirmed') !== 'true' && (await isLast(deps, key, ref)))
      return { askAt: `${meetingPath(key.meetingId)}/unlink?${fieldsQuery({ ...ref, name })}` };
    await chooseRecord(deps, key, ref, 'unlinked', sessionOf(request).actor);
    return {
      ...done(t('The link to {name} is removed. Syncing…', { name })),
      undo: undoForm(key.meetingId, 'undo', { ...ref, name }, null),
    };
  },

  async undo(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    return (await restoreLink(deps, keyOf(request), ref, sessionOf(request).actor))
      ? done(t('{name} is linked again. Syncing…', { name }))
      : failed(t('The link to {name} was not removed, so there is nothing to undo.', { name }));
  },

  async 'undo-link'(deps, request) {
    const { name, ...ref } = chosenRecord(request);
    const before = formField(request.body, 'before') === 'unlinked' ? 'unlinked' : null;
    return (await withdrawLink(deps, keyOf(request), ref, { before, actor: sessionOf(request).actor }))
      ? done(t('{name} is no longer linked by hand. Syncing…', { name }))
      : failed(t('{name} was not linked by hand, so there is nothing to undo.', { name }));
  },

  async contact(deps, request) {
    const key = keyOf(request);
    const email = normaliseEmail(formField(request.body, 'email') ?? '');
    if (!mayBecomeContact(email, await loadSettings(deps.db, key.workspaceId)))
      return failed(t('That address belongs to a room, a bot or several people, so it does not become a contact.'));
    if (!(await createContact(deps.db, key, email, sessionOf(request).actor)))
      return failed(t('No external participant of this meeting has that address.'));
    await deps.starter.start(key.workspaceId, key.meetingId);
    return done(t('The sync creates the contact {email}. Syncing…', { email }));
  },
};

/** The meeting that a request names, in the workspace of its session. */
export function keyOf(request: MeetingRequest): { workspaceId: string; meetingId: string } {
  return { workspaceId: sessionOf(request).workspaceId, meetingId: request.params.meetingId };
}

/** The record that a form or an address names. */
export function chosenRecord(request: FastifyRequest): NamedRecord {
  const fields = request.method === 'GET' ? request.query : request.body;
  const read = recordFields.safeParse({
    objectType: formField(fields, 'objectType'),
    recordId: formField(fields, 'recordId'),
  });
  if (!read.success) throw new InvalidInputError(t('The form names no record.'), []);
  const { objectType, recordId } = read.data;
  const name = formField(fields, 'name')?.trim().slice(0, 200);
  return { objectType, id: recordId, name: name === undefined || name === '' ? recordId : name };
}

/** Whether unlinking the record leaves none, so that both activities are removed from HubSpot. */
async function isLast({ db }: FormDependencies, key: MeetingKey, record: RecordRef): Promise<boolean> {
  const meeting = await findMeeting(db, key);
  const portalId = meeting?.portal_id ?? null;
  if (portalId === null) return false;
  const links = await listLinks(db, key, portalId);
  return isLastRecord(
    links.filter(({ refused }) => refused === null),
    record,
  );
}

/** The fields by which forms name a record. */
export function recordForm({ objectType, id, name }: NamedRecord): Record<string, string> {
  return { objectType, recordId: id, name };
}

function fieldsQuery(record: NamedRecord): string {
  return new URLSearchParams(recordForm(record)).toString();
}

function undoForm(
  meetingId: string,
  action: 'undo' | 'undo-link',
  record: NamedRecord,
  before: string | null,
): NonNullable<Flash['undo']> {
  return {
    path: `${meetingPath(meetingId)}/${action}`,
    fields: { ...recordForm(record), ...(before === null ? {} : { before }) },
  };
}

function done(message: string): Flash {
  return { kind: 'success', message, action: '' };
}

function failed(message: string): Flash {
  return { kind: 'error', message, action: '' };
}
