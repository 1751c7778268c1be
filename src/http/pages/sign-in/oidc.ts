import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { message, t } from '../../../languages/text';
import { identityOf, type ClaimsProblem } from '../../../identity/claims';
import { OidcError, type FlowSecrets, type OidcFailure, type ProviderAnswer } from '../../../identity/oidc-client';
import type { AdmissionProblem } from '../../../store/sign-in/admission';
import { enterWithProvider } from '../../../store/sign-in/enter';
import type { ReturnedFlow } from '../../../store/sign-in/flows';
import {
  findProvider,
  findProviderOfDomain,
  secretContextOf,
  type OidcProvider,
} from '../../../store/sign-in/providers';
import type { LimitedHttpDependencies } from '../../dependencies';
import { codeVerifierOf, nonceOf } from '../../pkce';
import { loggable } from '../../plumbing/errors';
import { ProblemError } from '../../plumbing/problems';
import { formOptions, pageOptions } from '../layout/guard';
import { basePath, renderPage } from '../layout/render';
import { formField } from '../layout/session';
import { renderSignIn } from '../layout/sign-in-page';
import type { FilledView } from '../layout/view';
import { browserOf, enter } from './enter';
import { beginFlow, endFlow, isConfirmation, refuse } from './flow';

type Dependencies = Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits' | 'secrets' | 'oidc'>;
type WorkspaceRequest = FastifyRequest<{ Params: { workspace: string } }>;

/** The page between our form and the provider. A form may not lead to another site (content security policy). */
interface ToProviderModel {
  readonly url: string;
  /** Whether the URL is one of ours, which needs the form token of the page. */
  readonly isOurs: boolean;
  readonly host: string;
  readonly workspace: string;
}

const toProviderView = (model: ToProviderModel): FilledView => ({ template: 'to-provider', model });

/** The redirect URI of a workspace's provider. Each has its own, so that no provider's answer fits another's sign-in. */
export function oidcRedirectUri({ publicUrl }: { readonly publicUrl: string }, workspaceId: string): string {
  return `${publicUrl}/sign-in/oidc/${workspaceId}/callback`;
}

/** Single sign-on: by e-mail domain, or at the address of a workspace. */
export function registerOidcSignIn(pages: FastifyInstance, deps: Dependencies): void {
  pages.post('/sign-in/email', formOptions(pages, 'public'), async (request, reply) => {
    await deps.limits.mayTry('sign_in', request.ip);
    return await byEmail(deps, request, reply);
  });

  pages.get('/sign-in/oidc/:workspace', pageOptions('public'), async (request: WorkspaceRequest, reply) => {
    await deps.limits.mayTry('sign_in', request.ip);
    const provider = await providerOf(deps, request);
    return isConfirmation(request)
      ? await toProvider(deps, provider, request, reply)
      : await askToContinue(deps, provider, request, reply);
  });
  // Requires the page's form token, so that a link cannot sign a browser in to a workspace that its page did not name.
  const fromPage = formOptions(pages, 'public');
  pages.get('/sign-in/oidc/:workspace/go', fromPage, async (request: WorkspaceRequest, reply) => {
    await deps.limits.mayTry('sign_in', request.ip);
    return await toProvider(deps, await providerOf(deps, request), request, reply);
  });

  pages.get('/sign-in/oidc/:workspace/callback', pageOptions('public'), async (request: WorkspaceRequest, reply) => {
    return await back(deps, request, reply);
  });
}

async function providerOf({ db }: Dependencies, { params: { workspace } }: WorkspaceRequest): Promise<OidcProvider> {
  const provider = await findProvider(db, workspace);
  if (provider === null) throw new ProblemError('not-found', t('This workspace has no single sign-on.'));
  return provider;
}

async function toProvider(
  deps: Dependencies,
  provider: OidcProvider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const email = isConfirmation(request) ? (request.session?.member?.email ?? null) : null;
  const url = await authorizationUrl(deps, provider, email, request, reply);
  return url === null ? await unreachable(deps, request, reply) : await reply.redirect(url, 303);
}

