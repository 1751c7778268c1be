import type { FastifyInstance } from 'fastify';
import { t } from '../../../languages/text';
import type { HttpDependencies } from '../../dependencies';
import { registerApiKeys } from './api-keys';
import { registerRoles } from './access/roles';
import { registerMembers } from './members';
import { registerAdminLinkForms } from './admin-links';
import { registerApplySettings } from './apply-settings';
import { registerAuditPage } from './audit/audit-page';
import { registerMappings } from './mappings/mappings-page';
import { registerHubSpotPage } from './hubspot-page';
import { registerOutletPages } from './notices/outlets-page';
import { registerSessions } from './sessions';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { disconnectView, accountName } from './settings-models';
import { backToSettings } from './settings-page';
import { formOptions, pageOptions } from '../layout/guard';
import { recentFormOptions } from '../sign-in/recent-sign-in';
import { registerSignInSettings } from './sign-in/sign-in-page';
import { registerSyncSettings } from './sync-settings';

/** The settings pages, and the confirmation page before disconnecting. */
export function registerSettings(
  pages: FastifyInstance,
  deps: Pick<
    HttpDependencies,
    'db' | 'config' | 'connections' | 'gateway' | 'mailer' | 'outbound' | 'secrets' | 'oidc' | 'log'
  >,
): void {
  const { connections } = deps;
  const guarded = pageOptions('admin');

  registerHubSpotPage(pages, deps);
  registerSyncSettings(pages, deps);
  registerMappings(pages, deps);
  registerApiKeys(pages, deps);
  registerMembers(pages, deps);
  registerRoles(pages, deps);
  registerSessions(pages, deps);
  registerSignInSettings(pages, deps);
  registerAdminLinkForms(pages, deps);
  registerOutletPages(pages, deps);
  registerApplySettings(pages, deps);
  registerAuditPage(pages, deps);

  pages.get('/integrations/hubspot/disconnect', guarded, async (request, reply) => {
    const connection = await connections.describe(sessionOf(request).workspaceId);
    if (connection.state === 'none')
      return await reply.redirect(`${basePath(deps.config.publicUrl)}/settings/integrations`, 303);
    const model = { accountName: accountName(connection) };
    return await renderPage(
      deps,
      { view: disconnectView(model), title: t('Disconnect HubSpot'), section: 'settings' },
      request,
      reply,
    );
  });

  pages.post(
    '/integrations/hubspot/disconnect',
    recentFormOptions(formOptions(pages, 'admin'), deps),
    async (request, reply) => {
      const { workspaceId, actor } = sessionOf(request);
      const eraseMirror = formField(request.body, 'eraseMirror') === 'true';
      await connections.disconnect(workspaceId, actor, { eraseMirror });
      request.log.info({ workspaceId, eraseMirror }, 'a person disconnected HubSpot');
      return backToSettings(deps, reply, {
        kind: 'success',
        message: eraseMirror
          ? t('HubSpot is disconnected. Its tokens and the copies of its records are deleted here.')
          : t('HubSpot is disconnected. Its tokens are deleted here.'),
        action: t('Written activities stay in HubSpot. New meetings wait until you connect again.'),
      });
    },
  );
}
