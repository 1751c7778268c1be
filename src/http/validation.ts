import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { validationErrors } from '../meeting/schema';
import type { InputFault } from './problems';

/** Input that its schema refuses; the error handler answers 400 with every fault. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  constructor(readonly faults: readonly InputFault[]) {
    super(faults.length === 1 ? 'One field is not valid.' : `${faults.length} fields are not valid.`);
  }
}

/** Checks bodies, queries and parameters with their zod schemas, and names faults as the meeting's schema does. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const result = schema.safeParse(data);
    return result.success ? { value: result.data } : { error: new InvalidInputError(validationErrors(result.error)) };
  };
