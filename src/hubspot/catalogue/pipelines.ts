import { z } from 'zod';
import type { Pipeline } from '../../meeting/crm-types';
import { hubspotId } from '../client/batch-answers';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

const answer = z.object({
  results: z
    .array(
      z.object({
        id: hubspotId,
        label: z.string(),
        displayOrder: z.number().default(0),
        stages: z
          .array(
            z.object({
              id: hubspotId,
              label: z.string(),
              displayOrder: z.number().default(0),
              metadata: z
                .object({
                  isClosed: z.union([z.stringbool(), z.boolean()]).optional().catch(undefined),
                  probability: z
                    .union([z.string().regex(/\d/).transform(Number), z.number()])
                    .optional()
                    .catch(undefined),
                })
                .default({}),
            }),
          )
          .default([]),
      }),
    )
    .default([]),
});

/**
 * Lists the pipelines of an object type with their stages (`GET /crm/pipelines/…/{objectType}`, one call, not paged).
 * For deals the scope `crm.objects.deals.read` is enough.
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function listPipelines(portal: Portal, objectType: string): Promise<Pipeline[]> {
  await portal.slot('requests');
  const path = `/crm/pipelines/${HUBSPOT_API_VERSION}/${objectType}`;
  const { body } = await portal.send({ method: 'GET', path }, 'requests');
  return answer.parse(body).results.map(({ id, label, displayOrder, stages }) => ({
    id,
    label,
    position: displayOrder,
    stages: stages.map((stage) => ({
      id: stage.id,
      label: stage.label,
      position: stage.displayOrder,
      // Deal stages have been marked as closed by the probability alone: 0 and 1 are the closed ones.
      isClosed: stage.metadata.isClosed ?? (stage.metadata.probability === 0 || stage.metadata.probability === 1),
      probability: stage.metadata.probability ?? null,
    })),
  }));
}
