import { z } from 'zod';
import type { PickedPage } from '../../../meeting/records';
import { RecordQueryError } from '../../../connection/record-search';
import { objectTypes } from '../../../store/mirror/catalogue';
import { findConnection } from '../../../store/connections/connections';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { InvalidInputError } from '../../plumbing/validation';
import type { Api } from '../typed-api';
import { problemAnswers } from '../schemas';

const tags = ['crm'];
const notALimit = { error: 'must be a whole number from 1 to 50' };
const notAnAfter = { error: 'must be the "after" of the previous page' };

const records: z.ZodType<PickedPage> = z
  .object({
    results: z.array(
      z.object({
        objectType: z.string(),
        id: z.string(),
        name: z.string(),
        detail: z.string().nullable().meta({ description: "A contact's address, a company's domain, a deal's stage" }),
        url: z.string(),
      }),
    ),
    after: z.string().nullable().meta({ description: 'For the next page; null on the last one' }),
  })
  .meta({ id: 'Records', description: 'Records to choose from' });

const types = z
  .object({
    objectTypes: z.array(
      z.object({ objectType: z.string(), singular: z.string(), plural: z.string(), custom: z.boolean() }),
    ),
  })
  .meta({ id: 'ObjectTypes', description: 'The types of records that meetings can be linked to' });

const STANDARD = [
  { objectType: 'contacts', singular: 'Contact', plural: 'Contacts', custom: false },
  { objectType: 'companies', singular: 'Company', plural: 'Companies', custom: false },
  { objectType: 'deals', singular: 'Deal', plural: 'Deals', custom: false },
];

/** `/crm/…`: the records and object types of the HubSpot account that meetings can be linked to. */
export function registerCrm(api: Api, { db, picker }: Pick<HttpDependencies, 'db' | 'picker'>): void {
  api.get(
    '/crm/object-types',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'List the types of records that meetings can be linked to',
        description:
          'Contacts, companies, deals, and the custom object types of the connected account. Custom objects are linked if the setting customObjectTypes names their type.',
        response: { 200: types, ...problemAnswers() },
      },
    },
    async ({ workspaceId }) => {
      const connection = await findConnection(db, workspaceId);
      const custom = connection === null ? [] : await objectTypes(db, connection.portal_id);
      return {
        objectTypes: [
          ...STANDARD,
          ...custom.map(({ object_type: objectType, singular, plural }) => ({
            objectType,
            singular,
            plural,
            custom: true,
          })),
        ],
      };
    },
  );

  api.get(
    '/crm/:objectType',
    {
      config: { access: 'read' },
      schema: {
        tags,
        summary: 'Find records to link',
        description:
          'Searches HubSpot by name, e-mail address or domain. A record id or the URL of its page finds that record. With fewer than two characters, the answer is the records of the newest meetings. HubSpot finds a new record after some seconds.',
        params: z.object({ objectType: z.string() }),
        querystring: z.strictObject({
          q: z.string().max(2_000, 'must not have more than 2,000 characters').default(''),
          limit: z.coerce.number(notALimit).int(notALimit).min(1, notALimit).max(50, notALimit).default(10),
          after: z
            .string()
            .regex(/^\d{1,5}$/, notAnAfter)
            .optional(),
        }),
        response: { 200: records, ...problemAnswers(400, 409) },
      },
    },
    async ({ workspaceId, params: { objectType }, query: { q, limit, after = null } }) => {
      try {
        return await askingHubSpot(picker.searchRecords(workspaceId, { objectType, q, limit, after }));
      } catch (error) {
        if (!(error instanceof RecordQueryError)) throw error;
        throw new InvalidInputError('One field is not valid.', [{ path: error.path, message: error.message }]);
      }
    },
  );
}
