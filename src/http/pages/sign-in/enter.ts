import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SigningBrowser, StartedSession } from '../../../store/access/start-session';
import type { HttpDependencies } from '../../dependencies';
import { deviceName } from '../layout/device-name';
import { basePath } from '../layout/render';
import { cookieNames, setSessionCookie } from '../layout/session';
import { takeWantedPage } from '../layout/wanted-page';
import { CONTINUE_PATH } from './recent-sign-in';

/** The browser of a request, as its session will name it. */
export function browserOf({ session, headers, ip }: FastifyRequest): SigningBrowser {
  return { replaced: session, device: deviceName(headers['user-agent']), address: ip };
}

/** Gives the browser its new session, and leads to the form that waits for it, or to the page that the person wanted. */
export async function enter(
  { config: { publicUrl } }: Pick<HttpDependencies, 'config'>,
  session: StartedSession,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const names = cookieNames(publicUrl);
  setSessionCookie(reply, publicUrl, session);
  if (request.cookies[names.signIn] !== undefined) reply.clearCookie(names.signIn, names.options);
  if (request.cookies[names.pendingForm] !== undefined)
    return await reply.redirect(`${basePath(publicUrl)}${CONTINUE_PATH}`, 303);
  return await reply.redirect(takeWantedPage(request, reply, publicUrl), 303);
}
