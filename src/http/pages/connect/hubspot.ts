import type { FastifyInstance, FastifyRequest } from 'fastify';
import { message } from '../../../languages/text';
import { consumeOauthState, createOauthState, isAdminLinkState } from '../../../store/connections/oauth-states';
import { isHubSpotFlow } from '../../../store/sign-in/flows';
import { redirectUriOf, type LimitedHttpDependencies } from '../../dependencies';
import { codeChallengeOf, codeVerifierOf } from '../../pkce';
import { endAdminLink, registerAdminLinks } from './admin-connect';
import {
  endConnecting,
  hubSpotRedirect,
  refused,
  startedElsewhere,
  stateProblem,
  type HubSpotRedirect,
} from './connecting';
import type { Flash } from '../layout/flash';
import { sessionOf } from '../layout/session';
import { mayOpen, pageOptions, signedIn } from '../layout/guard';
import { endHubSpotSignIn } from '../sign-in/hubspot';
import { backToSettings } from '../settings/settings-page';

/** The OAuth flow: to HubSpot's consent page and back. Every outcome ends on a page with a message. */
export function registerHubSpot(
  pages: FastifyInstance,
  deps: Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits' | 'oauth' | 'connections' | 'hubSpotSignIn'>,
): void {
  const redirectUri = redirectUriOf(deps.config);

  pages.get('/integrations/hubspot/connect', pageOptions('admin'), async (request, reply) => {
    const state = await createOauthState(deps.db, sessionOf(request));
    const codeChallenge = codeChallengeOf(codeVerifierOf(deps.config, state));
    return await reply.redirect(deps.oauth.authorizationUrl({ state, redirectUri, codeChallenge }), 303);
  });

  const backWithoutSession = signedIn(
    deps,
    message('HubSpot sent you back, but this browser is not signed in, so nothing was connected.'),
  );
  registerAdminLinks(pages, deps);

  pages.get('/oauth/hubspot/callback', pageOptions('public'), async (request, reply) => {
    const answer = hubSpotRedirect(request);
    const { state } = answer;
    if (state !== undefined && (await isAdminLinkState(deps.db, state)))
      return await endAdminLink(deps, { ...answer, state }, request, reply);
    if (state !== undefined && (await isHubSpotFlow(deps.db, state)))
      return await endHubSpotSignIn(deps, { ...answer, state }, request, reply);
    const turnedAway = (await backWithoutSession(request, reply)) ?? (await mayOpen(deps, 'admin', request, reply));
    if (turnedAway !== undefined) return turnedAway;
    return backToSettings(deps, reply, await end(answer, request));
  });

  async function end(answer: HubSpotRedirect, request: FastifyRequest): Promise<Flash> {
    const { state, error } = answer;
    if (state === undefined) return error === undefined ? startedElsewhere() : refused(error, undefined);
    const session = sessionOf(request);
    const check = await consumeOauthState(deps.db, session, state);
    if (check !== 'fits') return stateProblem(check);
    return (await endConnecting(deps, session.workspaceId, answer, request, { actor: session.actor })).flash;
  }
}
