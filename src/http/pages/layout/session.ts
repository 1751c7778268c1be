import cookie, { type CookieSerializeOptions } from '@fastify/cookie';
import csrf from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { findSession, type Session } from '../../../store/access/sessions';
import type { HttpDependencies } from '../../dependencies';
import { signingKeys } from '../../plumbing/signing-keys';
import { isUsed } from './polls';

declare module 'fastify' {
  interface FastifyRequest {
    /** The session of the browser, or null. Only present where {@link registerSession} is registered. */
    session: Session | null;
  }
}

/** The cookies of one installation. */
export interface CookieNames {
  readonly session: string;
  readonly csrf: string;
  readonly flash: string;
  /** The language that the person chose with the switch. */
  readonly language: string;
  /** For a browser that came with an admin's link. */
  readonly adminLink: string;
  /** For a browser that signs in at HubSpot or at a provider. */
  readonly signIn: string;
  /** The page that a person wanted before they were asked to sign in. */
  readonly wanted: string;
  /** The form that waits until its sender has signed in once more. */
  readonly pendingForm: string;
  readonly options: CookieSerializeOptions & { readonly path: string };
}

/**
 * Cookies are shared between ports. Without the port in their names, two `dev` processes on localhost would sign each
 * other out. Over HTTPS, the prefix `__Host-` prevents subdomains from setting them.
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
    language: name('language'),
    adminLink: name('admin_link'),
    signIn: name('sign_in'),
    wanted: name('wanted'),
    pendingForm: name('pending_form'),
    options: { path: '/', httpOnly: true, sameSite: 'lax', secure },
  };
}

/** Registers cookies, form bodies, CSRF tokens that are bound to the session, and `request.session`. */
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
    // A link to another site cannot be a form, because the content security policy would block it. Its token is in the
    // query.
    getToken: (request) => formField(request.method === 'GET' ? request.query : request.body, '_csrf'),
  });
  pages.decorateRequest('session', null);
  pages.addHook('onRequest', async (request) => {
    const token = signedCookie(request, names.session);
    const use = { active: isUsed(request), ip: request.ip };
    request.session = token === null ? null : await findSession(db, token, use);
  });
}

/** The CSRF token for the field `_csrf` of every form. It is only valid for this browser and this session. */
export function csrfToken(reply: FastifyReply, session: Session | null): string {
  return reply.generateCsrf({ userInfo: csrfUser(session) });
}

/** The value of a cookie that we signed, or null when it is missing or its signature is not valid. */
export function signedCookie(request: FastifyRequest, name: string): string | null {
  const signed = request.cookies[name];
  if (signed === undefined) return null;
  const { valid, value } = request.unsignCookie(signed);
  return valid && value !== '' ? value : null;
}

/**
 * Signs the browser in. The cookie is a signed, unguessable id. The session itself is in the database, so that ending
 * it there takes effect at once.
 */
export function setSessionCookie(
  reply: FastifyReply,
  publicUrl: string,
  { token, seconds }: { readonly token: string; readonly seconds: number },
): void {
  const { session, options } = cookieNames(publicUrl);
  reply.setCookie(session, token, { ...options, maxAge: seconds, signed: true });
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

/** The value of one parameter. A repeated parameter, or one that is not text, counts as absent. */
export function formField(fields: unknown, name: string): string | undefined {
  if (typeof fields !== 'object' || fields === null) return undefined;
  const value: unknown = Object.entries(fields).find(([key]) => key === name)?.[1];
  return typeof value === 'string' ? value : undefined;
}

/** All texts that a form sends under one name, as checkboxes do. */
export function formFields(fields: unknown, name: string): string[] {
  if (typeof fields !== 'object' || fields === null) return [];
  const value: unknown = Object.entries(fields).find(([key]) => key === name)?.[1];
  return [value].flat().filter((each) => typeof each === 'string');
}

/** Never empty, because the plugin refuses every token without a user. */
function csrfUser(session: Session | null): string {
  return session === null ? 'no one' : session.idHash.toString('base64url');
}
