import { z } from 'zod';
import { findConnection } from '../../store/connections';
import { chooseLink } from '../../store/manual-links';
import { requestSync } from '../../store/meetings';
import { statusDocument as readStatus } from '../../store/status-documents';
import type { HttpDependencies } from '../dependencies';
import { isMeetingId } from '../meeting-id';
import { ProblemError } from '../problems';
import type { Api } from './api';
import { problemAnswers, statusDocument } from './schemas';

const tags = ['links'];
const params = z.object({
  meetingId: z.string(),
  objectType: z
    .string()
    .regex(
      /^(contacts|companies|deals|2-\d+)$/,
      'must be contacts, companies, deals or the 2-… id of a custom object type',
    ),
  recordId: z.string().regex(/^\d{1,20}$/, "must be a HubSpot record's id: digits only"),
});

/** `/meetings/{id}/links/…`: people's choices, which outrank every rule. */
export function registerLinks(
  api: Api,
  { db, starter, temporalUi }: Pick<HttpDependencies, 'db' | 'starter' | 'temporalUi'>,
): void {
  const choose = async (
    workspaceId: string,
    { meetingId, objectType, recordId }: z.output<typeof params>,
    choice: 'linked' | 'unlinked',
  ) => {
    const before = isMeetingId(meetingId) ? await readStatus(db, workspaceId, meetingId, temporalUi) : null;
    if (before === null || before.status === 'deleted')
      throw new ProblemError('meeting-not-found', `This workspace has no meeting "${meetingId}".`);
    const connection = await findConnection(db, workspaceId);
    if (connection === null)
      throw new ProblemError('not-connected', 'Records are linked in a HubSpot account: connect one first.');
    await chooseLink(db, { workspaceId, meetingId }, connection.portal_id, { objectType, id: recordId }, choice);
    await requestSync(db, workspaceId, meetingId);
    await starter.start(workspaceId, meetingId);
    return (await readStatus(db, workspaceId, meetingId, temporalUi)) ?? before;
  };
  const response = { 202: statusDocument, ...problemAnswers(400, 404, 409) };

  api.put(
    '/meetings/:meetingId/links/:objectType/:recordId',
    {
      schema: {
        tags,
        summary: 'Link a record by hand',
        description: 'The record becomes a root: linking cascades from it. It stays linked at every later sync.',
        params,
        response,
      },
    },
    async (request, reply) => reply.code(202).send(await choose(request.workspaceId, request.params, 'linked')),
  );

  api.delete(
    '/meetings/:meetingId/links/:objectType/:recordId',
    {
      schema: {
        tags,
        summary: 'Unlink a record by hand',
        description: 'The record and what only it brought are unlinked, and stay so at every later sync.',
        params,
        response,
      },
    },
    async (request, reply) => reply.code(202).send(await choose(request.workspaceId, request.params, 'unlinked')),
  );
}
