import { z } from 'zod';
import type { Gateway } from '../../../connection/open-crm';
import { deniedSentence } from '../../../connection/standard-properties';
import { isForbidden, isRejected } from '../../../hubspot/client/errors';
import { BUILT_IN_KEYS } from '../../../meeting/fields/meeting-field';
import { takesSeveral, type PropertiesDocument } from '../../../meeting/fields/property';
import { STANDARD_PROPERTY_STATES, type StandardPropertiesDocument } from '../../../meeting/fields/standard-properties';
import type { HttpDependencies } from '../../dependencies';
import { createStandardProperties } from '../../acts/standard-properties';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { InvalidInputError } from '../../plumbing/validation';
import { apiActor } from '../auth';
import { problemAnswers } from '../schemas';
import type { Api } from '../typed-api';

const tags = ['crm'];

const properties: z.ZodType<PropertiesDocument> = z
  .object({
    properties: z.array(
      z.object({
        name: z.string().meta({ description: "HubSpot's internal name, which fieldMappings takes" }),
        label: z.string(),
        type: z.string().meta({
          description: 'string, number, bool, date, datetime, enumeration, phone_number or another type of HubSpot',
          example: 'enumeration',
        }),
        several: z.boolean().meta({ description: 'Whether it takes several of its options' }),
        options: z
          .array(z.object({ value: z.string(), label: z.string() }))
          .meta({ description: 'The options of an enumeration; empty for every other type' }),
        writable: z.boolean().meta({ description: 'False when HubSpot calculates it or does not let it be changed' }),
      }),
    ),
  })
  .meta({ id: 'Properties', description: 'The properties of an object type in the connected account' });

const standardProperties: z.ZodType<StandardPropertiesDocument> = z
  .object({
    group: z.string().meta({ description: 'The group of these properties in HubSpot', example: 'meeting_sync' }),
    created: z.number().meta({ description: 'How many properties this call made', example: 30 }),
    properties: z.array(
      z.object({
        objectType: z.string(),
        field: z.enum(BUILT_IN_KEYS).meta({ description: 'The built-in key that the property is made for' }),
        property: z.string().meta({ description: 'Name of the property in HubSpot', example: 'meeting_sync_overview' }),
        label: z.string(),
        type: z.enum(['string', 'number', 'datetime']),
        state: z.enum(STANDARD_PROPERTY_STATES).meta({
          description:
            '`created`: by this call. `exists`: it was there before. `archived`: a person archived it. `other_type`: HubSpot has a property of this name with another type. `refused`: HubSpot did not allow it. What exists or was archived is never changed',
        }),
        message: z.string().nullable().meta({ description: 'What to do; null for `created` and `exists`' }),
      }),
    ),
  })
  .meta({ id: 'StandardProperties', description: 'What became of the properties for the built-in keys' });

/** `/crm/{objectType}/properties` and `/crm/standard-properties`: the properties that values can be written to. */
export function registerProperties(api: Api, deps: Pick<HttpDependencies, 'db' | 'gateway' | 'log'>): void {
  const { gateway } = deps;
  api.get(
    '/crm/:objectType/properties',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List the properties of an object type',
        description:
          'As HubSpot has them now, without archived ones. Only writable ones can take values of meetings (the setting fieldMappings).',
        params: z.object({ objectType: z.string() }),
        response: { 200: properties, ...problemAnswers(400, 409) },
      },
    },
    async ({ workspaceId, params: { objectType } }) => {
      const found = await askingHubSpot(propertiesOf(gateway, workspaceId, objectType));
      return {
        properties: found.map(({ name, label, type, fieldType, options, writable }) => ({
          name,
          label,
          type,
          several: takesSeveral({ type, fieldType }),
          options: options.map((option) => ({ value: option.value, label: option.label })),
          writable,
        })),
      };
    },
  );

  api.post(
    '/crm/standard-properties',
    {
      config: { access: 'admin' },
      schema: {
        tags,
        summary: 'Make the standard properties',
        description:
          'Makes the property group meeting_sync and a property for each built-in key on contacts, companies and deals, where they are missing. A second call changes nothing. A property that a person archived, or that exists with another type, is reported and stays as it is.',
        response: { 200: standardProperties, ...problemAnswers(409) },
      },
    },
    async (request, reply) => {
      const document = await createStandardProperties(deps, request.workspaceId, apiActor(request));
      const [first] = document.properties;
      if (first !== undefined && document.properties.every(({ state }) => state === 'refused'))
        throw new ProblemError('hubspot-refused', first.message ?? '');
      return await reply.send(document);
    },
  );
}

/** @throws `InvalidInputError` for an unknown object type; `ProblemError` when a permission is missing */
async function propertiesOf(gateway: Pick<Gateway, 'connect'>, workspaceId: string, objectType: string) {
  if (!/^(?:contacts|companies|deals|2-\d+)$/.test(objectType)) throw unknownType();
  const { crm } = await gateway.connect(workspaceId);
  try {
    return await crm.readProperties(objectType);
  } catch (error) {
    if (isRejected(error)) throw unknownType();
    if (isForbidden(error)) throw new ProblemError('hubspot-refused', deniedSentence(error));
    throw error;
  }
}

function unknownType(): InvalidInputError {
  const message = 'must be contacts, companies, deals or a custom object type of GET /api/v1/crm/object-types';
  return new InvalidInputError('One field is not valid.', [{ path: 'objectType', message }]);
}
