import type { FastifyInstance } from 'fastify';
import { findWorkspaceByApiKey } from '../../store/workspaces';
import type { HttpDependencies } from '../dependencies';
import { ProblemError } from '../problems';

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace that the API key opens; empty outside the API. */
    workspaceId: string;
  }
}

const BEARER = /^Bearer +(?<key>[\x21-\x7E]{1,512})$/i;

/** Opens a workspace by its API key before anything else of the request is read. */
export function authenticateApi(api: FastifyInstance, { db }: Pick<HttpDependencies, 'db'>): void {
  api.decorateRequest('workspaceId', '');
  api.addHook('onRequest', async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) throw refused('The header "Authorization: Bearer <API key>" is missing.');
    const key = BEARER.exec(authorization)?.groups?.['key'];
    if (key === undefined) throw refused('The header "Authorization" must read "Bearer <API key>".');
    const workspaceId = await findWorkspaceByApiKey(db, key);
    if (workspaceId === null) throw refused('No workspace has this API key.');
    request.workspaceId = workspaceId;
  });
}

function refused(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } });
}
