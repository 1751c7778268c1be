import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordAccessChange } from '../../../store/access/access-changes';
import { createAdminLink, revokeAdminLink } from '../../../store/access/admin-links';
import { findMember, inviteMember, memberLabel, removeMember, type Member } from '../../../store/access/members';
import { createSignInLink, endAllSessions, endListedSession, INVITATION_SECONDS } from '../../../store/access/sessions';
import type { HttpDependencies } from '../../dependencies';
import { invitationInput } from '../../people-input';
import { ProblemError } from '../../plumbing/problems';
import { setFlash } from '../layout/flash';
import { formatTime } from '../layout/format';
import { confirmView, secretView } from '../layout/common-views';
import { basePath, renderMessage, renderPage } from '../layout/render';
import { clearSessionCookie, formField, sessionOf } from '../layout/session';
import { renderSettings } from './settings-page';
import { formOptions, pageOptions } from '../layout/sign-in';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'connections'>;
interface WithId {
  Params: { id: string };
}

/** Members, signed-in browsers and links for HubSpot admins on the settings page. */
export function registerPeople(pages: FastifyInstance, deps: Dependencies): void {
  registerMembers(pages, deps);
  registerSessions(pages, deps);
  registerAdminLinks(pages, deps);
}

function registerMembers(pages: FastifyInstance, deps: Dependencies): void {
  const { db, config } = deps;
  const guarded = pageOptions(deps);
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/members', guardedForm, async (request, reply) => {
    const { workspaceId, actor, keyId } = sessionOf(request);
    const [email, name] = ['email', 'name'].map((field) => formField(request.body, field) ?? '');
    const input = invitationInput.safeParse({ email, name: name?.trim() === '' ? null : name });
    if (!input.success) {
      const errorOf = (field: string) => {
        const issue = input.error.issues.find(({ path }) => path[0] === field);
        return issue === undefined ? null : `It ${issue.message}.`;
      };
      const people = {
        email: { text: email ?? '', error: errorOf('email') },
        memberName: { text: name ?? '', error: errorOf('name') },
      };
      return await renderSettings(deps, { people }, request, reply.code(400));
    }
    const member = await inviteMember(db, { workspaceId, ...input.data, invitedBy: actor, invitedByKey: keyId });
    return await showLink(member, request, reply);
  });

  pages.post<WithId>('/settings/members/:id/link', guardedForm, async (request, reply) => {
    const member = await findMember(db, sessionOf(request).workspaceId, request.params.id);
    if (member === null) throw unknown('member');
    return await showLink(member, request, reply);
  });

  async function showLink(member: Member, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const { workspaceId, actor, keyId } = sessionOf(request);
    const { token, expiresAt } = await createSignInLink(db, workspaceId, {
      memberId: member.id,
      madeByKey: keyId,
      seconds: INVITATION_SECONDS,
    });
    await recordAccessChange(db, { workspaceId, actor, action: `made a sign-in link for ${memberLabel(member)}` });
    request.log.info({ workspaceId, memberId: member.id }, 'a member was invited');
    const model = {
      heading: `A link for ${memberLabel(member)}`,
      sentences: [
        'No e-mail is sent: send this link to them yourself. It is shown only now.',
        `It works once, until ${formatTime(expiresAt.toISOString(), 'UTC')}, and then signs their browser in for fourteen days. A link that was made for them before has ended.`,
      ],
      label: 'Sign-in link',
      secret: `${config.publicUrl}/invitation?token=${token}`,
    };
    return await renderPage(
      deps,
      { view: secretView(model), title: 'Sign-in link', section: 'settings' },
      request,
      reply,
    );
  }

  pages.get<WithId>('/settings/members/:id/remove', guarded, async (request, reply) => {
    const session = sessionOf(request);
    const member = await findMember(db, session.workspaceId, request.params.id);
    if (member === null) throw unknown('member');
    const isYou = member.id === session.member?.id;
    const model = {
      heading: `Remove ${memberLabel(member)}?`,
      sentences: [
        isYou
          ? 'This is you: every browser that you signed in, this one too, is signed out at once.'
          : 'Every browser that they signed in is signed out at once, and links that wait for them end.',
        'What they changed stays, under their name. You can invite them again.',
      ],
      action: `/settings/members/${member.id}/remove`,
      button: 'Remove',
    };
    return await renderPage(
      deps,
      { view: confirmView(model), title: 'Remove a member', section: 'settings' },
      request,
      reply,
    );
  });

  pages.post<WithId>('/settings/members/:id/remove', guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const { id } = request.params;
    if (!(await removeMember(db, { workspaceId: session.workspaceId, id, actor: session.actor })))
      throw unknown('member');
    request.log.info({ workspaceId: session.workspaceId, memberId: id }, 'a member was removed');
    if (id === session.member?.id) return await signedOut(deps, 'You are no member of this workspace any more.', reply);
    return await done(deps, reply, 'The member is removed, and signed out everywhere.');
  });
}

