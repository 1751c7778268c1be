import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { HttpDependencies } from '../dependencies';
import { chooseRecord, recordParams } from '../record-choices';
import { apiActor } from './auth';
import { statusOf } from './meeting-status';
import type { Api } from './typed-api';
import { problemAnswers, statusDocument } from './schemas';

const tags = ['links'];
const params = z.object({ meetingId: z.string(), ...recordParams });

/** `/meetings/{id}/links/…`: choices that people make by hand. They take precedence over every rule. */
export function registerLinks(api: Api, deps: Pick<HttpDependencies, 'db' | 'starter' | 'temporalUi'>): void {
  const choose = async (
    request: FastifyRequest,
    { meetingId, objectType, recordId }: z.output<typeof params>,
    choice: 'linked' | 'unlinked',
  ) => {
    const { workspaceId } = request;
    await chooseRecord(deps, { workspaceId, meetingId }, { objectType, id: recordId }, choice, apiActor(request));
    return await statusOf(deps, workspaceId, meetingId);
  };
  const response = { 202: statusDocument, ...problemAnswers(400, 404, 409) };

  api.put(
    '/meetings/:meetingId/links/:objectType/:recordId',
    {
      config: { access: 'meetings:write' },
      schema: {
        tags,
        summary: 'Link a record by hand',
        description: 'The record becomes a root: linking cascades from it. It stays linked at every later sync.',
        params,
        response,
      },
    },
    async (request, reply) => reply.code(202).send(await choose(request, request.params, 'linked')),
  );

  api.delete(
    '/meetings/:meetingId/links/:objectType/:recordId',
    {
      config: { access: 'meetings:write' },
      schema: {
        tags,
        summary: 'Unlink a record by hand',
        description:
          'The record is unlinked, with the links that only it led to. They stay unlinked at every later sync.',
        params,
        response,
      },
    },
    async (request, reply) => reply.code(202).send(await choose(request, request.params, 'unlinked')),
  );
}
