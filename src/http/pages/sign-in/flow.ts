import type { FastifyReply, FastifyRequest } from 'fastify';
import { message, t } from '../../../languages/text';
import { randomToken } from '../../../secrets';
import {
  createFlow,
  takeFlow,
  type FlowProblem,
  type ReturnedFlow,
  type SignInFlow,
} from '../../../store/sign-in/flows';
import type { LimitedHttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { renderSignIn } from '../layout/sign-in-page';
import { cookieNames, formField, signedCookie } from '../layout/session';

export type Dependencies = Pick<LimitedHttpDependencies, 'db' | 'config' | 'limits'>;

/** Longer than a flow lives, so that a person who took too long learns that. */
const TICKET_SECONDS = 60 * 60;

/**
 * Begins a sign-in elsewhere. Its `state` belongs to this browser, by a cookie of its own: an answer that another person
 * obtained cannot be brought to it.
 *
 * @returns the `state`
 */
export async function beginFlow(
  { db, config }: Dependencies,
  flow: Omit<SignInFlow, 'purpose' | 'sessionHash'> & { readonly superAdmin?: boolean },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const { signIn, options } = cookieNames(config.publicUrl);
  const ticket = signedCookie(request, signIn) ?? randomToken();
  reply.setCookie(signIn, ticket, { ...options, maxAge: TICKET_SECONDS, signed: true });
  const { superAdmin = false, ...where } = flow;
  const confirmed = isConfirmation(request) ? request.session : null;
  const purpose = superAdmin ? 'super_admin' : confirmed === null ? 'sign_in' : 'confirm';
  return await createFlow(db, { ...where, purpose, sessionHash: confirmed?.idHash ?? null }, ticket);
}

/** Whether a signed-in person signs in once more to confirm their session. */
export function isConfirmation(request: FastifyRequest): boolean {
  return request.session !== null && formField(request.query, 'confirm') === '1';
}

const FLOW_PROBLEMS: Readonly<Record<FlowProblem, string>> = {
  unknown: message('This sign-in was already used, or was not started here.'),
  expired: message('Signing in took longer than ten minutes.'),
  other_browser: message('This sign-in was started in another browser.'),
};

/**
 * Ends a sign-in elsewhere: takes its `state`, which cannot be used again.
 *
 * @returns null after the reply has explained why it is refused
 */
export async function endFlow(
  deps: Dependencies,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<ReturnedFlow | null> {
  await deps.limits.mayTry('sign_in', request.ip);
  const ticket = signedCookie(request, cookieNames(deps.config.publicUrl).signIn);
  const flow = await takeFlow(deps.db, formField(request.query, 'state') ?? '', ticket);
  if (!('problem' in flow)) {
    if (flow.purpose !== 'confirm' || isSameSession(flow, request)) return flow;
    await refuse(deps, { message: t('This browser is signed in otherwise by now.') }, request, reply);
    return null;
  }
  await refuse(deps, { message: t(FLOW_PROBLEMS[flow.problem]) }, request, reply);
  return null;
}

function isSameSession({ sessionHash }: ReturnedFlow, { session }: FastifyRequest): boolean {
  return session !== null && sessionHash !== null && session.idHash.equals(sessionHash);
}

/** Refuses a sign-in with a sentence, and counts it. @param why - translated texts */
export async function refuse(
  deps: Dependencies,
  why: { readonly message: string; readonly action?: string },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const refusal = new ProblemError('unauthorized', why.message);
  const answer = await deps.limits.refused('sign_in', request.ip, refusal);
  if (answer !== refusal) throw answer;
  const page = {
    status: 401,
    heading: t('You are not signed in'),
    message: why.message,
    action: why.action ?? t('Try again.'),
  };
  return await renderSignIn(deps, page, request, reply);
}