function registerSessions(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, deps);

  pages.post<WithId>('/settings/sessions/:id/end', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    if (!(await endListedSession(deps.db, workspaceId, request.params.id))) throw unknown('session');
    await recordAccessChange(deps.db, { workspaceId, actor, action: 'signed a browser out' });
    return await done(deps, reply, 'That browser is signed out.');
  });

  pages.post('/settings/sessions/end-all', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    await endAllSessions(deps.db, workspaceId);
    await recordAccessChange(deps.db, { workspaceId, actor, action: 'signed every browser out' });
    request.log.info({ workspaceId }, 'everybody was signed out');
    return await signedOut(deps, 'Every browser of this workspace is signed out, this one too.', reply);
  });
}

function registerAdminLinks(pages: FastifyInstance, deps: Dependencies): void {
  const { db, config } = deps;
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/admin-links', guardedForm, async (request, reply) => {
    const session = sessionOf(request);
    const { id, token, expiresAt } = await createAdminLink(db, session);
    const { workspaceId, actor } = session;
    await recordAccessChange(db, { workspaceId, actor, action: 'made a link for a HubSpot admin' });
    request.log.info({ workspaceId: session.workspaceId, adminLinkId: id }, "a link for an account's admin was made");
    const model = {
      heading: 'A link for your HubSpot admin',
      sentences: [
        'No e-mail is sent: send this link yourself to somebody who may install apps in your HubSpot account. It is shown only now.',
        'It leads through Connect for this workspace and nowhere else: they see nothing of your meetings, and need no account here.',
        `It ends with the first connection that is made by it, when you take it back on the settings page, or on ${formatTime(expiresAt.toISOString(), 'UTC')}.`,
      ],
      label: 'Link to send',
      secret: `${config.publicUrl}/connect?token=${token}`,
    };
    return await renderPage(
      deps,
      { view: secretView(model), title: 'Link for an admin', section: 'settings' },
      request,
      reply,
    );
  });

  pages.post<WithId>('/settings/admin-links/:id/revoke', guardedForm, async (request, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    if (!(await revokeAdminLink(db, workspaceId, request.params.id))) throw unknown('open link');
    await recordAccessChange(db, { workspaceId, actor, action: 'took back a link for a HubSpot admin' });
    return await done(deps, reply, 'The link is taken back: it leads nowhere any more.');
  });
}

async function done({ config }: Dependencies, reply: FastifyReply, message: string): Promise<FastifyReply> {
  setFlash(reply, config.publicUrl, { kind: 'success', message, action: '' });
  return await reply.redirect(`${basePath(config.publicUrl)}/settings/integrations`, 303);
}

async function signedOut(deps: Dependencies, message: string, reply: FastifyReply): Promise<FastifyReply> {
  clearSessionCookie(reply, deps.config.publicUrl);
  const page = { status: 200, heading: 'You are signed out', message, action: '', howToSignIn: true };
  return await renderMessage(deps, page, reply);
}

function unknown(what: string): ProblemError {
  return new ProblemError('not-found', `This workspace has no such ${what} (any more).`);
}
