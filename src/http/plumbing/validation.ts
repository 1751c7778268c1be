import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import { listFaults } from '../../meeting/faults';
import type { InputFault } from './problems';

/** Input that is refused; the error handler answers 400 with its faults. */
export class InvalidInputError extends Error {
  override readonly name = 'InvalidInputError';
  constructor(
    sentence: string,
    readonly faults: readonly InputFault[],
  ) {
    super(sentence);
  }
}

/** Checks bodies, queries and parameters with their zod schemas, and names faults as the meeting's schema does. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema }) =>
  (data: unknown) => {
    const result = schema.safeParse(data);
    if (result.success) return { value: result.data };
    const { sentence, faults } = listFaults(result.error);
    return { error: new InvalidInputError(sentence, faults) };
  };
