import type { HttpDependencies } from '../dependencies';
import type { Api } from './api';
import { connectionDocument, problemAnswers } from './schemas';

const tags = ['connection'];

/** `/connection`: the HubSpot account of the workspace. Connecting needs a browser: see the settings page. */
export function registerConnection(api: Api, { connections }: Pick<HttpDependencies, 'connections'>): void {
  api.get(
    '/connection',
    { schema: { tags, summary: 'The HubSpot connection', response: { 200: connectionDocument, ...problemAnswers() } } },
    ({ workspaceId }) => connections.describe(workspaceId),
  );

  api.delete(
    '/connection',
    {
      schema: {
        tags,
        summary: 'Disconnect HubSpot',
        description:
          'Uninstalls the app from the HubSpot account, revokes and forgets the tokens. Without a connection it does nothing.',
        response: { 200: connectionDocument, ...problemAnswers() },
      },
    },
    async ({ workspaceId }) => {
      await connections.disconnect(workspaceId);
      return await connections.describe(workspaceId);
    },
  );
}
