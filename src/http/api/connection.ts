import { z } from 'zod';
import { tryNow } from '../../dispatch/limit-probe';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import type { Api } from './typed-api';
import { apiActor } from './auth';
import { connectionDocument, problemAnswers, resyncAnswer } from './schemas';

const tags = ['connection'];
const isSwitch = { error: 'must be true or false' };

/** `/connection`: the HubSpot account of the workspace. Connecting needs a browser, so the settings page does that. */
export function registerConnection(
  api: Api,
  deps: Pick<HttpDependencies, 'connections' | 'db' | 'gateway' | 'changes'>,
): void {
  const { connections } = deps;
  api.get(
    '/connection',
    { schema: { tags, summary: 'The HubSpot connection', response: { 200: connectionDocument, ...problemAnswers() } } },
    ({ workspaceId }) => connections.describe(workspaceId),
  );

  api.post(
    '/connection/try-now',
    {
      schema: {
        tags,
        summary: 'Try HubSpot now although its limit was used up',
        description:
          'Sends one request. If HubSpot takes it, every meeting that waits for a limit or an outage goes on at once; else 503, and they wait on.',
        response: { 202: resyncAnswer, ...problemAnswers(409, 503) },
      },
    },
    async ({ workspaceId }, reply) =>
      await reply.code(202).send({ requested: await askingHubSpot(tryNow(deps, workspaceId)) }),
  );

  api.delete(
    '/connection',
    {
      schema: {
        tags,
        summary: 'Disconnect HubSpot',
        description:
          'Uninstalls the app from the HubSpot account, revokes and forgets the tokens. With eraseMirror, what was read of the account is erased here too: records, owners, pipelines, events that wait. Links and what was written are kept as ids, so that connecting again writes nothing twice. Without a connection it does nothing, but for the mirrors of accounts that were connected before.',
        querystring: z.strictObject({ eraseMirror: z.enum(['true', 'false'], isSwitch).optional() }),
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