/** Names the workspace before the browser is signed in to it. */
async function askToContinue(
  deps: Dependencies,
  provider: OidcProvider,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const url = `${basePath(deps.config.publicUrl)}/sign-in/oidc/${provider.workspaceId}/go`;
  return await showProvider(deps, provider, { url, isOurs: true, host: new URL(provider.issuer).host }, request, reply);
}

async function showProvider(
  deps: Dependencies,
  { workspaceName }: OidcProvider,
  to: Omit<ToProviderModel, 'workspace'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const view = toProviderView({ ...to, workspace: workspaceName });
  const page = { view, title: t('Single sign-on'), section: null, guest: true };
  return await renderPage(deps, page, request, reply);
}

async function byEmail(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const text = (formField(request.body, 'email') ?? '').trim();
  const domain = /^[^\s@]+@([^\s@]+)$/.exec(text.toLowerCase())?.[1] ?? null;
  const provider = domain === null ? null : await findProviderOfDomain(deps.db, domain);
  if (provider === null) return await noProvider(deps, { text, domain }, request, reply);
  const url = await authorizationUrl(deps, provider, text.toLowerCase(), request, reply);
  if (url === null) return await unreachable(deps, request, reply);
  // Follows the link without a click. It is no redirect of the form.
  reply.header('refresh', `0; url=${url}`);
  return await showProvider(deps, provider, { url, isOurs: false, host: new URL(url).host }, request, reply);
}

async function noProvider(
  deps: Dependencies,
  { text, domain }: { readonly text: string; readonly domain: string | null },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const error =
    domain === null
      ? t('It must be an e-mail address, for example ana@northwind.example.')
      : t('No workspace here uses single sign-on for {domain}. Sign in with HubSpot or with a sign-in link.', {
          domain,
        });
  const refusal = new ProblemError('unauthorized', error);
  const answer = await deps.limits.refused('sign_in', request.ip, refusal);
  if (answer !== refusal) throw answer;
  const page = { status: 400, heading: t('Sign in'), message: '', action: '', email: { text, error } };
  return await renderSignIn(deps, page, request, reply);
}

