import { createSignInLink } from '../../store/sessions';
import type { HttpDependencies } from '../dependencies';
import type { Api } from './api';
import { problemAnswers, sessionAnswer } from './schemas';

/** `/sessions`: links that sign a browser into the workspace's pages. */
export function registerSessions(api: Api, { db, config }: Pick<HttpDependencies, 'db' | 'config'>): void {
  api.post(
    '/sessions',
    {
      schema: {
        tags: ['sessions'],
        summary: 'Make a one-time sign-in link',
        description: 'Valid for five minutes. Whoever opens it is signed in for twelve hours.',
        response: { 201: sessionAnswer, ...problemAnswers() },
      },
    },
    async ({ workspaceId }, reply) => {
      const { token, expiresAt } = await createSignInLink(db, workspaceId);
      return reply
        .code(201)
        .send({ url: `${config.publicUrl}/sign-in?token=${token}`, expiresAt: expiresAt.toISOString() });
    },
  );
}
