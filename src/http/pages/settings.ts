import type { FastifyInstance } from 'fastify';
import type { HttpDependencies } from '../dependencies';
import { setFlash } from './flash';
import { basePath, renderPage } from './render';
import { sessionOf } from './session';
import { accountName, settingsPage } from './settings-models';
import { formOptions, pageOptions } from './sign-in';

/** `/settings/integrations` with the HubSpot card, and the page that asks before it disconnects. */
export function registerSettings(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'config' | 'connections' | 'log'>,
): void {
  const { connections, config } = deps;
  const settings = `${basePath(config.publicUrl)}/settings/integrations`;
  const guarded = pageOptions(deps);
  const guardedForm = formOptions(pages, deps);

  pages.get('/settings/integrations', guarded, async (request, reply) => {
    const model = settingsPage(await connections.describe(sessionOf(request).workspaceId));
    return await renderPage(
      deps,
      { view: 'settings-integrations', title: 'Integrations', section: 'settings', model },
      request,
      reply,
    );
  });

  pages.get('/integrations/hubspot/disconnect', guarded, async (request, reply) => {
    const connection = await connections.describe(sessionOf(request).workspaceId);
    if (connection.state === 'none') return await reply.redirect(settings, 303);
    const model = { accountName: accountName(connection) };
    return await renderPage(
      deps,
      { view: 'disconnect-hubspot', title: 'Disconnect HubSpot', section: 'settings', model },
      request,
      reply,
    );
  });

  pages.post('/integrations/hubspot/disconnect', guardedForm, async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    await connections.disconnect(workspaceId);
    request.log.info({ workspaceId }, 'disconnected by a person');
    setFlash(reply, config.publicUrl, {
      kind: 'success',
      message: 'HubSpot is disconnected, and its tokens are erased here.',
      action: 'What was written stays in HubSpot. Meetings that come in now wait until you connect again.',
    });
    return await reply.redirect(settings, 303);
  });
}
