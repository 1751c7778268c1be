import type { FastifyInstance, FastifyReply, FastifyRequest, preHandlerHookHandler } from 'fastify';
import { message, t } from '../../../languages/text';
import { listMembers, memberLabel } from '../../../store/access/members';
import { ROLE_SCOPES, ROLES } from '../../../store/access/scopes';
import type { Session } from '../../../store/access/sessions';
import type { HttpDependencies } from '../../dependencies';
import { mayUse, neededScopes, type Access } from '../../plumbing/access-rules';
import { renderMessage } from './render';
import { ROLE_WORDS } from './role-words';
import { sessionOf } from './session';
import { renderSignIn } from './sign-in-page';
import { rememberWantedPage } from './wanted-page';

type Dependencies = Pick<HttpDependencies, 'config' | 'db'>;

/** Lets only the sessions that its access rule names use a page or a form. */
export function guardPages(pages: FastifyInstance, deps: Dependencies): void {
  pages.addHook('preHandler', async (request, reply) => {
    // A route without a rule is not served at all. This would refuse it.
    const { access = [] } = request.routeOptions.config;
    if (access === 'public') return undefined;
    return (await signedIn(deps)(request, reply)) ?? (await mayOpen(deps, access, request, reply));
  });
}

/** Route options of a page. @param access - who may open it */
export function pageOptions(access: Access) {
  return { schema: { hide: true }, config: { access } };
}

/**
 * Route options of a form: it needs the form's token, which is only valid for this browser.
 *
 * @param access - who may send it; `public`: a form that needs no session
 */
export function formOptions(pages: FastifyInstance, access: Access) {
  const checkForm: preHandlerHookHandler = (request, reply, done) => pages.csrfProtection(request, reply, done);
  return { ...pageOptions(access), preHandler: [checkForm] };
}

/**
 * Shows the page for signing in to a browser without a session.
 *
 * @param why - English, marked with `message`
 * @returns undefined for a browser that is signed in
 */
export function signedIn(
  deps: Pick<HttpDependencies, 'config'>,
  why = message('You need to sign in to see this page.'),
) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> => {
    if (request.session !== null) return undefined;
    rememberWantedPage(request, reply, deps.config.publicUrl);
    const page = { status: 401, heading: t('Please sign in'), message: t(why), action: '' };
    return await renderSignIn(deps, page, request, reply);
  };
}

/**
 * Shows a page that says which role is needed, and who can give it, to a session that may not do this.
 *
 * @returns undefined for a session that may
 */
export async function mayOpen(
  deps: Dependencies,
  access: Access,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply | undefined> {
  const session = sessionOf(request);
  if (mayUse(access, session.scopes)) return undefined;
  request.log.info({ workspaceId: session.workspaceId, route: request.routeOptions.url }, 'a page was refused');
  return await renderMessage(
    deps,
    {
      status: 403,
      heading: t('You may not do this'),
      message: `${neededWords(access)} ${ownWords(session)}`,
      action: await adviceFor(deps, session),
    },
    reply,
  );
}

function neededWords(access: Access): string {
  const needed = neededScopes(access);
  const role = ROLES.find((each) => needed.some((scope) => ROLE_SCOPES[each].includes(scope))) ?? 'admin';
  return t('This needs the role {role}.', { role: t(ROLE_WORDS[role]) });
}

function ownWords({ member, role }: Session): string {
  if (member === null) return t('The API key that signed you in may not do this.');
  return role === member.role
    ? t('Yours is {role}.', { role: t(ROLE_WORDS[member.role]) })
    : t('Yours is limited by the API key that signed you in.');
}

/** Names the people who can change the role. */
async function adviceFor({ db }: Dependencies, { workspaceId }: Session): Promise<string> {
  const admins = (await listMembers(db, workspaceId)).filter(({ role }) => role === 'admin');
  if (admins.length === 0) return t('Ask the person who gave you access.');
  return t('Ask an admin of this workspace: {people}.', { people: admins.map(memberLabel).join(', ') });
}
