import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { createApiKey, listApiKeys, revokeApiKey, type RevokedKey } from '../../../store/access/api-keys';
import { keyDescendants, type KeyDescendants } from '../../../store/access/key-descendants';
import { isUuid } from '../../../store/access/uuid';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { apiKeyInput } from '../../people-input';
import { ProblemError } from '../../plumbing/problems';
import { confirmView, secretView, type ConfirmPageModel } from '../layout/common-views';
import type { Flash } from '../layout/flash';
import { formatTime } from '../layout/format';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { chosenExpiry, chosenScopes, keyChoices, scopesWords } from './access/key-choices';
import { recentFormOptions } from '../sign-in/recent-sign-in';
import { keysOf, UNTOUCHED, type KeysPageModel, type TypedField } from './people-models';
import { fieldProblem } from './fields/field-problem';
import { settingsPath } from './settings-nav';
import { backToSettings, renderSettings } from './settings-page';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets'>;
type KeyRequest = FastifyRequest<{ Params: { id: string } }>;

/** The form field of the option that also revokes everything created with the key. */
const WITH_DESCENDANTS = 'withWhatItMade';

/** `/settings/keys`: lists, creates and revokes API keys. */
export function registerApiKeys(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = recentFormOptions(formOptions(pages, 'admin'), deps);
  pages.get(settingsPath('keys'), pageOptions('admin'), async (request, reply) => {
    return await showKeys(deps, UNTOUCHED, request, reply);
  });
  pages.post(settingsPath('keys'), guardedForm, async (request, reply) => await createKey(deps, request, reply));
  pages.get('/settings/keys/:id/revoke', pageOptions('admin'), async (request: KeyRequest, reply) => {
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
  const { workspaceId, scopes } = sessionOf(request);
  const timeZone = await timeZoneOf(deps.db, workspaceId);
  const keys = keysOf(await listApiKeys(deps.db, workspaceId), timeZone);
  const model: KeysPageModel = { keys, keyId: randomUUID(), keyName, choices: keyChoices(scopes) };
  return await renderSettings(deps, { id: 'keys', template: 'api-keys', model }, request, reply);
}

async function createKey(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const text = formField(request.body, 'name') ?? '';
  const input = apiKeyInput.safeParse({ name: text });
  if (!input.success) {
    const [issue] = input.error.issues;
    const error = issue === undefined ? null : fieldProblem(issue.message);
    return await showKeys(deps, { text, error }, request, reply.code(400));
  }
  const id = formField(request.body, 'id') ?? '';
  if (!isUuid(id)) throw new ProblemError('form-expired', t('The form is not complete. Nothing was changed.'));
  const created = await createApiKey(deps.db, session, {
    name: input.data.name,
    id,
    scopes: chosenScopes(formField(request.body, 'access')),
    expiresAt: chosenExpiry(formField(request.body, 'expires')),
  });
  if (created === null) return backToSettings(deps, reply, createdAlready(), 'keys');
  request.log.info({ workspaceId: session.workspaceId, apiKeyId: created.id }, 'an API key was created');
  const model = {
    heading: t('API key created'),
    sentences: [
      t('Copy it now: you will not see it again.'),
      t('What programs may do with the key “{key}”: {may}.', { key: created.name, may: scopesWords(created.scopes) }),
      created.expiresAt === null
        ? t('It works until it is revoked.')
        : t('It works until it is revoked, or until {time}.', {
            time: formatTime(created.expiresAt.toISOString(), 'UTC'),
          }),
    ],
    label: t('API key'),
    secret: created.key,
    done: settingsPath('keys'),
  };
  return await renderPage(deps, { view: secretView(model), title: t('API key'), section: 'settings' }, request, reply);
}

async function confirmRevoking(deps: Dependencies, request: KeyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const keys = await listApiKeys(deps.db, workspaceId);
  const key = keys.find(({ id }) => id === request.params.id);
  if (key === undefined) throw unknownKey();
  const model = {
    heading: t('Revoke “{key}”?', { key: key.name }),
    sentences: [
      t('Programs that use this key are refused from their next request on.'),
      t(
        'Sign-in links that were created with it stop working, and browsers that used them are signed out. Yours is not.',
      ),
      ...(keys.length === 1
        ? [t('This is the last key of this workspace. No meetings can be sent until you create another one.')]
        : []),
      t('This cannot be undone.'),
    ],
    action: `/settings/keys/${key.id}/revoke`,
    button: t('Revoke'),
    back: settingsPath('keys'),
    option: descendantsOption(await keyDescendants(deps.db, workspaceId, key.id)),
  };
  const page = { view: confirmView(model), title: t('Revoke a key'), section: 'settings' } as const;
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
  return {
    kind: 'success',
    message: t('The key “{key}” is revoked.', { key: revoked.name }),
    action: revokedWords(revoked),
  };
}

/** The option that also revokes everything created with the key. */
function descendantsOption({ keys, members }: KeyDescendants): ConfirmPageModel['option'] {
  const created = [...keys.map(({ name }) => keyWords(name)), ...members.map(({ label }) => label)];
  return {
    name: WITH_DESCENDANTS,
    label:
      created.length === 0
        ? t('Also revoke what was created with this key: its sessions and links')
        : t('Also revoke what was created with this key: {list}, and its sessions and links', {
            list: created.join(', '),
          }),
    hint: t(
      'Choose this if the key was stolen. Everything created with it, directly or indirectly, stops working at once. You stay signed in.',
    ),
  };
}

function revokedWords({ keys, members }: RevokedKey): string {
  const ended = [...keys.map((name) => keyWords(name)), ...members];
  const refused = t('Requests with this key are refused from now on.');
  return ended.length === 0 ? refused : `${refused} ${t('Also revoked: {list}.', { list: ended.join(', ') })}`;
}

function keyWords(name: string): string {
  return t('the key “{key}”', { key: name });
}

function createdAlready(): Flash {
  return {
    kind: 'error',
    message: t('This key was already created, and a key is shown only once.'),
    action: t('If you did not keep it, revoke it and create another one.'),
  };
}

function unknownKey(): ProblemError {
  return new ProblemError('not-found', t('This workspace has no such API key, or it was already revoked.'));
}
