import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findApiKey } from '../../store/access/api-keys';
import type { Creator } from '../../store/access/creator';
import { hashToken } from '../../secrets';
import type { LimitedHttpDependencies } from '../dependencies';
import { announcedBytes } from '../admission';
import { ProblemError } from '../plumbing/problems';

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace of the API key; empty outside the API. */
    workspaceId: string;
    /** The id of that key; empty outside the API. */
    apiKeyId: string;
    apiKeyName: string;
  }
}

const BEARER = /^Bearer +(?<key>[\x21-\x7E]{1,512})$/i;

/** Authenticates by API key, and so finds the workspace, before anything else of the request is read. */
export function authenticateApi(
  api: FastifyInstance,
  { db, limits }: Pick<LimitedHttpDependencies, 'db' | 'limits'>,
): void {
  api.decorateRequest('workspaceId', '');
  api.decorateRequest('apiKeyId', '');
  api.decorateRequest('apiKeyName', '');
  api.addHook('onRequest', async (request) => {
    const key = await openingKey(request);
    request.workspaceId = key.workspaceId;
    request.apiKeyId = key.id;
    request.apiKeyName = key.name;
    const counts = request.routeOptions.config.ownBounds !== true;
    await limits.call(key.workspaceId, counts ? (announcedBytes(request) ?? 0) : 0);
  });

  async function openingKey({ headers: { authorization }, ip }: FastifyRequest) {
    const refuse = async (detail: string) => await limits.refused('key', ip, refused(detail));
    if (authorization === undefined) throw await refuse('The header "Authorization: Bearer <API key>" is missing.');
    const secret = BEARER.exec(authorization)?.groups?.['key'];
    if (secret === undefined) throw await refuse('The header "Authorization" must read "Bearer <API key>".');
    const hash = hashToken(secret).toString('base64');
    if (!limits.knows(hash)) await limits.mayTry('key', ip);
    const key = await findApiKey(db, secret);
    limits.learn(hash, key !== null);
    if (key === null) throw await refuse('No workspace has this API key.');
    return key;
  }
}

/** The access of an API call, for what it creates. */
export function apiCreator(request: FastifyRequest): Creator {
  return { workspaceId: request.workspaceId, actor: apiActor(request), keyIds: [request.apiKeyId], idHash: null };
}

/** The actor of an API call, as histories name it. */
export function apiActor({ apiKeyName }: FastifyRequest): string {
  return `API key "${apiKeyName}"`;
}

function refused(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } });
}
