import type { FastifyInstance } from 'fastify';
import { createApiKey, listApiKeys, revokeApiKey, type RevokedKey } from '../../../store/access/api-keys';
import { keyDescendants, type KeyDescendants } from '../../../store/access/key-descendants';
import { isUuid } from '../../../store/access/uuid';
import type { HttpDependencies } from '../../dependencies';
import { apiKeyInput } from '../../people-input';
import { ProblemError } from '../../plumbing/problems';
import { setFlash } from '../layout/flash';
import { confirmView, secretView, type ConfirmPageModel } from '../layout/common-views';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { renderSettings } from './settings-page';
import { formOptions, pageOptions } from '../layout/sign-in';

/** The form field of the option that also revokes everything created with the key. */
const WITH_DESCENDANTS = 'withWhatItMade';

/** Creates and revokes API keys on the settings page. */
export function registerApiKeys(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'connections'>,
): void {
  const { db, config } = deps;
  const settings = `${basePath(config.publicUrl)}/settings/integrations`;
  const guarded = pageOptions(deps);
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/keys', guardedForm, async (request, reply) => {
    const { workspaceId, actor, keyId } = sessionOf(request);
    const text = formField(request.body, 'name') ?? '';
    const input = apiKeyInput.safeParse({ name: text });
    if (!input.success) {
      const error = `It ${input.error.issues[0]?.message ?? 'is not valid'}.`;
      return await renderSettings(deps, { people: { keyName: { text, error } } }, request, reply.code(400));
    }
    const id = formField(request.body, 'id') ?? '';
    if (!isUuid(id)) throw new ProblemError('form-expired', 'The form is not whole. Nothing was changed.');
    const made = await createApiKey(db, { workspaceId, name: input.data.name, madeBy: actor, madeByKey: keyId, id });
    if (made === null) {
      setFlash(reply, config.publicUrl, {
        kind: 'error',
        message: 'This key was made already, and a key is shown only once.',
        action: 'If you did not keep it, revoke it and make another one.',
      });
      return await reply.redirect(settings, 303);
    }
    request.log.info({ workspaceId, apiKeyId: made.id }, 'an API key was made');
    const model = {
      heading: 'The key is made',
      sentences: [
        `“${made.name}” opens this workspace from now on, until somebody revokes it.`,
        'It is shown only now, and only its fingerprint is kept: put it where your pipeline reads it before you leave this page.',
      ],
      label: 'API key',
      secret: made.key,
    };
    return await renderPage(deps, { view: secretView(model), title: 'API key', section: 'settings' }, request, reply);
  });

  pages.get<{ Params: { id: string } }>('/settings/keys/:id/revoke', guarded, async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const keys = await listApiKeys(db, workspaceId);
    const key = keys.find(({ id }) => id === request.params.id);
    if (key === undefined) throw unknownKey();
    const made = await keyDescendants(db, workspaceId, key.id);
    const model = {
      heading: `Revoke “${key.name}”?`,
      sentences: [
        'Whatever uses this key is turned away from the next request on.',
        'Sign-in links that it made, and browsers that came in by them, are signed out; yours is not.',
        ...(keys.length === 1
          ? ['It is the last key of this workspace: no meeting comes in any more until you make another one.']
          : []),
        'This cannot be taken back.',
      ],
      action: `/settings/keys/${key.id}/revoke`,
      button: 'Revoke',
      option: descendantsOption(made),
    };
    return await renderPage(
      deps,
      { view: confirmView(model), title: 'Revoke a key', section: 'settings' },
      request,
      reply,
    );
  });

  pages.post<{ Params: { id: string } }>('/settings/keys/:id/revoke', guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const { workspaceId, actor } = session;
    const { id } = request.params;
    const withWhatItMade = formField(request.body, WITH_DESCENDANTS) === 'true';
    const revoked = await revokeApiKey(db, { workspaceId, id, actor, withWhatItMade, spared: session });
    if (revoked === null) throw unknownKey();
    request.log.info({ workspaceId, apiKeyId: id }, 'an API key was revoked');
    setFlash(reply, config.publicUrl, {
      kind: 'success',
      message: `The key “${revoked.name}” is revoked.`,
      action: revokedWords(revoked),
    });
    return await reply.redirect(settings, 303);
  });
}

/** The option that also revokes everything created with the key. */
function descendantsOption({ keys, members }: KeyDescendants): ConfirmPageModel['option'] {
  const made = [...keys.map(({ name }) => `the key “${name}”`), ...members.map(({ label }) => label)];
  return {
    name: WITH_DESCENDANTS,
    label: `Also revoke what was created with this key: ${made.length === 0 ? '' : `${made.join(', ')}, and `}its sessions and links`,
    hint: 'Choose this if the key was stolen. Everything created with it, directly or indirectly, stops working at once. You stay signed in.',
  };
}

function revokedWords({ keys, members }: RevokedKey): string {
  const ended = [...keys.map((name) => `the key “${name}”`), ...members];
  const besides = ended.length === 0 ? '' : ` Also revoked: ${ended.join(', ')}.`;
  return `Requests with this key are refused from now on.${besides}`;
}

function unknownKey(): ProblemError {
  return new ProblemError('not-found', 'This workspace has no such API key, or it was revoked already.');
}
