import { InvalidCursorError } from '../store/cursor-pages';
import { isDataException } from '../store/failures';
import { InvalidInputError } from './plumbing/validation';

/** The validation error of an unknown cursor. */
export const NOT_A_CURSOR = 'is not a cursor of this API: omit it to begin with the newest';

/**
 * Reads a page of a list, for both API and pages.
 *
 * @throws {@link InvalidInputError} when the cursor is not one of ours
 */
export async function withCursor<Page>(read: () => Promise<Page>): Promise<Page> {
  try {
    return await read();
  } catch (error) {
    // The cursor is the only text of the query that PostgreSQL casts to another type.
    if (!(error instanceof InvalidCursorError) && !isDataException(error)) throw error;
    throw new InvalidInputError('One field is not valid.', [{ path: 'cursor', message: NOT_A_CURSOR }]);
  }
}
