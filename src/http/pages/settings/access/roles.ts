import type { FastifyInstance, FastifyReply } from 'fastify';
import { listText, t } from '../../../../languages/text';
import { memberKeys } from '../../../../store/access/member-keys';
import { memberLabel } from '../../../../store/access/members';
import { changeRole, LastAdminError, removeMember } from '../../../../store/access/roles';
import { ROLES } from '../../../../store/access/scopes';
import { confirmView, type ConfirmPageModel } from '../../layout/common-views';
import type { Flash } from '../../layout/flash';
import { formOptions, pageOptions } from '../../layout/guard';
import { renderPage } from '../../layout/render';
import { ROLE_WORDS } from '../../layout/role-words';
import { formField, sessionOf } from '../../layout/session';
import { memberOf, notFound, signedOut, unknownMember, type Dependencies, type RequestWithId } from '../people-answers';
import { recentFormOptions } from '../../sign-in/recent-sign-in';
import { settingsPath } from '../settings-nav';
import { backToSettings } from '../settings-page';

/** The form field of the option that also revokes the keys of a removed member. */
const WITH_KEYS = 'withKeys';

/** Changes of roles, and the removal of members, on the page of the people. */
export function registerRoles(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = recentFormOptions(formOptions(pages, 'admin'), deps);
  pages.post('/settings/members/:id/role', guardedForm, async (request: RequestWithId, reply) => {
    return backToSettings(deps, reply, await setRole(deps, request), 'people');
  });
  pages.get('/settings/members/:id/remove', pageOptions('admin'), async (request: RequestWithId, reply) => {
    return await confirmRemoval(deps, request, reply);
  });
  pages.post('/settings/members/:id/remove', guardedForm, async (request: RequestWithId, reply) => {
    return await remove(deps, request, reply);
  });
}

async function setRole(deps: Dependencies, request: RequestWithId): Promise<Flash> {
  const member = await memberOf(deps, request);
  const role = ROLES.find((each) => each === formField(request.body, 'role'));
  if (role === undefined) throw notFound(t('There is no such role.'));
  const change = await orLastAdmin(changeRole(deps.db, sessionOf(request), { id: member.id, role }));
  if (change === 'last-admin') return lastAdmin();
  if (change === null) throw unknownMember();
  request.log.info({ workspaceId: sessionOf(request).workspaceId, memberId: member.id, role }, 'a role was changed');
  return {
    kind: 'success',
    message: t('{person} has the role {role} now.', { person: memberLabel(member), role: t(ROLE_WORDS[role]) }),
    action: [
      change.narrowed.length > 0 &&
        t('These API keys of theirs may do less now: {list}.', { list: listText(change.narrowed) }),
      change.revoked.length > 0 && revokedWords(change.revoked),
    ]
      .filter((sentence) => sentence !== false)
      .join(' '),
  };
}

async function confirmRemoval(deps: Dependencies, request: RequestWithId, reply: FastifyReply): Promise<FastifyReply> {
  const member = await memberOf(deps, request);
  const { workspaceId, memberId } = sessionOf(request);
  const keys = await memberKeys(deps.db, workspaceId, member.id);
  const model: ConfirmPageModel = {
    heading: t('Remove {person}?', { person: memberLabel(member) }),
    sentences: [
      member.id === memberId
        ? t('This is you: all your devices are signed out at once, including this one.')
        : t('All their devices are signed out at once, and links sent to them stop working.'),
      ...(keys.length === 0 ? [] : [t('API keys that they created go on working unless you revoke them here.')]),
      t('What they changed stays, under their name. You can invite them again.'),
    ],
    action: `/settings/members/${member.id}/remove`,
    button: t('Remove'),
    back: settingsPath('people'),
    ...(keys.length === 0 ? {} : { option: keysOption(keys.map(({ name }) => name)) }),
  };
  const page = { view: confirmView(model), title: t('Remove a person'), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

async function remove(deps: Dependencies, request: RequestWithId, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { id } = request.params;
  const withKeys = formField(request.body, WITH_KEYS) === 'true';
  const removed = await orLastAdmin(removeMember(deps.db, session, { id, withKeys }));
  if (removed === 'last-admin') return backToSettings(deps, reply, lastAdmin(), 'people');
  if (removed === null) throw unknownMember();
  request.log.info({ workspaceId: session.workspaceId, memberId: id, withKeys }, 'a member was removed');
  if (id === session.memberId) return await signedOut(deps, t('You are no longer a member of this workspace.'), reply);
  const flash: Flash = {
    kind: 'success',
    message: t('The person is removed, and signed out everywhere.'),
    action: removed.revoked.length > 0 ? revokedWords(removed.revoked) : '',
  };
  return backToSettings(deps, reply, flash, 'people');
}

function keysOption(names: readonly string[]): ConfirmPageModel['option'] {
  return {
    name: WITH_KEYS,
    label: t('Also revoke the API keys that they created: {list}', { list: listText(names) }),
    hint: t('Programs that use these keys are refused from their next request on.'),
  };
}

function revokedWords(names: readonly string[]): string {
  return t('These API keys are revoked: {list}.', { list: listText(names) });
}

async function orLastAdmin<T>(change: Promise<T>): Promise<T | 'last-admin'> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof LastAdminError) return 'last-admin';
    throw error;
  }
}

function lastAdmin(): Flash {
  return {
    kind: 'error',
    message: t('Nothing was changed: a workspace needs an admin, and this is the last one.'),
    action: t('Give another person the role Admin first.'),
  };
}
