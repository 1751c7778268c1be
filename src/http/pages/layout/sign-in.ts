import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { memberLabel } from '../../../store/access/members';
import { endSession, redeemSignInLink, type Session } from '../../../store/access/sessions';
import { findSignInLink, type SignInLink } from '../../../store/access/sign-in-links';
import { deviceName } from './device-name';
import type { LimitedHttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { setFlash } from './flash';
import { formOptions, pageOptions } from './guard';
import { basePath, renderMessage, renderPage } from './render';
import { clearSessionCookie, formField, sessionOf, setSessionCookie } from './session';
import type { FilledView } from './view';

/** What a sign-in link would change for a signed-in browser; `none` for one that is not signed in. */
type SignInChange = 'workspace' | 'person' | 'none';

/** The page that asks for confirmation before a sign-in link is used. */
interface SignInPageModel {
  readonly token: string;
  /** The current identity of the browser; null when it is not signed in. */
  readonly from: Identity | null;
  readonly to: Identity;
  readonly change: SignInChange;
}

interface Identity {
  readonly workspaceName: string;
  /** Null for an unnamed session. */
  readonly person: string | null;
}

type Dependencies = Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits'>;

const signInView = (model: SignInPageModel): FilledView => ({ template: 'confirm-sign-in', model });

/**
 * `/sign-in?token=…` shows a page that signs in by a link of `POST /api/v1/sessions`, `/invitation?token=…` by one that
 * was sent to a member; `/sign-out` ends the session.
 *
 * Opening the address alone does not sign in. Otherwise an attacker's link could silently sign a victim into the
 * attacker's workspace, where the victim might connect a HubSpot account. Mail scanners and chat previews open links
 * too.
 */
export function registerSignIn(pages: FastifyInstance, deps: Dependencies): void {
  for (const path of ['/sign-in', '/invitation'])
    pages.get(path, pageOptions('public'), async (request, reply) => {
      await deps.limits.mayTry('link', request.ip);
      const token = formField(request.query, 'token') ?? '';
      const link = await findSignInLink(deps.db, token);
      return link === null ? await tooLate(deps, request, reply) : await ask(deps, token, link, request, reply);
    });

  pages.post('/sign-in', formOptions(pages, 'public'), async (request, reply) => {
    await deps.limits.mayTry('link', request.ip);
    return await signIn(deps, request, reply);
  });

  pages.post('/sign-out', formOptions(pages, 'signed-in'), async (request, reply) => {
    await endSession(deps.db, sessionOf(request));
    clearSessionCookie(reply, deps.config.publicUrl);
    const page = {
      status: 200,
      heading: t('You are signed out'),
      message: t('To sign in again, open a new sign-in link.'),
      action: '',
      howToSignIn: true,
    };
    return await renderMessage(deps, page, reply);
  });
}

async function ask(
  deps: Dependencies,
  token: string,
  link: SignInLink,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { session } = request;
  const from = session && {
    workspaceName: session.workspaceName,
    person: session.member && memberLabel(session.member),
  };
  const to = { workspaceName: link.workspaceName, person: link.member && memberLabel(link.member) };
  const change = session === null ? 'none' : changeOf(link, session);
  const page = {
    view: signInView({ token, from, to, change }),
    title:
      change === 'none' ? t('Sign in to {workspace}', { workspace: to.workspaceName }) : t('Sign in with this link?'),
    section: null,
  };
  return await renderPage(deps, page, request, reply);
}

async function signIn(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const token = formField(request.body, 'token') ?? '';
  const device = deviceName(request.headers['user-agent']);
  const session = await redeemSignInLink(deps.db, token, { replaced: request.session, device });
  if (session === null) return await tooLate(deps, request, reply);
  setSessionCookie(reply, deps.config.publicUrl, session);
  return await reply.redirect(startPage(deps), 303);
}

async function tooLate(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const refusal = new ProblemError('unauthorized', t('This link no longer works.'));
  const answer = await deps.limits.refused('link', request.ip, refusal);
  if (answer !== refusal) throw answer;
  const why = t(
    'This sign-in link was already used, has expired, or was replaced by a newer one. Sign-in links work for five minutes, invitations for three days.',
  );
  if (request.session !== null) {
    const action = t('You are still signed in to {workspace}.', { workspace: request.session.workspaceName });
    setFlash(reply, deps.config.publicUrl, { kind: 'error', message: why, action });
    return await reply.redirect(startPage(deps), 303);
  }
  const page = { status: 401, heading: t('This link no longer works'), message: why, action: '', howToSignIn: true };
  return await renderMessage(deps, page, reply);
}

function startPage({ config: { publicUrl } }: Dependencies): string {
  return `${basePath(publicUrl)}/overview`;
}

/** What the link would change for a signed-in browser. */
function changeOf(link: SignInLink, session: Session): SignInChange {
  if (link.workspaceId !== session.workspaceId) return 'workspace';
  return (link.member?.id ?? null) === (session.member?.id ?? null) ? 'none' : 'person';
}
