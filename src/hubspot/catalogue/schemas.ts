import { z } from 'zod';
import type { CustomObjectType } from '../../meeting/crm-types';
import { isForbidden } from '../client/errors';
import type { Portal } from '../client/portal';
import { HUBSPOT_API_VERSION } from '../client/transport';

/** Without this scope HubSpot does not list the custom object types. */
export const CUSTOM_SCHEMAS_SCOPE = 'crm.schemas.custom.read';

const answer = z.object({
  results: z
    .array(
      z.object({
        objectTypeId: z.string(),
        name: z.string().default(''),
        labels: z.object({ singular: z.string().nullish(), plural: z.string().nullish() }).default({}),
        primaryDisplayProperty: z.string().nullish(),
        secondaryDisplayProperties: z.array(z.string()).nullish(),
        properties: z.array(z.object({ name: z.string() })).default([]),
        archived: z.boolean().default(false),
      }),
    )
    .default([]),
});

/** Properties kept of every custom object that has them: its stage, its owner and its creation date. */
const COMMON_PROPERTIES = ['hs_pipeline', 'hs_pipeline_stage', 'hubspot_owner_id', 'hs_createdate'];

/**
 * Lists the custom object types of a portal (`GET /crm-object-schemas/…/schemas`, one call, not paged). Empty on a 403:
 * the account is not on Enterprise, or did not grant the scope.
 *
 * @throws `HubSpotError`; `BudgetExhaustedError` if no slot is free soon
 */
export async function listObjectTypes(portal: Portal): Promise<CustomObjectType[]> {
  await portal.slot('requests');
  const path = `/crm-object-schemas/${HUBSPOT_API_VERSION}/schemas`;
  try {
    const { body } = await portal.send({ method: 'GET', path }, 'requests');
    return answer.parse(body).results.flatMap((schema) => (schema.archived ? [] : [typeOf(schema)]));
  } catch (error) {
    if (isForbidden(error)) return [];
    throw error;
  }
}

function typeOf(schema: z.output<typeof answer>['results'][number]): CustomObjectType {
  const { objectTypeId, name, labels, primaryDisplayProperty: primary } = schema;
  const has = new Set(schema.properties.map((property) => property.name));
  const shown = [...(primary ? [primary] : []), ...(schema.secondaryDisplayProperties ?? [])];
  return {
    objectType: objectTypeId,
    singular: labels.singular || name || objectTypeId,
    plural: labels.plural || labels.singular || name || objectTypeId,
    primaryProperty: primary ?? null,
    properties: [...new Set([...shown, ...COMMON_PROPERTIES.filter((property) => has.has(property))])],
    hasPipelines: has.has('hs_pipeline'),
  };
}
