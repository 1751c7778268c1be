import { z } from 'zod';
import type { ReconciliationDocument } from '../../meeting/reconciliation';
import { findReconciliation } from '../../store/jobs/reconciliations';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import { READ_OR_WRITE } from '../plumbing/access-rules';
import { ProblemError } from '../plumbing/problems';
import { apiActor } from './auth';
import type { Api } from './typed-api';
import { problemAnswers } from './schemas';

const tags = ['reconcile'];
const isoTime = z.iso.datetime();
const reconciliation: z.ZodType<ReconciliationDocument> = z
  .object({
    reconciliationId: z.string(),
    state: z.enum(['running', 'done']),
    startedAt: isoTime,
    finishedAt: isoTime.nullable(),
    meetingsChecked: z.number(),
    meetingsLeft: z.number().meta({ description: 'Still being compared; 0 when done' }),
    mended: z.object({ meetings: z.number(), records: z.number() }),
  })
  .meta({ id: 'Reconciliation', description: 'A reconciliation and what it repaired' });

/** `/reconcile`: compares the mirror and every link with HubSpot now. */
export function registerReconcile(
  api: Api,
  { db, tokens, reconciler }: Pick<HttpDependencies, 'db' | 'tokens' | 'reconciler'>,
): void {
  api.post(
    '/reconcile',
    {
      config: { access: 'meetings:write' },
      schema: {
        tags,
        summary: 'Reconcile with HubSpot now',
        description:
          'Compares the mirrored records and the links of every meeting with HubSpot, and repairs differences.',
        response: { 202: z.object({ reconciliationId: z.string() }), ...problemAnswers(409) },
      },
    },
    async (request, reply) => {
      const { workspaceId } = request;
      // Without an authorisation, every meeting would end up in needs attention.
      await askingHubSpot(tokens.access(workspaceId));
      const reconciliationId = await reconciler.start(workspaceId, apiActor(request));
      if (reconciliationId === null)
        throw new ProblemError('temporal-unavailable', 'The reconciliation could not be started.', {
          headers: { 'retry-after': '5' },
        });
      return reply.code(202).send({ reconciliationId });
    },
  );

  api.get(
    '/reconcile/:reconciliationId',
    {
      config: { access: READ_OR_WRITE },
      schema: {
        tags,
        summary: 'Get the state of a reconciliation',
        params: z.object({ reconciliationId: z.string() }),
        response: { 200: reconciliation, ...problemAnswers(404) },
      },
    },
    async ({ workspaceId, params: { reconciliationId } }) => {
      const document = await findReconciliation(db, workspaceId, reconciliationId);
      if (document === null)
        throw new ProblemError('not-found', `This workspace has no reconciliation "${reconciliationId}".`);
      return document;
    },
  );
}
