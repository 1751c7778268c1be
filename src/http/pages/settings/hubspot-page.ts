import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { listAdminLinks } from '../../../store/access/admin-links';
import { connectionFacts } from '../../../store/connections/connection-facts';
import { hubspotUsage } from '../../../store/connections/hubspot-usage';
import { countWorkers } from '../../../store/processes/processes';
import type { HttpDependencies } from '../../dependencies';
import { sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { adminLinkModels, type AdminLinkModel } from './admin-links';
import { hubspotCard, type HubSpotCardModel } from './settings-models';
import { settingsPath } from './settings-nav';
import { renderSettings } from './settings-page';
import type { SettingsFormModel } from './sync-settings-form';
import { loadForm, saveSettings, type FormState } from './sync-settings';

/** `/settings/integrations`. */
interface HubSpotPageModel extends HubSpotCardModel {
  readonly adminLinks: readonly AdminLinkModel[];
  readonly form: SettingsFormModel;
}

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'gateway' | 'log'>;

/** `/settings/integrations`: the CRM section with the HubSpot card, and this app's share of the account's searches. */
export function registerHubSpotPage(pages: FastifyInstance, deps: Dependencies): void {
  const path = settingsPath('hubspot');
  const show = async (state: FormState, request: FastifyRequest, reply: FastifyReply) =>
    await showHubSpot(deps, state, request, reply);
  pages.get(path, pageOptions('admin'), async (request, reply) => await show({}, request, reply));
  pages.post(path, formOptions(pages, 'admin'), async (request, reply) => {
    return await saveSettings(deps, 'hubspot', show, request, reply);
  });
}

async function showHubSpot(
  deps: Dependencies,
  state: FormState,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { db } = deps;
  const { workspaceId } = sessionOf(request);
  const connection = await deps.connections.describe(workspaceId);
  const { portal } = connection;
  const timeZone = portal?.timeZone ?? 'UTC';
  const [usage, facts, adminLinks, workers, form] = await Promise.all([
    portal && hubspotUsage(db, portal.id, timeZone),
    portal && connectionFacts(db, workspaceId, portal.id),
    listAdminLinks(db, workspaceId),
    countWorkers(db),
    loadForm(deps, 'hubspot', state, request),
  ]);
  const model: HubSpotPageModel = {
    ...hubspotCard(connection, usage, facts, workers.alive),
    adminLinks: adminLinkModels(adminLinks, timeZone),
    form,
  };
  return await renderSettings(deps, { id: 'hubspot', template: 'hubspot', model }, request, reply);
}
