import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import { previewSettings } from '../../../planning/settings-preview';
import { countSparedDoubles, type SparedDoubles } from '../../../store/engagements/calendar-doubles';
import { findConnection } from '../../../store/connections/connections';
import { recordNames } from '../../../store/mirror/record-names';
import { changeSettings, loadSettings } from '../../../store/settings/settings';
import { settingsChoices } from '../../../store/settings/settings-choices';
import { checkCustomObjectTypes } from '../../custom-object-types';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { InvalidInputError } from '../../plumbing/validation';
import { sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { APPLY_PATH } from './apply-settings';
import { TASK_FIELDS } from './fields/task-fields';
import { noPreview, previewModel, type PreviewModel } from './preview-models';
import { backToSettings, renderSettings } from './settings-page';
import { SETTINGS_FORMS, type SettingsFormId } from './sync-settings-fields';
import {
  NO_CHOICES,
  readSettingsForm,
  sentVersions,
  settingsForm,
  storedVersions,
  valuesOf,
  type SentForm,
  type SettingsFormModel,
} from './sync-settings-form';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'gateway' | 'log'>;

/** A page with settings. */
interface SyncPageModel {
  readonly form: SettingsFormModel;
  readonly preview: PreviewModel | null;
  /** Whether the fields differ from what is stored, because the form was sent and not saved. */
  readonly unsaved: boolean;
}

/**
 * The pages with settings. Each saves its own fields, or previews them on the newest meetings without saving: as a whole
 * page, of which a script shows the preview while fields change.
 */
export function registerSyncSettings(pages: FastifyInstance, deps: Dependencies): void {
  const guarded = pageOptions('admin');
  const guardedForm = formOptions(pages, 'admin');
  for (const id of ['meetings', 'linking', 'appearance'] as const) {
    const { path } = SETTINGS_FORMS[id];
    const show = async (state: FormState, request: FastifyRequest, reply: FastifyReply) =>
      await showForm(deps, id, state, request, reply);
    pages.get(path, guarded, async (request, reply) => await show({}, request, reply));
    pages.post(path, guardedForm, async (request, reply) => await saveSettings(deps, id, show, request, reply));
    pages.post(`${path}/preview`, guardedForm, async (request, reply) => {
      const sent = await checked(deps, id, request);
      if (sent.errors.size > 0) return await show({ sent }, request, reply.code(400));
      return await show({ sent, preview: await previewOf(deps, sent, request) }, request, reply);
    });
  }
}

/** What differs from the stored settings: a form that was sent, and its preview. */
export interface FormState {
  readonly sent?: SentForm;
  readonly preview?: PreviewModel;
}

type Show = (state: FormState, request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply>;

async function showForm(
  deps: Dependencies,
  id: SettingsFormId,
  state: FormState,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const form = await loadForm(deps, id, state, request);
  const model: SyncPageModel = { form, preview: state.preview ?? null, unsaved: state.sent !== undefined };
  return await renderSettings(deps, { id, template: 'sync', model, htmx: true }, request, reply);
}

/** The form of a page, with the stored values or with those that were sent. */
export async function loadForm(
  { db }: Pick<Dependencies, 'db'>,
  id: SettingsFormId,
  { sent }: FormState,
  request: FastifyRequest,
): Promise<SettingsFormModel> {
  const { workspaceId } = sessionOf(request);
  const connection = await findConnection(db, workspaceId);
  const [settings, choices, doubles] = await Promise.all([
    loadSettings(db, workspaceId),
    connection === null ? NO_CHOICES : settingsChoices(db, connection.portal_id),
    id === 'appearance' ? countSparedDoubles(db, workspaceId) : null,
  ]);
  return settingsForm({
    id,
    was: sent === undefined ? storedVersions(settings) : sentVersions(request.body),
    values: sent?.values ?? valuesOf(settings),
    errors: sent?.errors ?? new Map(),
    choices,
    notes: doubles === null ? new Map() : new Map([['joinCalendarMeeting', doublesWords(doubles)]]),
  });
}

/** Saves the fields of one page that a person changed. @param show - renders the page again when a field is not valid */
export async function saveSettings(
  deps: Dependencies,
  id: SettingsFormId,
  show: Show,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = sessionOf(request);
  const sent = await checked(deps, id, request);
  if (sent.errors.size > 0) return await show({ sent }, request, reply.code(400));
  if (Object.keys(sent.patch).length === 0)
    return backToSettings(deps, reply, { kind: 'success', message: unchangedWords(), action: '' }, id);
  await changeSettings(deps.db, session.workspaceId, sent.patch, session.actor);
  request.log.info({ workspaceId: session.workspaceId, settings: Object.keys(sent.patch) }, 'settings changed');
  // The share of HubSpot's searches changes no meeting.
  const link = id === 'hubspot' ? {} : { link: { path: APPLY_PATH, text: t('Apply to past meetings') } };
  const message = t(id === 'hubspot' ? 'Saved.' : 'Saved. Applies to new meetings.');
  return backToSettings(deps, reply, { kind: 'success', message, action: '', ...link }, id);
}

/** The sent form, with validation errors that need the connected account. */
async function checked(deps: Dependencies, id: SettingsFormId, request: FastifyRequest): Promise<SentForm> {
  const sent = readSettingsForm(id, request.body);
  try {
    await checkCustomObjectTypes(deps, sessionOf(request).workspaceId, sent.patch.customObjectTypes ?? []);
    return sent;
  } catch (error) {
    if (error instanceof ProblemError)
      return { ...sent, errors: new Map([['customObjectTypes', [uncheckedWords(error)]]]) };
    if (!(error instanceof InvalidInputError)) throw error;
    const types = sent.patch.customObjectTypes ?? [];
    const unknown = types.filter((_type, index) =>
      error.errors.some(({ path }) => path === `customObjectTypes[${index}]`),
    );
    const sentences = unknown.map((type) => t('The connected account has no custom object type {type}.', { type }));
    return { ...sent, errors: new Map([['customObjectTypes', sentences]]) };
  }
}

async function previewOf(deps: Dependencies, { patch }: SentForm, request: FastifyRequest): Promise<PreviewModel> {
  const { workspaceId } = sessionOf(request);
  const { portal } = await deps.connections.describe(workspaceId);
  if (portal === null) return noPreview(t('Connect HubSpot first to see what changes. You can save without it.'));
  if (Object.keys(patch).length === 0) return noPreview(unchangedWords());
  try {
    const preview = await askingHubSpot(previewSettings(deps, workspaceId, patch));
    const [choices, names] = await Promise.all([
      settingsChoices(deps.db, portal.id),
      recordNames(
        deps.db,
        portal.id,
        preview.meetings.flatMap(({ coming, going }) => [...coming, ...going]),
      ),
    ]);
    const ofTasks = TASK_FIELDS.some(({ name }) => name in patch);
    return previewModel(preview, { choices, names, timeZone: portal.timeZone, ofTasks });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return noPreview(
      t('No preview right now: {why} Try again in a moment, or save without one.', {
        why: storedText(error.message),
      }),
    );
  }
}

function unchangedWords(): string {
  return t('You have not changed anything.');
}

function uncheckedWords({ message }: ProblemError): string {
  return t('They could not be checked: {problem}', { problem: storedText(message) });
}

/** Empty while HubSpot has not been asked about any meeting. */
function doublesWords({ days, doubles, joined, unchecked }: SparedDoubles): string {
  if (doubles + joined + unchecked === 0) return '';
  const sentences = [
    t(
      'In the last {days, number} days, this would have avoided {count, plural, one {# summary} other {# summaries}} next to a calendar meeting.',
      { days, count: doubles },
    ),
  ];
  if (joined > 0) sentences.push(t('It avoided {count, number}.', { count: joined }));
  if (unchecked > 0)
    sentences.push(
      t('{count, plural, one {# meeting is} other {# meetings are}} still to be checked.', { count: unchecked }),
    );
  return sentences.join(' ');
}
