import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createApiKey, listApiKeys, revokeApiKey, type RevokedKey } from '../../../store/access/api-keys';
import { keyDescendants, type KeyDescendants } from '../../../store/access/key-descendants';
import { isUuid } from '../../../store/access/uuid';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { apiKeyInput } from '../../people-input';
import { ProblemError } from '../../plumbing/problems';
import { confirmView, secretView, type ConfirmPageModel } from '../layout/common-views';
import type { Flash } from '../layout/flash';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/sign-in';
import { keysOf, UNTOUCHED, type KeysPageModel, type TypedField } from './people-models';
import { settingsPath } from './settings-nav';
import { backToSettings, renderSettings } from './settings-page';

type Dependencies = Pick<HttpDependencies, 'db' | 'config'>;
type KeyRequest = FastifyRequest<{ Params: { id: string } }>;

/** The form field of the option that also revokes everything created with the key. */
const WITH_DESCENDANTS = 'withWhatItMade';

const CREATED_ALREADY: Flash = {
  kind: 'error',
  message: 'This key was already created, and a key is shown only once.',
  action: 'If you did not keep it, revoke it and create another one.',
};

/** `/settings/keys`: lists, creates and revokes API keys. */
export function registerApiKeys(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, deps);
  pages.get(settingsPath('keys'), pageOptions(deps), async (request, reply) => {
    return await showKeys(deps, UNTOUCHED, request, reply);
  });
  pages.post(settingsPath('keys'), guardedForm, async (request, reply) => await createKey(deps, request, reply));
  pages.get('/settings/keys/:id/revoke', pageOptions(deps), async (request: KeyRequest, reply) => {
    return await confirmRevoking(deps, request, reply);
  });
  pages.post('/settings/keys/:id/revoke', guardedForm, async (request: KeyRequest, reply) => {
    return backToSettings(deps, reply, await revokeKey(deps, request), 'keys');
  });
}

async function showKeys(
  deps: Dependencies,
  keyName: TypedField,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const timeZone = await timeZoneOf(deps.db, workspaceId);
  const keys = keysOf(await listApiKeys(deps.db, workspaceId), timeZone);
  const model: KeysPageModel = { keys, keyId: randomUUID(), keyName };
  return await renderSettings(deps, { id: 'keys', template: 'api-keys', model }, request, reply);
}

async function createKey(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const text = formField(request.body, 'name') ?? '';
  const input = apiKeyInput.safeParse({ name: text });
  if (!input.success) {
    const error = `It ${input.error.issues[0]?.message ?? 'is not valid'}.`;
    return await showKeys(deps, { text, error }, request, reply.code(400));
  }
  const id = formField(request.body, 'id') ?? '';
  if (!isUuid(id)) throw new ProblemError('form-expired', 'The form is not complete. Nothing was changed.');
  const created = await createApiKey(deps.db, session, { name: input.data.name, id });
  if (created === null) return backToSettings(deps, reply, CREATED_ALREADY, 'keys');
  request.log.info({ workspaceId: session.workspaceId, apiKeyId: created.id }, 'an API key was created');
  const model = {
    heading: 'API key created',
    sentences: [
      'Copy it now: you will not see it again.',
      `Programs with the key “${created.name}” have access to this workspace until it is revoked.`,
    ],
    label: 'API key',
    secret: created.key,
    done: settingsPath('keys'),
  };
  return await renderPage(deps, { view: secretView(model), title: 'API key', section: 'settings' }, request, reply);
}

async function confirmRevoking(deps: Dependencies, request: KeyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const keys = await listApiKeys(deps.db, workspaceId);
  const key = keys.find(({ id }) => id === request.params.id);
  if (key === undefined) throw unknownKey();
  const model = {
    heading: `Revoke “${key.name}”?`,
    sentences: [
      'Programs that use this key are refused from their next request on.',
      'Sign-in links that were created with it stop working, and browsers that used them are signed out. Yours is not.',
      ...(keys.length === 1
        ? ['This is the last key of this workspace. No meetings can be sent until you create another one.']
        : []),
      'This cannot be undone.',
    ],
    action: `/settings/keys/${key.id}/revoke`,
    button: 'Revoke',
    back: settingsPath('keys'),
    option: descendantsOption(await keyDescendants(deps.db, workspaceId, key.id)),
  };
  const page = { view: confirmView(model), title: 'Revoke a key', section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

async function revokeKey({ db }: Dependencies, request: KeyRequest): Promise<Flash> {
  const session = sessionOf(request);
  const { workspaceId, actor } = session;
  const { id } = request.params;
  const withWhatItMade = formField(request.body, WITH_DESCENDANTS) === 'true';
  const revoked = await revokeApiKey(db, { workspaceId, id, actor, withWhatItMade, ownSession: session });
  if (revoked === null) throw unknownKey();
  request.log.info({ workspaceId, apiKeyId: id }, 'an API key was revoked');
  return { kind: 'success', message: `The key “${revoked.name}” is revoked.`, action: revokedWords(revoked) };
}

/** The option that also revokes everything created with the key. */
function descendantsOption({ keys, members }: KeyDescendants): ConfirmPageModel['option'] {
  const created = [...keys.map(({ name }) => `the key “${name}”`), ...members.map(({ label }) => label)];
  return {
    name: WITH_DESCENDANTS,
    label: `Also revoke what was created with this key: ${created.length === 0 ? '' : `${created.join(', ')}, and `}its sessions and links`,
    hint: 'Choose this if the key was stolen. Everything created with it, directly or indirectly, stops working at once. You stay signed in.',
  };
}

function revokedWords({ keys, members }: RevokedKey): string {
  const ended = [...keys.map((name) => `the key “${name}”`), ...members];
  const besides = ended.length === 0 ? '' : ` Also revoked: ${ended.join(', ')}.`;
  return `Requests with this key are refused from now on.${besides}`;
}

function unknownKey(): ProblemError {
  return new ProblemError('not-found', 'This workspace has no such API key, or it was already revoked.');
}
