import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { message, t } from '../../../languages/text';
import { hashToken, randomToken } from '../../../secrets';
import {
  adminLinkActor,
  claimAdminLink,
  findAdminLink,
  releaseAdminLink,
  type AdminLink,
  type AdminLinkState,
} from '../../../store/access/admin-links';
import { consumeOauthState, createOauthState } from '../../../store/connections/oauth-states';
import { redirectUriOf, type HttpDependencies } from '../../dependencies';
import { codeChallengeOf, codeVerifierOf } from '../../pkce';
import { endConnecting, forReader, stateProblem, type HubSpotRedirect } from './connecting';
import { setFlash, takeFlash } from '../layout/flash';
import { formatTime } from '../layout/format';
import { timeOf } from '../layout/status-words';
import { basePath, renderMessage, renderPage } from '../layout/render';
import { cookieNames, formField, signedCookie } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import type { FilledView } from '../layout/view';

/**
 * Longer than the lifetime of a state, so that a person who took too long at HubSpot returns to the page that explains
 * it.
 */
const COOKIE_SECONDS = 24 * 60 * 60;

/** The page that a HubSpot admin sees after opening a link. */
export interface AdminConnectPageModel {
  readonly workspace: string;
  /** Null for an unnamed session. */
  readonly askedBy: string | null;
  readonly expiresAt: { readonly iso: string; readonly text: string };
  readonly connectPath: string;
}

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'oauth'>;

const adminConnectView = (model: AdminConnectPageModel): FilledView => ({ template: 'admin-connect', model });

const ENDED: Readonly<Record<Exclude<AdminLinkState, 'open'>, string>> = {
  used: message('It was already used to connect HubSpot.'),
  revoked: message('It was revoked by the workspace that sent it.'),
  expired: message('It is older than three days.'),
};

/**
 * `/connect?token=…`: a HubSpot admin without an account here follows a link and connects HubSpot to the workspace that
 * it names. The link gives no other access. The browser gets a separate cookie for the OAuth flow. The session of a
 * signed-in person is ignored here, and a consent that was started elsewhere is refused.
 */
export function registerAdminLinks(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/connect', pageOptions('public'), async (request, reply) => {
    const link = await openLink(deps, request, reply);
    return link === null ? reply : await showConnect(deps, link, request, reply);
  });
  // Requires the page's form token, so that a link cannot bypass the page that names the workspace.
  pages.get('/connect/hubspot', formOptions(pages, 'public'), async (request, reply) => {
    const link = await openLink(deps, request, reply);
    return link === null ? reply : await toHubSpot(deps, link, request, reply);
  });
  pages.get('/connect/done', pageOptions('public'), async (request, reply) => {
    const flash = takeFlash(request, reply, deps.config.publicUrl);
    return await showMessage(deps, reply, 200, {
      heading: t('Thank you'),
      message: flash?.message ?? t('If you just connected HubSpot, you are done.'),
      action: t('You can close this page.'),
    });
  });
}

/** The open link of a request, or null after the reply has explained why it does not work. */
async function openLink(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<AdminLink | null> {
  const link = await findAdminLink(deps.db, tokenIn(request));
  if (link?.state === 'open') return link;
  await showMessage(deps, reply, link === null ? 404 : 410, {
    heading: t('This link no longer works'),
    message: t(link === null ? 'This link is not known here. It may be incomplete.' : ENDED[link.state]),
    action: t('If HubSpot is not connected yet, ask the person who sent the link for a new one.'),
  });
  return null;
}

async function showConnect(
  deps: Dependencies,
  link: AdminLink,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const expiresAt = link.expiresAt.toISOString();
  const query = new URLSearchParams({ token: tokenIn(request) }).toString();
  const model: AdminConnectPageModel = {
    workspace: link.workspaceName,
    askedBy: link.askedBy,
    expiresAt: { ...timeOf(expiresAt, 'UTC'), text: formatTime(expiresAt, 'UTC') },
    connectPath: `${basePath(deps.config.publicUrl)}/connect/hubspot?${query}`,
  };
  const title = t('Connect HubSpot to {workspace}', { workspace: link.workspaceName });
  return await renderPage(deps, { view: adminConnectView(model), title, section: null, guest: true }, request, reply);
}

async function toHubSpot(
  deps: Dependencies,
  link: AdminLink,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const names = cookieNames(deps.config.publicUrl);
  const ticket = `${tokenIn(request)}.${randomToken()}`;
  reply.setCookie(names.adminLink, ticket, { ...names.options, maxAge: COOKIE_SECONDS, signed: true });
  const holder = { workspaceId: link.workspaceId, idHash: hashToken(ticket), adminLinkId: link.id };
  const state = await createOauthState(deps.db, holder);
  const redirectUri = redirectUriOf(deps.config);
  const codeChallenge = codeChallengeOf(codeVerifierOf(deps.config, state));
  return await reply.redirect(deps.oauth.authorizationUrl({ state, redirectUri, codeChallenge }), 303);
}

function tokenIn(request: FastifyRequest): string {
  return formField(request.query, 'token') ?? '';
}

/** A message for a person without an account here. */
async function showMessage(
  deps: Pick<Dependencies, 'config'>,
  reply: FastifyReply,
  status: number,
  words: { readonly heading: string; readonly message: string; readonly action: string },
): Promise<FastifyReply> {
  return await renderMessage(deps, { status, ...words, guest: true }, reply);
}

/** Ends the OAuth flow of an admin's link: connects, or shows the reason for a failure on the link's page. */
export async function endAdminLink(
  deps: Pick<HttpDependencies, 'db' | 'config' | 'connections'>,
  answer: HubSpotRedirect & { readonly state: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { publicUrl } = deps.config;
  const names = cookieNames(publicUrl);
  const ticket = signedCookie(request, names.adminLink) ?? '';
  const token = ticket.split('.')[0] ?? '';
  const link = await findAdminLink(deps.db, token);
  if (link === null)
    return await showMessage(deps, reply, 403, {
      heading: t('Nothing was connected'),
      message: t('HubSpot sent you back, but this browser did not start the connection.'),
      action: t('Open the link that you received, and press Connect there.'),
    });
  const back = `${basePath(publicUrl)}/connect?${new URLSearchParams({ token }).toString()}`;
  const holder = { workspaceId: link.workspaceId, idHash: hashToken(ticket), adminLinkId: link.id };
  const check = await consumeOauthState(deps.db, holder, answer.state);
  if (check !== 'fits') {
    setFlash(reply, publicUrl, forReader(stateProblem(check), true));
    return await reply.redirect(back, 303);
  }
  if (!(await claimAdminLink(deps.db, link.id))) return await reply.redirect(back, 303);
  let connected = false;
  try {
    const end = await endConnecting(deps, link.workspaceId, answer, request, {
      actor: adminLinkActor(link, request.ip),
      guest: true,
    });
    ({ connected } = end);
    request.log.info(
      { workspaceId: link.workspaceId, adminLinkId: link.id, connected },
      "an admin's link was followed",
    );
    setFlash(reply, publicUrl, end.flash);
  } finally {
    if (!connected) await releaseAdminLink(deps.db, link.id);
  }
  if (!connected) return await reply.redirect(back, 303);
  reply.clearCookie(names.adminLink, names.options);
  return await reply.redirect(`${basePath(publicUrl)}/connect/done`, 303);
}
