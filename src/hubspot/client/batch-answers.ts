import { z } from 'zod';
import type { FailedCall } from './classify-call';
import { HubSpotError } from './errors';

/** Ids are strings in most answers and numbers in association reads. Here they are always strings. */
export const hubspotId = z.union([z.string(), z.number()]).transform(String);

export const crmRecord = z.object({
  id: hubspotId,
  properties: z.record(z.string(), z.string().nullable()).default({}),
  archived: z.boolean().default(false),
  url: z.string().optional(),
  objectWriteTraceId: z.string().optional(),
});

/** A record of the CRM. Unset properties are null or absent, cleared ones "". */
export type CrmRecord = z.output<typeof crmRecord>;

const batchError = z.object({
  message: z.string().default('HubSpot gave no reason'),
  category: z.string().optional(),
  subCategory: z.string().optional(),
  code: z.string().optional().catch(undefined),
  context: z.record(z.string(), z.array(z.string())).default({}).catch({}),
});
export type BatchError = z.output<typeof batchError>;

/** A batch answer of any 2xx status. Recorded answers carry `errors` with 200 as well as with 207. */
export function batchAnswer<Result extends z.ZodType>(result: Result) {
  return z.object({ results: z.array(result).default([]), errors: z.array(batchError).default([]) });
}

/** Finds the error of a batch that names `value` in its context, under any key. */
export function errorNaming(errors: readonly BatchError[], value: string): BatchError | undefined {
  return errors.find((error) => Object.values(error.context).some((values) => values.includes(value)));
}

/** Converts one input's entry of a batch's errors into an error of its own. */
export function inputRejected(route: string, error: BatchError): HubSpotError {
  const status = error.category === 'OBJECT_NOT_FOUND' ? 404 : 400;
  const call: FailedCall = {
    status,
    retryAfter: null,
    body: { ...error, errors: [{ message: error.message, code: error.code, context: error.context }] },
  };
  return new HubSpotError(route, call);
}

/** A 2xx that does not mention an input is no success: the input's outcome is unknown. */
export function inputUnanswered(route: string): HubSpotError {
  return new HubSpotError(route, {
    status: 200,
    retryAfter: null,
    body: { message: 'the answer left an input out' },
  });
}

/**
 * Completes the answers of a batch: an input that HubSpot's answer omits is sent again alone. One after the other,
 * because there are few.
 *
 * @param inputs - each id once
 * @param answerOf - the batch's answer for an input; null if there is none
 */
export async function completeAnswers<Input extends { readonly id: string }, Answer>(
  inputs: readonly Input[],
  answerOf: (id: string) => Answer | null,
  sendAlone: (input: Input) => Promise<Answer>,
): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>();
  for (const input of inputs) {
    // oxlint-disable-next-line no-await-in-loop -- sequential: there are few
    answers.set(input.id, answerOf(input.id) ?? (await sendAlone(input)));
  }
  return answers;
}
