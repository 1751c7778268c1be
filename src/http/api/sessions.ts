import { findKeyMaker, renameMember } from '../../store/access/members';
import { createSignInLink } from '../../store/access/sign-in-links';
import { linksWork } from '../../store/sign-in/policy';
import type { HttpDependencies } from '../dependencies';
import { sessionInput } from '../people-input';
import { ProblemError } from '../plumbing/problems';
import { InvalidInputError } from '../plumbing/validation';
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
          'The link is valid for five minutes and signs a browser in for twelve hours, with the scopes of the key and no longer than the key is valid. With the e-mail address of the member who created the key, it signs in that member, for fourteen days, and changes made on the pages are recorded under their name. A key cannot sign in anyone else: invite other people under Settings → People.',
        body: sessionInput,
        response: { 201: sessionAnswer, ...problemAnswers(400, 403, 404, 415) },
      },
    },
    async (request, reply) => {
      const { body } = request;
      if (!(await linksWork(db, request.workspaceId)))
        throw new ProblemError('links-off', 'This workspace has switched sign-in links off.');
      const memberId = body?.email === undefined ? null : await makerOf(request.apiKeyId, body.email);
      if (memberId !== null && body?.name !== undefined) await renameMember(db, memberId, body.name);
      const link = await createSignInLink(db, apiCreator(request), { memberId });
      if (link === null) throw new ProblemError('not-found', 'This person was removed from the workspace just now.');
      const { token, expiresAt } = link;
      return reply
        .code(201)
        .send({ url: `${config.publicUrl}/sign-in?token=${token}`, expiresAt: expiresAt.toISOString() });
    },
  );

  /** @throws `InvalidInputError` when the address is not that of the member who created the key */
  async function makerOf(keyId: string, email: string): Promise<string> {
    const maker = await findKeyMaker(db, keyId);
    if (maker?.email === email) return maker.id;
    const message =
      'must be the address of the member who created this API key: a key cannot sign in another person. Invite other people under Settings → People, or leave it out for a link without a name';
    throw new InvalidInputError(`email ${message}.`, [{ path: 'email', message }]);
  }
}