/** @returns null when the provider cannot be reached */
async function authorizationUrl(
  deps: Dependencies,
  provider: OidcProvider,
  email: string | null,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string | null> {
  const { workspaceId } = provider;
  const state = await beginFlow(deps, { method: 'oidc', workspaceId }, request, reply);
  try {
    return await deps.oidc.authorizationUrl(settingsOf(deps, provider), flowSecrets(deps, state), {
      redirectUri: oidcRedirectUri(deps.config, workspaceId),
      email,
      again: isConfirmation(request),
      groups: Object.keys(provider.groupRoles).length > 0,
    });
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    request.log.warn({ ...loggable(error), workspaceId, detail: error.detail }, 'the provider cannot be reached');
    return null;
  }
}

async function unreachable(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const why = { message: t(FAILURES.unreachable), action: t('Try again in a minute.') };
  return await refuse(deps, why, request, reply);
}

async function back(deps: Dependencies, request: WorkspaceRequest, reply: FastifyReply): Promise<FastifyReply> {
  const flow = await endFlow(deps, request, reply);
  if (flow === null) return reply;
  const provider =
    flow.method === 'oidc' && flow.workspaceId === request.params.workspace
      ? await findProvider(deps.db, request.params.workspace)
      : null;
  if (provider === null)
    return await refuse(deps, { message: t('This answer belongs to another sign-in.') }, request, reply);
  const answer = await providerAnswer(deps, provider, flow, request);
  if ('failure' in answer) {
    const { failure, detail } = answer;
    return await refuse(
      deps,
      { message: failureText(failure, detail), action: t(FAILURE_ADVICE[failure]) },
      request,
      reply,
    );
  }
  return await admit(deps, provider, flow, answer, request, reply);
}

async function providerAnswer(
  deps: Dependencies,
  provider: OidcProvider,
  { purpose, begunAt }: ReturnedFlow,
  request: FastifyRequest,
): Promise<ProviderAnswer | OidcError> {
  const { workspaceId } = provider;
  const callback = new URL(oidcRedirectUri(deps.config, workspaceId));
  callback.search = new URL(request.url, callback).search;
  const secrets = flowSecrets(deps, formField(request.query, 'state') ?? '');
  try {
    const since = purpose === 'confirm' ? begunAt : null;
    return await deps.oidc.answer(settingsOf(deps, provider), callback, secrets, since);
  } catch (error) {
    if (!(error instanceof OidcError)) throw error;
    request.log.warn({ workspaceId, failure: error.failure, detail: error.detail }, 'a single sign-on failed');
    return error;
  }
}

async function admit(
  deps: Dependencies,
  provider: OidcProvider,
  flow: ReturnedFlow,
  answer: ProviderAnswer,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = provider;
  const identity = identityOf(answer, provider);
  if ('problem' in identity) return await refuseWith(deps, workspaceId, identity.problem, request, reply);
  const entered = await enterWithProvider(
    deps.db,
    { workspaceId, onlyMember: flow.purpose === 'confirm' ? (request.session?.member?.id ?? '') : null },
    { ...identity, authenticatedAt: answer.authenticatedAt },
    provider,
    browserOf(request),
  );
  if (entered.problem !== null) return await refuseWith(deps, workspaceId, entered.problem, request, reply);
  request.log.info({ workspaceId, memberId: entered.member.id }, 'a member signed in with single sign-on');
  return await enter(deps, entered.session, request, reply);
}

const PROBLEMS: Readonly<Record<ClaimsProblem | AdmissionProblem | 'other_person', string>> = {
  no_email: message('Your provider did not name your e-mail address.'),
  unverified_email: message('Your provider has not verified your e-mail address.'),
  foreign_domain: message('Your e-mail address is not one of the domains of this workspace.'),
  other_account: message('The member with your e-mail address signs in with another account of your provider.'),
  removed: message('You were removed from this workspace.'),
  not_invited: message('You are not a member of this workspace.'),
  no_group: message('None of your groups has access to this workspace any more.'),
  other_person: message('This is not the person who is signed in here.'),
};

async function refuseWith(
  deps: Dependencies,
  workspaceId: string,
  problem: keyof typeof PROBLEMS,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  request.log.info({ workspaceId, problem }, 'a single sign-on was refused');
  const why = { message: t(PROBLEMS[problem]), action: t('Ask an admin of the workspace.') };
  return await refuse(deps, why, request, reply);
}

const FAILURES: Readonly<Record<OidcFailure, string>> = {
  unreachable: message('Your provider does not answer.'),
  denied: message('Your provider did not let you sign in.'),
  refused: message('Your provider refused the request of this workspace.'),
  invalid: message('The answer of your provider does not fit this sign-in.'),
  old_sign_in: message('Your provider did not confirm that you signed in just now.'),
};

const FAILURE_ADVICE: Readonly<Record<OidcFailure, string>> = {
  unreachable: message('Try again in a minute.'),
  denied: message('Try again, or ask an admin of your provider.'),
  refused: message('An admin of the workspace should check the client ID and the client secret.'),
  invalid: message('Try again.'),
  old_sign_in: message('Use another way to sign in, or ask an admin of your provider to send the claim auth_time.'),
};

/** The provider's own words help a person only where it refuses them. */
function failureText(failure: OidcFailure, detail: string): string {
  if (failure !== 'denied' && failure !== 'refused') return t(FAILURES[failure]);
  return `${t(FAILURES[failure])} ${t('Its message: “{answer}”.', { answer: detail })}`;
}

function settingsOf({ secrets }: Dependencies, { workspaceId, issuer, clientId, sealedSecret }: OidcProvider) {
  return { issuer, clientId, clientSecret: secrets.open(sealedSecret, secretContextOf(workspaceId)) };
}

function flowSecrets({ config }: Dependencies, state: string): FlowSecrets {
  return { state, nonce: nonceOf(config, state), codeVerifier: codeVerifierOf(config, state) };
}

/** The address of a workspace's single sign-on, for its members. */
export function oidcSignInUrl({ publicUrl }: { readonly publicUrl: string }, workspaceId: string): string {
  return `${publicUrl}/sign-in/oidc/${workspaceId}`;
}
