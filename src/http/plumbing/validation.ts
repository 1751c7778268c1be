import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { listErrors, type FieldError } from '../../meeting/validation-errors';

/** The input is not valid. The error handler answers 400 with the validation errors. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  constructor(
    sentence: string,
    readonly errors: readonly FieldError[],
  ) {
    super(sentence);
  }
}

/**
 * Validates bodies, queries and parameters with their zod schemas, and reports errors in the format of the meeting
 * schema.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    const { sentence, errors } = listErrors(result.error, schema);
    return { error: new InvalidInputError(sentence, errors) };
  };
