import type { FastifyReply, FastifyRequest } from 'fastify';
import { isPoll } from './polls';
import { basePath } from './render';
import { cookieNames, signedCookie } from './session';

/** Long enough to find a link in a mailbox. */
const MAX_AGE_SECONDS = 60 * 60;
/** Longer addresses are not ours. */
const LONGEST = 1_000;

/**
 * Remembers the page that a signed-out browser asked for, to return to it after the sign-in. Only our own addresses are
 * remembered, in a signed cookie, so that no link can choose where a sign-in leads.
 */
export function rememberWantedPage(request: FastifyRequest, reply: FastifyReply, publicUrl: string): void {
  // The way back from HubSpot is public, and works once.
  if (request.method !== 'GET' || request.routeOptions.config.access === 'public') return;
  if (isPoll(request) || !isOwnPath(request.url)) return;
  const { wanted, options } = cookieNames(publicUrl);
  const value = Buffer.from(request.url).toString('base64url');
  reply.setCookie(wanted, value, { ...options, maxAge: MAX_AGE_SECONDS, signed: true });
}

/** Where a sign-in leads: the remembered page, which is then forgotten, or the start page. Includes the base path. */
export function takeWantedPage(request: FastifyRequest, reply: FastifyReply, publicUrl: string): string {
  const { wanted, options } = cookieNames(publicUrl);
  const value = signedCookie(request, wanted);
  if (request.cookies[wanted] !== undefined) reply.clearCookie(wanted, options);
  const path = value === null ? '' : Buffer.from(value, 'base64url').toString();
  return `${basePath(publicUrl)}${isOwnPath(path) ? path : '/overview'}`;
}

/** Whether an address is a path of this server. Browsers read `//host` and `/\host` as addresses of other servers. */
function isOwnPath(path: string): boolean {
  return path.length <= LONGEST && /^\/(?![/\\])[\x21-\x7E]*$/.test(path) && !path.includes('\\');
}
