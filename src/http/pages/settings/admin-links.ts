import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import { createAdminLink, revokeAdminLink, type AdminLink } from '../../../store/access/admin-links';
import { secretView } from '../layout/common-views';
import { formatTime } from '../layout/format';
import { renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { formOptions } from '../layout/guard';
import { timeOf, type Time } from '../layout/status-words';
import { settingsPath } from './settings-nav';
import { done, notFound, type Dependencies, type RequestWithId } from './people-answers';

/** Links for HubSpot admins on the page of the HubSpot card. */
export function registerAdminLinkForms(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, 'admin');

  pages.post('/settings/admin-links', guardedForm, async (request, reply) => {
    return await createLink(deps, request, reply);
  });

  pages.post('/settings/admin-links/:id/revoke', guardedForm, async (request: RequestWithId, reply) => {
    const { workspaceId, actor } = sessionOf(request);
    if (!(await revokeAdminLink(deps.db, { workspaceId, id: request.params.id, actor })))
      throw notFound(t('This workspace has no such open link, or no longer.'));
    return done(deps, reply, t('The link is revoked and no longer works.'), 'hubspot');
  });
}

async function createLink(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { id, token, expiresAt } = await createAdminLink(deps.db, session);
  request.log.info({ workspaceId: session.workspaceId, adminLinkId: id }, 'a link for a HubSpot admin was created');
  const model = {
    heading: t('A link for your HubSpot admin'),
    sentences: [
      t(
        'No e-mail is sent: copy this link now and send it to someone who may install apps in your HubSpot account. You will not see it again.',
      ),
      t(
        'They can connect HubSpot to this workspace, and nothing else: they do not see your meetings, and need no account here.',
      ),
      t('It works until the first connection, until you revoke it under Settings → HubSpot, or until {time}.', {
        time: formatTime(expiresAt.toISOString(), 'UTC'),
      }),
    ],
    label: t('Link to send'),
    secret: `${deps.config.publicUrl}/connect?token=${token}`,
    done: settingsPath('hubspot'),
  };
  const page = { view: secretView(model), title: t('Link for an admin'), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

const LINK_STATES = {
  open: { word: message('Active'), tone: 'busy' },
  used: { word: message('Used'), tone: 'good' },
  revoked: { word: message('Revoked'), tone: 'off' },
  expired: { word: message('Expired'), tone: 'off' },
} as const;

/** A link for a HubSpot admin in the list of a page. */
export interface AdminLinkModel {
  readonly id: string;
  readonly madeBy: string;
  readonly state: { readonly word: string; readonly tone: 'good' | 'busy' | 'off' };
  readonly madeAt: Time;
  readonly expiresAt: Time;
  readonly isOpen: boolean;
}

export function adminLinkModels(links: readonly AdminLink[], timeZone: string): AdminLinkModel[] {
  return links.map(({ id, madeBy, state, madeAt, expiresAt }) => ({
    id,
    madeBy: storedText(madeBy),
    state: { tone: LINK_STATES[state].tone, word: t(LINK_STATES[state].word) },
    madeAt: timeOf(madeAt, timeZone),
    expiresAt: timeOf(expiresAt, timeZone),
    isOpen: state === 'open',
  }));
}
