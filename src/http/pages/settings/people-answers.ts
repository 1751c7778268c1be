import type { FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { findMember, type Member } from '../../../store/access/members';
import type { HttpDependencies } from '../../dependencies';
import { ProblemError } from '../../plumbing/problems';
import { renderSignIn } from '../layout/sign-in-page';
import { clearSessionCookie, sessionOf } from '../layout/session';
import type { SettingsPageId } from './settings-nav';
import { backToSettings } from './settings-page';

export type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets'>;
/** A request about one person, session or link. */
export type RequestWithId = FastifyRequest<{ Params: { id: string } }>;

/** The member of a request's address. @throws {@link ProblemError} 404 */
export async function memberOf({ db }: Dependencies, request: RequestWithId): Promise<Member> {
  const member = await findMember(db, sessionOf(request).workspaceId, request.params.id);
  if (member === null) throw unknownMember();
  return member;
}

export function unknownMember(): ProblemError {
  return notFound(t('This workspace has no such member, or no longer.'));
}

/** Returns to a settings page with a message. */
export function done(deps: Dependencies, reply: FastifyReply, message: string, page: SettingsPageId): FastifyReply {
  return backToSettings(deps, reply, { kind: 'success', message, action: '' }, page);
}

/** Signs this browser out, and shows a message. */
export async function signedOut(deps: Dependencies, message: string, reply: FastifyReply): Promise<FastifyReply> {
  clearSessionCookie(reply, deps.config.publicUrl);
  const page = { status: 200, heading: t('You are signed out'), message, action: '' };
  return await renderSignIn(deps, page, reply.request, reply);
}

/** The problem of an id that the workspace does not have. */
export function notFound(detail: string): ProblemError {
  return new ProblemError('not-found', detail);
}
