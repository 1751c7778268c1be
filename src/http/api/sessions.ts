import { inviteMember } from '../../store/access/members';
import { createSignInLink } from '../../store/access/sign-in-links';
import type { HttpDependencies } from '../dependencies';
import { sessionInput } from '../people-input';
import { ProblemError } from '../plumbing/problems';
import type { Api } from './typed-api';
import { apiCreator } from './auth';
import { problemAnswers, sessionAnswer } from './schemas';

/** `/sessions`: links that sign a browser into the workspace's pages. */
export function registerSessions(api: Api, { db, config }: Pick<HttpDependencies, 'db' | 'config'>): void {
  api.post(
    '/sessions',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['sessions'],
        summary: 'Create a one-time sign-in link',
        description:
          'The link is valid for five minutes and signs a browser in for twelve hours. With an e-mail address, it signs in the member with that address, for fourteen days, and changes made on the pages are recorded under the name of the member. A person who is not a member yet becomes one.',
        body: sessionInput,
        response: { 201: sessionAnswer, ...problemAnswers(400, 404, 415) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      const creator = apiCreator(request);
      const member =
        body?.email === undefined
          ? null
          : await inviteMember(db, creator, { email: body.email, name: body.name ?? null });
      const link = await createSignInLink(db, creator, { memberId: member?.id ?? null });
      if (link === null) throw new ProblemError('not-found', 'This person was removed from the workspace just now.');
      const { token, expiresAt } = link;
      return reply
        .code(201)
        .send({ url: `${config.publicUrl}/sign-in?token=${token}`, expiresAt: expiresAt.toISOString() });
    },
  );
}
