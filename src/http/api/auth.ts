import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findApiKey } from '../../store/api-keys';
import type { HttpDependencies } from '../dependencies';
import { ProblemError } from '../problems';

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace that the API key opens; empty outside the API. */
    workspaceId: string;
    /** Of that key; empty outside the API. */
    apiKeyId: string;
    apiKeyName: string;
  }
}

const BEARER = /^Bearer +(?<key>[\x21-\x7E]{1,512})$/i;

/** Opens a workspace by its API key before anything else of the request is read. */
export function authenticateApi(api: FastifyInstance, { db }: Pick<HttpDependencies, 'db'>): void {
  api.decorateRequest('workspaceId', '');
  api.decorateRequest('apiKeyId', '');
  api.decorateRequest('apiKeyName', '');
  api.addHook('onRequest', async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) throw refused('The header "Authorization: Bearer <API key>" is missing.');
    const secret = BEARER.exec(authorization)?.groups?.['key'];
    if (secret === undefined) throw refused('The header "Authorization" must read "Bearer <API key>".');
    const key = await findApiKey(db, secret);
    if (key === null) throw refused('No workspace has this API key.');
    request.workspaceId = key.workspaceId;
    request.apiKeyId = key.id;
    request.apiKeyName = key.name;
  });
}

/** Who did what an API call does, as histories name them. */
export function apiActor({ apiKeyName }: FastifyRequest): string {
  return `API key "${apiKeyName}"`;
}

function refused(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } });
}
