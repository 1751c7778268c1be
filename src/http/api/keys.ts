import { z } from 'zod';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKey } from '../../store/access/api-keys';
import { SCOPES } from '../../store/access/scopes';
import type { HttpDependencies } from '../dependencies';
import { apiKeyInput } from '../people-input';
import { ProblemError } from '../plumbing/problems';
import type { Api } from './typed-api';
import { apiActor, apiCreator } from './auth';
import { problemAnswers, querySwitch } from './schemas';

const tags = ['keys'];
const isoTime = z.iso.datetime();
const apiKey = z
  .object({
    id: z.string(),
    name: z.string(),
    madeBy: z.string().nullable(),
    createdAt: isoTime,
    lastUsedAt: isoTime.nullable().meta({ description: 'To the minute; null before its first use' }),
    scopes: z.array(z.enum(SCOPES)).meta({ description: 'What the key may do' }),
    expiresAt: isoTime.nullable().meta({ description: 'When it stops working; null for a key that does not expire' }),
  })
  .meta({ id: 'ApiKey', description: 'An API key of the workspace, without the key itself' });
const newApiKey = apiKey
  .extend({ key: z.string().meta({ description: 'Only in this response' }) })
  .meta({ id: 'MadeApiKey', description: 'A new API key' });

const revokedKey = z
  .object({ name: z.string(), keys: z.array(z.string()), members: z.array(z.string()) })
  .meta({ id: 'RevokedKey', description: 'The key, and the names of the keys and members that were revoked with it' });

const listSchema = {
  tags,
  summary: 'List the API keys',
  response: { 200: z.object({ keys: z.array(apiKey) }), ...problemAnswers() },
};

const createSchema = {
  tags,
  summary: 'Create an API key',
  description:
    'Only this response contains the key. It never has more than the key that creates it: without `scopes` and `expiresAt` it has the same ones, and more scopes or a later expiry are refused (403).',
  body: apiKeyInput,
  response: { 201: newApiKey, ...problemAnswers(400, 415) },
};

const revokeSchema = {
  tags,
  summary: 'Revoke an API key',
  description:
    'Takes effect at once, also for the sign-in links that the key created and their sessions. With withWhatItMade, meant for stolen keys, all keys, members, sessions and links that were created with it, directly or indirectly, are revoked too, and the response names them.',
  params: z.object({ id: z.string() }),
  querystring: z.strictObject({ withWhatItMade: querySwitch.optional() }),
  response: { 200: revokedKey, 204: z.null(), ...problemAnswers(400, 404) },
};

/** `/keys`: the API keys of the workspace. */
export function registerKeys(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get('/keys', { config: { access: 'admin' }, schema: listSchema }, async ({ workspaceId }) => ({
    keys: (await listApiKeys(db, workspaceId)).map(documentOf),
  }));

  api.post('/keys', { config: { access: 'admin' }, schema: createSchema }, async (request, reply) => {
    const made = await createApiKey(db, apiCreator(request), request.body);
    if (made === null) throw new Error('The id of the new key is taken.');
    return reply.code(201).send({ ...documentOf(made), key: made.key });
  });

  api.delete('/keys/:id', { config: { access: 'admin' }, schema: revokeSchema }, async (request, reply) => {
    const { workspaceId, params, query } = request;
    const { id } = params;
    const withWhatItMade = query.withWhatItMade === 'true';
    const revoked = await revokeApiKey(db, { workspaceId, id, withWhatItMade, actor: apiActor(request) });
    if (revoked === null)
      throw new ProblemError('not-found', `This workspace has no API key "${id}", or it was revoked already.`);
    if (!withWhatItMade) return reply.code(204).send(null);
    return reply.code(200).send({ ...revoked, keys: [...revoked.keys], members: [...revoked.members] });
  });
}

function documentOf({ id, name, madeBy, createdAt, lastUsedAt, scopes, expiresAt }: ApiKey) {
  return {
    id,
    name,
    madeBy,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt === null ? null : lastUsedAt.toISOString(),
    scopes: [...scopes],
    expiresAt: expiresAt === null ? null : expiresAt.toISOString(),
  };
}
