import { z } from 'zod';
import { HubSpotError, type HubSpotFailure } from './errors';

/** Ids are strings in most answers and numbers in association reads: strings here. */
export const hubspotId = z.union([z.string(), z.number()]).transform(String);

export const crmRecord = z.object({
  id: hubspotId,
  properties: z.record(z.string(), z.string().nullable()).default({}),
  archived: z.boolean().default(false),
  url: z.string().optional(),
  objectWriteTraceId: z.string().optional(),
});

/** A record of the CRM: unset properties are null or absent, cleared ones "". */
export type CrmRecord = z.output<typeof crmRecord>;

const batchError = z.object({
  message: z.string().default('HubSpot gave no reason'),
  category: z.string().optional(),
  subCategory: z.string().optional(),
  code: z.string().optional().catch(undefined),
  context: z.record(z.string(), z.array(z.string())).default({}).catch({}),
});
export type BatchError = z.output<typeof batchError>;

/** A batch answer of any 2xx status: recorded ones carry `errors` with 200 as well as with 207. */
export function batchAnswer<Result extends z.ZodType>(result: Result) {
  return z.object({ results: z.array(result).default([]), errors: z.array(batchError).default([]) });
}

/** The error of a batch that names `value` in its context, whatever the context's key. */
export function errorNaming(errors: readonly BatchError[], value: string): BatchError | undefined {
  return errors.find((error) => Object.values(error.context).some((values) => values.includes(value)));
}

/** One input's share of a batch's errors, as an error of its own. */
export function inputRefused(route: string, error: BatchError): HubSpotError {
  const status = error.category === 'OBJECT_NOT_FOUND' ? 404 : error.category === 'CONFLICT' ? 409 : 400;
  const failure: HubSpotFailure = {
    kind: 'answer',
    status,
    retryAfter: null,
    body: { ...error, errors: [{ message: error.message, code: error.code, context: error.context }] },
  };
  return new HubSpotError(route, failure);
}

/** A 2xx that says nothing about an input is no success: what became of it is unknown. */
export function inputUnanswered(route: string): HubSpotError {
  return new HubSpotError(route, {
    kind: 'answer',
    status: 200,
    retryAfter: null,
    body: { message: 'the answer left an input out' },
  });
}
