import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { inviteMember, listMembers, memberLabel, type Member } from '../../../store/access/members';
import type { Session } from '../../../store/access/sessions';
import { createSignInLink, ForeignLinkError, INVITATION_SECONDS } from '../../../store/access/sign-in-links';
import type { HttpDependencies } from '../../dependencies';
import { linksWork } from '../../../store/sign-in/policy';
import { findProvider } from '../../../store/sign-in/providers';
import { timeZoneOf } from '../../meeting-filters';
import { invitationInput } from '../../people-input';
import { ProblemError } from '../../plumbing/problems';
import { secretView } from '../layout/common-views';
import { formatTime } from '../layout/format';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { roleOptions } from '../layout/role-words';
import { memberOf, unknownMember, type Dependencies as PeopleDependencies, type RequestWithId } from './people-answers';
import { oidcSignInUrl } from '../sign-in/oidc';
import { recentFormOptions } from '../sign-in/recent-sign-in';
import { membersOf, UNTOUCHED, type PeoplePageModel } from './people-models';
import { fieldProblem } from './fields/field-problem';
import { mailInvitation } from './people/invitation-mail';
import { settingsPath } from './settings-nav';
import { renderSettings } from './settings-page';

type Dependencies = PeopleDependencies & Pick<HttpDependencies, 'mailer'>;

/** `/settings/members`: the people of a workspace, invitations and new sign-in links. */
export function registerMembers(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = recentFormOptions(formOptions(pages, 'admin'), deps);
  pages.get(settingsPath('people'), pageOptions('admin'), async (request, reply) => {
    return await showPeople(deps, { email: UNTOUCHED, personName: UNTOUCHED }, request, reply);
  });
  pages.post(settingsPath('people'), guardedForm, async (request, reply) => await invite(deps, request, reply));
  pages.post('/settings/members/:id/link', guardedForm, async (request: RequestWithId, reply) => {
    return await showLink(deps, await memberOf(deps, request), request, reply);
  });
}

async function showPeople(
  deps: Dependencies,
  typed: Pick<PeoplePageModel, 'email' | 'personName'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { workspaceId } = session;
  const timeZone = await timeZoneOf(deps.db, workspaceId);
  const people = await listMembers(deps.db, workspaceId);
  const members = membersOf(people, session, timeZone);
  // The first person needs to be an admin.
  const roles = roleOptions(people.some(({ role }) => role === 'admin') ? 'operator' : 'admin');
  const model: PeoplePageModel = { members, roles, canMail: deps.mailer !== null, ...typed };
  return await renderSettings(deps, { id: 'people', template: 'people', model }, request, reply);
}

async function invite(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const email = formField(request.body, 'email') ?? '';
  const name = formField(request.body, 'name') ?? '';
  const role = formField(request.body, 'role') ?? 'admin';
  const input = invitationInput.safeParse({ email, name: name.trim() === '' ? null : name, role });
  if (!input.success) {
    const errorOf = (field: string) => {
      const issue = input.error.issues.find(({ path }) => path[0] === field);
      return issue === undefined ? null : fieldProblem(issue.message);
    };
    const typed = {
      email: { text: email, error: errorOf('email') },
      personName: { text: name, error: errorOf('name') },
    };
    return await showPeople(deps, typed, request, reply.code(400));
  }
  const member = await inviteMember(deps.db, sessionOf(request), input.data);
  return await showLink(deps, member, request, reply);
}

async function showLink(
  deps: Dependencies,
  member: Member,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const session = sessionOf(request);
  const { workspaceId } = session;
  if (!(await linksWork(deps.db, workspaceId))) return await showWay(deps, member, request, reply);
  const link = await linkFor(deps, session, member);
  if (link === null) throw unknownMember();
  const { token, expiresAt } = link;
  request.log.info({ workspaceId, memberId: member.id }, 'a member was invited');
  const url = `${deps.config.publicUrl}/invitation?token=${token}`;
  const time = formatTime(expiresAt.toISOString(), 'UTC');
  const model = {
    heading: t('Sign-in link for {person}', { person: memberLabel(member) }),
    sentences: [
      await mailInvitation(deps, { member, url, until: time }, request),
      t(
        'It works once, until {time}, and signs their browser in for fourteen days. Links created for them before no longer work.',
        { time },
      ),
    ],
    label: t('Sign-in link'),
    secret: url,
    done: settingsPath('people'),
  };
  const page = { view: secretView(model), title: t('Sign-in link'), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

async function linkFor({ db }: Dependencies, session: Session, { id }: Member) {
  try {
    return await createSignInLink(db, session, { memberId: id, seconds: INVITATION_SECONDS });
  } catch (error) {
    if (!(error instanceof ForeignLinkError)) throw error;
    throw new ProblemError(
      'scope-missing',
      t('You are signed in with an API key, and an API key cannot sign in as a member. Another member can.'),
    );
  }
}

/** Where links are switched off, a member signs in with single sign-on or HubSpot. */
async function showWay(
  deps: Dependencies,
  member: Member,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const provider = await findProvider(deps.db, sessionOf(request).workspaceId);
  const model = {
    heading: t('{person} is a member', { person: memberLabel(member) }),
    sentences: [
      t(
        'This workspace does not use sign-in links. Send them this address: they sign in there with their own account.',
      ),
    ],
    label: t('Address to sign in'),
    secret: provider === null ? `${deps.config.publicUrl}/sign-in` : oidcSignInUrl(deps.config, provider.workspaceId),
    done: settingsPath('people'),
  };
  const page = { view: secretView(model), title: t('Address to sign in'), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}
