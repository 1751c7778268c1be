import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { recordAccessChange } from '../../../store/access/access-changes';
import {
  findMember,
  inviteMember,
  listMembers,
  memberLabel,
  removeMember,
  type Member,
} from '../../../store/access/members';
import { createSignInLink, INVITATION_SECONDS } from '../../../store/access/sign-in-links';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { invitationInput } from '../../people-input';
import type { ProblemError } from '../../plumbing/problems';
import { confirmView, secretView } from '../layout/common-views';
import { formatTime } from '../layout/format';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import {
  done,
  notFound,
  signedOut,
  type Dependencies as PeopleDependencies,
  type RequestWithId,
} from './people-answers';
import { membersOf, UNTOUCHED, type PeoplePageModel } from './people-models';
import { fieldProblem } from './fields/field-problem';
import { mailInvitation } from './people/invitation-mail';
import { settingsPath } from './settings-nav';
import { renderSettings } from './settings-page';

type Dependencies = PeopleDependencies & Pick<HttpDependencies, 'mailer'>;

/** `/settings/members`: the people of a workspace, invitations, new sign-in links, removal. */
export function registerMembers(pages: FastifyInstance, deps: Dependencies): void {
  const guardedForm = formOptions(pages, 'admin');
  pages.get(settingsPath('people'), pageOptions('admin'), async (request, reply) => {
    return await showPeople(deps, { email: UNTOUCHED, personName: UNTOUCHED }, request, reply);
  });
  pages.post(settingsPath('people'), guardedForm, async (request, reply) => await invite(deps, request, reply));
  pages.post('/settings/members/:id/link', guardedForm, async (request: RequestWithId, reply) => {
    return await showLink(deps, await memberOf(deps, request), request, reply);
  });
  pages.get('/settings/members/:id/remove', pageOptions('admin'), async (request: RequestWithId, reply) => {
    return await confirmRemoval(deps, request, reply);
  });
  pages.post('/settings/members/:id/remove', guardedForm, async (request: RequestWithId, reply) => {
    return await remove(deps, request, reply);
  });
}

async function showPeople(
  deps: Dependencies,
  typed: Pick<PeoplePageModel, 'email' | 'personName'>,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId, member } = sessionOf(request);
  const timeZone = await timeZoneOf(deps.db, workspaceId);
  const members = membersOf(await listMembers(deps.db, workspaceId), member?.id ?? null, timeZone);
  const model: PeoplePageModel = { members, canMail: deps.mailer !== null, ...typed };
  return await renderSettings(deps, { id: 'people', template: 'people', model }, request, reply);
}

async function invite(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const email = formField(request.body, 'email') ?? '';
  const name = formField(request.body, 'name') ?? '';
  const input = invitationInput.safeParse({ email, name: name.trim() === '' ? null : name });
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
  const { workspaceId, actor } = session;
  const link = await createSignInLink(deps.db, session, { memberId: member.id, seconds: INVITATION_SECONDS });
  if (link === null) throw unknownMember();
  const { token, expiresAt } = link;
  await recordAccessChange(deps.db, {
    workspaceId,
    actor,
    action: `created a sign-in link for ${memberLabel(member)}`,
  });
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

async function confirmRemoval(deps: Dependencies, request: RequestWithId, reply: FastifyReply): Promise<FastifyReply> {
  const member = await memberOf(deps, request);
  const model = {
    heading: t('Remove {person}?', { person: memberLabel(member) }),
    sentences: [
      member.id === sessionOf(request).member?.id
        ? t('This is you: all your devices are signed out at once, including this one.')
        : t('All their devices are signed out at once, and links sent to them stop working.'),
      t('What they changed stays, under their name. You can invite them again.'),
    ],
    action: `/settings/members/${member.id}/remove`,
    button: t('Remove'),
    back: settingsPath('people'),
  };
  const page = { view: confirmView(model), title: t('Remove a person'), section: 'settings' } as const;
  return await renderPage(deps, page, request, reply);
}

async function remove(deps: Dependencies, request: RequestWithId, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId, actor, member } = sessionOf(request);
  const { id } = request.params;
  if (!(await removeMember(deps.db, { workspaceId, id, actor }))) throw unknownMember();
  request.log.info({ workspaceId, memberId: id }, 'a member was removed');
  return id === member?.id
    ? await signedOut(deps, t('You are no longer a member of this workspace.'), reply)
    : done(deps, reply, t('The person is removed, and signed out everywhere.'), 'people');
}

async function memberOf({ db }: Dependencies, request: RequestWithId): Promise<Member> {
  const member = await findMember(db, sessionOf(request).workspaceId, request.params.id);
  if (member === null) throw unknownMember();
  return member;
}

function unknownMember(): ProblemError {
  return notFound(t('This workspace has no such member, or no longer.'));
}
