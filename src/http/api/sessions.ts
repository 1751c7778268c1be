import { inviteMember } from '../../store/access/members';
import { createSignInLink } from '../../store/access/sessions';
import type { HttpDependencies } from '../dependencies';
import { sessionInput } from '../people-input';
import type { Api } from './typed-api';
import { apiActor } from './auth';
import { problemAnswers, sessionAnswer } from './schemas';

/** `/sessions`: links that sign a browser into the workspace's pages. */
export function registerSessions(api: Api, { db, config }: Pick<HttpDependencies, 'db' | 'config'>): void {
  api.post(
    '/sessions',
    {
      schema: {
        tags: ['sessions'],
        summary: 'Create a one-time sign-in link',
        description:
          'The link is valid for five minutes and signs a browser in for twelve hours. With an e-mail address, it signs in the member with that address, for fourteen days, and changes made on the pages are recorded under the name of the member. A person who is not a member yet becomes one.',
        body: sessionInput,
        response: { 201: sessionAnswer, ...problemAnswers(400, 415) },
      },
    },
    async (request, reply) => {
      const { workspaceId, body, apiKeyId } = request;
      const member =
        body?.email === undefined
          ? null
          : await inviteMember(db, {
              workspaceId,
              email: body.email,
              name: body.name ?? null,
              invitedBy: apiActor(request),
              invitedByKey: apiKeyId,
            });
      const { token, expiresAt } = await createSignInLink(db, workspaceId, {
        memberId: member?.id ?? null,
        apiKeyId,
      });
      return reply
        .code(201)
        .send({ url: `${config.publicUrl}/sign-in?token=${token}`, expiresAt: expiresAt.toISOString() });
    },
  );
}
