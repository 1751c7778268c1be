import type { FastifyInstance, FastifyRequest } from 'fastify';
import { findApiKey, type KeyAccess } from '../../store/access/api-keys';
import type { Actor } from '../../store/audit/actor';
import type { Creator } from '../../store/access/creator';
import type { Scope } from '../../store/access/scopes';
import { hashToken } from '../../secrets';
import type { LimitedHttpDependencies } from '../dependencies';
import { announcedBytes } from '../admission';
import { mayUse, neededScopes } from '../plumbing/access-rules';
import { ProblemError } from '../plumbing/problems';

declare module 'fastify' {
  interface FastifyRequest {
    /** The workspace of the API key; empty outside the API. */
    workspaceId: string;
    /** The id of that key; empty outside the API. */
    apiKeyId: string;
    apiKeyName: string;
    /** What that key may do; empty outside the API. */
    scopes: readonly Scope[];
  }
}

const BEARER = /^Bearer +(?<key>[\x21-\x7E]{1,512})$/i;

/**
 * Authenticates by API key, and so finds the workspace, before anything else of the request is read. Refuses the routes
 * whose access rule the key does not satisfy.
 */
export function authenticateApi(
  api: FastifyInstance,
  { db, limits }: Pick<LimitedHttpDependencies, 'db' | 'limits'>,
): void {
  api.decorateRequest('workspaceId', '');
  api.decorateRequest('apiKeyId', '');
  api.decorateRequest('apiKeyName', '');
  api.decorateRequest('scopes');
  api.addHook('onRequest', async (request) => {
    const key = await openingKey(request);
    request.workspaceId = key.workspaceId;
    request.apiKeyId = key.id;
    request.apiKeyName = key.name;
    request.scopes = key.scopes;
    const counts = request.routeOptions.config.ownBounds !== true;
    await limits.call(key.workspaceId, counts ? (announcedBytes(request) ?? 0) : 0);
    requireScope(request, key);
  });

  async function openingKey({ headers: { authorization }, ip }: FastifyRequest) {
    const refuse = async (detail: string) => await limits.refused('key', ip, refused(detail));
    if (authorization === undefined) throw await refuse('The header "Authorization: Bearer <API key>" is missing.');
    const secret = BEARER.exec(authorization)?.groups?.['key'];
    if (secret === undefined) throw await refuse('The header "Authorization" must read "Bearer <API key>".');
    const hash = hashToken(secret).toString('base64');
    if (!limits.knows(hash)) await limits.mayTry('key', ip);
    const key = await findApiKey(db, secret);
    limits.learn(hash, key !== null && !('expiredAt' in key));
    if (key === null) throw await refuse('No workspace has this API key.');
    if ('expiredAt' in key)
      throw await refuse(`This API key expired at ${key.expiredAt.toISOString()}. Use another key, or create one.`);
    return key;
  }
}

/** The access of an API call, for what it creates. */
export function apiCreator(request: FastifyRequest): Creator {
  const { workspaceId, apiKeyId, scopes } = request;
  return {
    workspaceId,
    actor: apiActor(request),
    keyIds: [apiKeyId],
    idHash: null,
    scopes,
    memberId: null,
    keyId: apiKeyId,
  };
}

/** The actor of an API call. */
export function apiActor({ apiKeyId, apiKeyName, ip, headers }: FastifyRequest): Actor {
  const way = headers['user-agent'] === 'hubspot-meeting-sync-cli' ? 'cli' : 'api';
  return { kind: 'key', id: apiKeyId, label: `API key "${apiKeyName}"`, ip, way };
}

/** Who acts, and in which workspace. */
export function apiActing(request: FastifyRequest): { readonly workspaceId: string; readonly actor: Actor } {
  return { workspaceId: request.workspaceId, actor: apiActor(request) };
}

/** @throws {@link ProblemError} 403 when the key has none of the scopes that the route needs */
function requireScope({ routeOptions: { config } }: FastifyRequest, { name, scopes }: KeyAccess): void {
  // A route without a rule is not served at all. This would refuse it.
  const { access = [] } = config;
  if (mayUse(access, scopes)) return;
  const needed = neededScopes(access).map((scope) => `"${scope}"`);
  throw new ProblemError(
    'scope-missing',
    `This call needs the scope ${needed.join(' or ')}. The API key "${name}" has ${scopes.map((scope) => `"${scope}"`).join(' and ')}.`,
  );
}

function refused(detail: string): ProblemError {
  return new ProblemError('unauthorized', detail, { headers: { 'www-authenticate': 'Bearer' } });
}
