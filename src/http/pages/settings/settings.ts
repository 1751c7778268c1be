import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../../dependencies';
import { registerApiKeys } from './api-keys';
import { setFlash } from '../layout/flash';
import { registerPeople } from './people';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { disconnectView, accountName } from './settings-models';
import { renderSettings } from './settings-page';
import { formOptions, pageOptions } from '../layout/sign-in';
import { registerSyncSettings } from './sync-settings';

/** `/settings/integrations`, the routes of its forms, and the confirmation page before disconnecting. */
export function registerSettings(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'connections' | 'gateway' | 'log'>,
): void {
  const { connections, config } = deps;
  const settings = `${basePath(config.publicUrl)}/settings/integrations`;
  const guarded = pageOptions(deps);
  const guardedForm = formOptions(pages, deps);

  pages.get(
    '/settings/integrations',
    guarded,
    async (request, reply) => await renderSettings(deps, {}, request, reply),
  );
  registerSyncSettings(pages, deps);
  registerApiKeys(pages, deps);
  registerPeople(pages, deps);

  pages.get('/integrations/hubspot/disconnect', guarded, async (request, reply) => {
    const connection = await connections.describe(sessionOf(request).workspaceId);
    if (connection.state === 'none') return await reply.redirect(settings, 303);
    const model = { accountName: accountName(connection) };
    return await renderPage(
      deps,
      { view: disconnectView(model), title: 'Disconnect HubSpot', section: 'settings' },
      request,
      reply,
    );
  });

  pages.post('/integrations/hubspot/disconnect', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    const eraseMirror = formField(request.body, 'eraseMirror') === 'true';
    await connections.disconnect(workspaceId, actor, { eraseMirror });
    request.log.info({ workspaceId, eraseMirror }, 'disconnected by a person');
    setFlash(reply, config.publicUrl, {
      kind: 'success',
      message: eraseMirror
        ? 'HubSpot is disconnected; its tokens and what was read of its records are erased here.'
        : 'HubSpot is disconnected, and its tokens are erased here.',
      action: 'What was written stays in HubSpot. Meetings that come in now wait until you connect again.',
    });
    return await reply.redirect(settings, 303);
  });
}
