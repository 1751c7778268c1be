import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { settingNames, type SettingName } from '../../../meeting/settings';
import { previewSettings } from '../../../planning/settings-preview';
import { recordNames } from '../../../store/mirror/record-names';
import { changeSettings } from '../../../store/settings/settings';
import { settingsChoices } from '../../../store/settings/settings-choices';
import { checkCustomObjectTypes } from '../../custom-object-types';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { InvalidInputError } from '../../plumbing/validation';
import { noPreview, previewModel, type PreviewModel } from './preview-models';
import { sessionOf } from '../layout/session';
import { backToSettings, renderSettings } from './settings-page';
import { formOptions } from '../layout/sign-in';
import { readSettingsForm, type SentForm } from './sync-settings-form';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'gateway' | 'log'>;

/** The form of the sync settings: saves them, or previews them on the newest meetings without saving. */
export function registerSyncSettings(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/sync', guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const sent = await checked(deps, request);
    if (sent.errors.size > 0) return await refused(deps, sent, request, reply);
    const changed = Object.keys(sent.patch).length;
    if (changed > 0) {
      await changeSettings(deps.db, session.workspaceId, sent.patch, session.actor);
      request.log.info({ workspaceId: session.workspaceId, settings: Object.keys(sent.patch) }, 'settings changed');
    }
    return backToSettings(deps, reply, {
      kind: 'success',
      message: changed === 0 ? 'You have not changed anything.' : 'Saved. Applies to new meetings.',
      action: changed === 0 ? '' : 'To apply it to a past meeting, sync that meeting again.',
    });
  });

  pages.post('/settings/sync/preview', guardedForm, async (request, reply) => {
    const sent = await checked(deps, request);
    if (sent.errors.size > 0) return await refused(deps, sent, request, reply);
    const preview = await previewOf(deps, sent, request);
    return await renderSettings(deps, { sent, preview }, request, reply);
  });
}

/** The sent form, with validation errors that need the connected account. */
async function checked(deps: Dependencies, request: FastifyRequest): Promise<SentForm> {
  const sent = readSettingsForm(request.body);
  try {
    await checkCustomObjectTypes(deps, sessionOf(request).workspaceId, sent.patch.customObjectTypes ?? []);
    return sent;
  } catch (error) {
    if (error instanceof ProblemError)
      return { ...sent, errors: new Map([['customObjectTypes', [`They could not be checked: ${error.message}`]]]) };
    if (!(error instanceof InvalidInputError)) throw error;
    const errors = new Map<SettingName, string[]>();
    for (const { path, message } of error.errors) {
      const name = settingNames.find((each) => path.startsWith(each));
      if (name !== undefined) errors.set(name, [...(errors.get(name) ?? []), `${message}.`]);
    }
    return { ...sent, errors };
  }
}

async function refused(
  deps: Dependencies,
  sent: SentForm,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  return await renderSettings(deps, { sent }, request, reply.code(400));
}

async function previewOf(deps: Dependencies, { patch }: SentForm, request: FastifyRequest): Promise<PreviewModel> {
  const { workspaceId } = sessionOf(request);
  const { portal } = await deps.connections.describe(workspaceId);
  if (portal === null) return noPreview('Connect HubSpot first to see a preview. You can save without one.');
  if (Object.keys(patch).length === 0) return noPreview('You have not changed anything.');
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
    return previewModel(preview, { choices, names, timeZone: portal.timeZone });
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    return noPreview(`No preview right now: ${error.message} Try again in a moment, or save without one.`);
  }
}
