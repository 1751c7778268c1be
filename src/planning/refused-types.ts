import { isRejectedOrForbidden } from '../hubspot/client/errors';
import { isCustomType, type ObjectType } from '../meeting/linking/cascade';

/**
 * Reads or writes something of one object type, and goes on without it if HubSpot refuses a custom type: a deleted type
 * or a revoked permission must cost only what belongs to that type.
 *
 * @param otherwise - the result then, given HubSpot's message
 * @throws every other error of `send`, and each refusal of a standard type
 */
export async function unlessTypeRefused<Result>(
  type: ObjectType,
  send: () => Promise<Result>,
  otherwise: (message: string) => Result,
): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    if (isCustomType(type) && isRejectedOrForbidden(error)) return otherwise(error.readableMessage);
    throw error;
  }
}
