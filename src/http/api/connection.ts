import { z } from 'zod';
import { tryNow } from '../../dispatch/limit-probe';
import { createAdminLink } from '../../store/access/admin-links';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import type { Api } from './typed-api';
import { apiActor, apiCreator } from './auth';
import { connectionDocument, connectLinkAnswer, problemAnswers, querySwitch, resyncAnswer } from './schemas';

const tags = ['connection'];

type Dependencies = Pick<HttpDependencies, 'connections' | 'config' | 'db' | 'gateway' | 'changes'>;

/** `/connection`: the HubSpot account of the workspace. Connecting needs a browser, so the settings page does that. */
export function registerConnection(api: Api, deps: Dependencies): void {
  const { connections } = deps;
  api.get(
    '/connection',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Get the HubSpot connection',
        response: { 200: connectionDocument, ...problemAnswers() },
      },
    },
    ({ workspaceId }) => connections.describe(workspaceId),
  );

  registerLinks(api, deps);

  api.post(
    '/connection/try-now',
    {
      config: { access: 'meetings:write' },
      schema: {
        tags,
        summary: 'Try HubSpot again before its limit resets',
        description:
          'Sends one request. If HubSpot accepts it, every meeting that waits for a limit or an outage continues at once. Otherwise 503, and they keep waiting.',
        response: { 202: resyncAnswer, ...problemAnswers(409, 503) },
      },
    },
    async (request, reply) => {
      const requested = await askingHubSpot(tryNow(deps, request.workspaceId, apiActor(request)));
      return await reply.code(202).send({ requested });
    },
  );

  api.delete(
    '/connection',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Disconnect HubSpot',
        description:
          'Uninstalls the app from the HubSpot account, and revokes and deletes the tokens. With eraseMirror, the copies of its data are deleted too: records, owners, pipelines, pending events. The ids of links and activities are kept, so that connecting again writes nothing twice. Without a connection, only eraseMirror has an effect, on the mirrors of accounts that were connected before.',
        querystring: z.strictObject({ eraseMirror: querySwitch.optional() }),
        response: { 200: connectionDocument, ...problemAnswers(400) },
      },
    },
    async (request, reply) => {
      const { workspaceId, query } = request;
      await connections.disconnect(workspaceId, apiActor(request), { eraseMirror: query.eraseMirror === 'true' });
      return await reply.send(await connections.describe(workspaceId));
    },
  );
}

function registerLinks(api: Api, { db, config }: Dependencies): void {
  api.post(
    '/connection/links',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Create a link that connects HubSpot',
        description:
          'For someone who may install apps in the HubSpot account. The link leads through Connect for this workspace and gives no other access. It works until the first connection, for three days at most.',
        response: { 201: connectLinkAnswer, ...problemAnswers() },
      },
    },
    async (request, reply) => {
      const { token, expiresAt } = await createAdminLink(db, apiCreator(request));
      return await reply
        .code(201)
        .send({ url: `${config.publicUrl}/connect?token=${token}`, expiresAt: expiresAt.toISOString() });
    },
  );
}
