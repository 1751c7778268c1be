import cookie, { type CookieSerializeOptions } from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findSession, SESSION_SECONDS, type Session } from '../../store/sessions';
import type { HttpDependencies } from '../dependencies';
import { signingKeys } from '../keys';

declare module 'fastify' {
  interface FastifyRequest {
    /** The signed-in browser, or null; only where {@link registerSession} is. */
    session: Session | null;
  }
}

/** The cookies of one installation. */
export interface CookieNames {
  readonly session: string;
  readonly csrf: string;
  readonly flash: string;
  readonly options: CookieSerializeOptions & { readonly path: string };
}

/**
 * Cookies do not tell ports apart: two `dev` on localhost would sign each other out without the port in the name. Over
 * https, `__Host-` keeps subdomains from planting them.
 *
 * `lax`, because HubSpot's redirect to the callback comes from another site and needs the session.
 */
export function cookieNames(publicUrl: string): CookieNames {
  const { protocol, port } = new URL(publicUrl);
  const secure = protocol === 'https:';
  const name = (part: string) => `${secure ? '__Host-' : ''}hms_${part}${port === '' ? '' : `_${port}`}`;
  return {
    session: name('session'),
    csrf: name('csrf'),
    flash: name('flash'),
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  };
}

/** Cookies, form bodies, CSRF tokens that are bound to the session, and `request.session`. */
export async function registerSession(
  pages: FastifyInstance,
  { db, config }: Pick<HttpDependencies, 'db' | 'config'>,
): Promise<void> {
  const names = cookieNames(config.publicUrl);
  const [hmacKey = ''] = signingKeys(config.encryptionKeys, 'forms');
  await pages.register(cookie, { secret: signingKeys(config.encryptionKeys, 'cookies') });
  await pages.register(formbody, { bodyLimit: 64 * 1024 });
  await pages.register(csrf, {
    sessionPlugin: '@fastify/cookie',
    cookieKey: names.csrf,
    cookieOpts: names.options,
    csrfOpts: { hmacKey, userInfo: true },
    getUserInfo: (request) => csrfUser(request.session),
    getToken: (request) => formField(request.body, '_csrf'),
  });
  pages.decorateRequest('session', null);
  pages.addHook('onRequest', async (request) => {
    const token = request.cookies[names.session];
    request.session = token === undefined || token === '' ? null : await findSession(db, token);
  });
}

/** The token that every form of a signed-in page carries in the field `_csrf`. */
export function csrfToken(reply: FastifyReply, session: Session): string {
  return reply.generateCsrf({ userInfo: csrfUser(session) });
}

/** Signs the browser in. */
export function setSessionCookie(reply: FastifyReply, publicUrl: string, token: string): void {
  const { session, options } = cookieNames(publicUrl);
  reply.setCookie(session, token, { ...options, maxAge: SESSION_SECONDS });
}

/** Signs the browser out. */
export function clearSessionCookie(reply: FastifyReply, publicUrl: string): void {
  const { session, options } = cookieNames(publicUrl);
  reply.clearCookie(session, options);
}

/** The session of a route that {@link signedIn} guards. */
export function sessionOf(request: FastifyRequest): Session {
  if (request.session === null) throw new Error('a page was served without its session');
  return request.session;
}

/** `?a=1` once: a parameter that is repeated, or is not text, counts as absent. */
export function formField(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const value: unknown = Object.entries(fields).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

function csrfUser(session: Session | null): string {
  return session === null ? '' : session.idHash.toString('base64url');
}
