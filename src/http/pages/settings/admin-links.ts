import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordAccessChange } from '../../../store/access/access-changes';
import { createAdminLink, revokeAdminLink } from '../../../store/access/admin-links';
import { secretView } from '../layout/common-views';
import { formatTime } from '../layout/format';
import { renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { formOptions } from '../layout/sign-in';
import { done, unknown, type Dependencies, type RequestWithId } from './people-answers';

/** Links for HubSpot admins on the settings page. */
export function registerAdminLinkForms(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, deps);

  pages.post('/settings/admin-links', guardedForm, async (request, reply) => {
    return await createLink(deps, request, reply);
  });

  pages.post('/settings/admin-links/:id/revoke', guardedForm, async (request: RequestWithId, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    if (!(await revokeAdminLink(deps.db, workspaceId, request.params.id))) throw unknown('open link');
    await recordAccessChange(deps.db, { workspaceId, actor, action: 'revoked a link for a HubSpot admin' });
    return done(deps, reply, 'The link is revoked and no longer works.');
  });
}

async function createLink(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { id, token, expiresAt } = await createAdminLink(deps.db, session);
  request.log.info({ workspaceId: session.workspaceId, adminLinkId: id }, 'a link for a HubSpot admin was created');
  const model = {
    heading: 'A link for your HubSpot admin',
    sentences: [
      'No e-mail is sent: copy this link now and send it to someone who may install apps in your HubSpot account. You will not see it again.',
      'They can connect HubSpot to this workspace, and nothing else: they do not see your meetings, and need no account here.',
      `It works until the first connection, until you revoke it on the settings page, or until ${formatTime(expiresAt.toISOString(), 'UTC')}.`,
    ],
    label: 'Link to send',
    secret: `${deps.config.publicUrl}/connect?token=${token}`,
  };
  const page = { view: secretView(model), title: 'Link for an admin', section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}
