import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { memberLabel } from '../../../store/access/members';
import { redeemSignInLink, signOut, type Session } from '../../../store/access/sessions';
import { findSignInLink, type SignInLink } from '../../../store/access/sign-in-links';
import type { LimitedHttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { setFlash } from '../layout/flash';
import { basePath, renderPage } from '../layout/render';
import { clearSessionCookie, formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { renderSignIn } from '../layout/sign-in-page';
import type { FilledView } from '../layout/view';
import { browserOf, enter } from './enter';

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
export function registerSignInLinks(pages: FastifyInstance, deps: Dependencies): void {
  for (const path of ['/sign-in', '/invitation'])
    pages.get(path, pageOptions('public'), async (request, reply) => {
      if (path === '/sign-in' && !hasToken(request)) return await showWays(deps, request, reply);
      await deps.limits.mayTry('link', request.ip);
      const token = formField(request.query, 'token') ?? '';
      const link = await findSignInLink(deps.db, token);
      if (link === null) return await tooLate(deps, request, reply);
      return link.isOpen ? await ask(deps, token, link, request, reply) : await closed(deps, link, request, reply);
    });

  pages.post('/sign-in', formOptions(pages, 'public'), async (request, reply) => {
    await deps.limits.mayTry('link', request.ip);
    return await signIn(deps, request, reply);
  });

  pages.post('/sign-out', formOptions(pages, 'signed-in'), async (request, reply) => {
    await signOut(deps.db, sessionOf(request));
    clearSessionCookie(reply, deps.config.publicUrl);
    const page = { status: 200, heading: t('You are signed out'), message: '', action: '' };
    return await renderSignIn(deps, page, request, reply);
  });
}

function hasToken({ query }: FastifyRequest): boolean {
  return typeof query === 'object' && query !== null && 'token' in query;
}

/** The page without a link: the ways to sign in, or the start page for a signed-in browser. */
async function showWays(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  if (request.session !== null) return await reply.redirect(startPage(deps), 303);
  return await renderSignIn(deps, { status: 200, heading: t('Sign in'), message: '', action: '' }, request, reply);
}

/** The workspace has switched links off. */
async function closed(
  deps: Dependencies,
  { workspaceName }: SignInLink,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const page = {
    status: 403,
    heading: t('This link does not work here'),
    message: t('The workspace {workspace} does not use sign-in links.', { workspace: workspaceName }),
    action: t('Sign in with HubSpot or with your work e-mail.'),
  };
  return await renderSignIn(deps, page, request, reply);
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
  const session = await redeemSignInLink(deps.db, token, browserOf(request));
  if (session === null) return await tooLate(deps, request, reply);
  return await enter(deps, session, request, reply);
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
  const page = { status: 401, heading: t('This link no longer works'), message: why, action: '' };
  return await renderSignIn(deps, page, request, reply);
}

function startPage({ config: { publicUrl } }: Dependencies): string {
  return `${basePath(publicUrl)}/overview`;
}

/** What the link would change for a signed-in browser. */
function changeOf(link: SignInLink, session: Session): SignInChange {
  if (link.workspaceId !== session.workspaceId) return 'workspace';
  return (link.member?.id ?? null) === (session.member?.id ?? null) ? 'none' : 'person';
}
