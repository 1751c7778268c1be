import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { message, t } from '../../../languages/text';
import { HubSpotError } from '../../../hubspot/client/errors';
import type { HubSpotUser } from '../../../identity/hubspot-sign-in';
import { enterWithHubSpot, type HubSpotProblem } from '../../../store/sign-in/enter';
import type { ReturnedFlow } from '../../../store/sign-in/flows';
import { findSignInPolicy } from '../../../store/sign-in/policy';
import { redirectUriOf, type LimitedHttpDependencies } from '../../dependencies';
import { codeChallengeOf, codeVerifierOf } from '../../pkce';
import { loggable } from '../../plumbing/errors';
import type { HubSpotRedirect } from '../connect/connecting';
import { pageOptions } from '../layout/guard';
import { browserOf, enter } from './enter';
import { beginFlow, endFlow, refuse } from './flow';

type Dependencies = Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits' | 'oauth' | 'hubSpotSignIn'>;

/** `/sign-in/hubspot`: to HubSpot's consent page, for signing in. HubSpot's way back is that of connecting. */
export function registerHubSpotSignIn(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/sign-in/hubspot', pageOptions('public'), async (request, reply) => {
    await deps.limits.mayTry('sign_in', request.ip);
    return await toHubSpot(deps, { superAdmin: false }, request, reply);
  });
}

async function toHubSpot(
  deps: Dependencies,
  { superAdmin }: { readonly superAdmin: boolean },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const state = await beginFlow(deps, { method: 'hubspot', workspaceId: null, superAdmin }, request, reply);
  const redirectUri = redirectUriOf(deps.config);
  const codeChallenge = codeChallengeOf(codeVerifierOf(deps.config, state));
  const url = deps.oauth.authorizationUrl({ state, redirectUri, codeChallenge, withUsers: superAdmin });
  return await reply.redirect(url, 303);
}

/** Ends a sign-in at HubSpot. Every outcome ends on a page. */
export async function endHubSpotSignIn(
  deps: Dependencies,
  answer: HubSpotRedirect & { readonly state: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const flow = await endFlow(deps, request, reply);
  if (flow === null) return reply;
  if (answer.code === undefined)
    return await refuse(
      deps,
      {
        message: t('HubSpot did not let you sign in.'),
        action: t(
          'Choose the account that your workspace is connected to, and accept. HubSpot lets Super Admins do that, and users with App Marketplace access. Otherwise, use a sign-in link or single sign-on.',
        ),
      },
      request,
      reply,
    );
  const user = await identify(deps, answer.code, answer.state, request);
  if (user === null)
    return await refuse(
      deps,
      { message: t('HubSpot did not say who you are.'), action: t('Try again in a minute.') },
      request,
      reply,
    );
  return await admit(deps, user, flow, request, reply);
}

/** @returns null when HubSpot refuses the code or does not answer */
async function identify(
  { config, hubSpotSignIn }: Dependencies,
  code: string,
  state: string,
  request: FastifyRequest,
): Promise<HubSpotUser | null> {
  try {
    return await hubSpotSignIn.identify({
      code,
      redirectUri: redirectUriOf(config),
      codeVerifier: codeVerifierOf(config, state),
    });
  } catch (error) {
    if (!(error instanceof HubSpotError)) throw error;
    request.log.warn(loggable(error), 'HubSpot did not say who signs in');
    return null;
  }
}

const PROBLEMS: Readonly<Record<Exclude<HubSpotProblem, 'super_admin_unknown'>, string>> = {
  removed: message('You were removed from this workspace.'),
  not_invited: message('You are not a member of the workspace that this HubSpot account is connected to.'),
  other_person: message('This HubSpot user is not the person who is signed in here.'),
};

async function admit(
  deps: Dependencies,
  { portalId, workspaceId, email, isSuperAdmin }: HubSpotUser,
  flow: ReturnedFlow,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  if (workspaceId === null)
    return await refuse(
      deps,
      {
        message: t('HubSpot account {account} is not connected to a workspace here.', { account: portalId }),
        action: t('Sign in again and choose the account that your workspace is connected to.'),
      },
      request,
      reply,
    );
  if (email === null)
    return await refuse(deps, { message: t('HubSpot did not name your e-mail address.') }, request, reply);
  const onlyMember = flow.purpose === 'confirm' ? (request.session?.member?.id ?? '') : null;
  const policy = await findSignInPolicy(deps.db, workspaceId);
  const person = { email, isSuperAdmin };
  const entered = await enterWithHubSpot(deps.db, { workspaceId, onlyMember }, person, policy, browserOf(request));
  if (entered.problem === null) {
    request.log.info({ workspaceId, memberId: entered.member.id }, 'a member signed in with HubSpot');
    return await enter(deps, entered.session, request, reply);
  }
  if (entered.problem === 'super_admin_unknown' && flow.purpose === 'sign_in')
    return await toHubSpot(deps, { superAdmin: true }, request, reply);
  request.log.info({ workspaceId, problem: entered.problem }, 'a sign-in with HubSpot was refused');
  const why =
    entered.problem === 'super_admin_unknown'
      ? t('HubSpot did not say whether you are a Super Admin.')
      : t(PROBLEMS[entered.problem]);
  return await refuse(
    deps,
    { message: why, action: t('Ask an admin of the workspace to invite you.') },
    request,
    reply,
  );
}
