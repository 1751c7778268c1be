import { isDataException } from '../store/failures';
import { InvalidCursorError } from '../store/meetings/meeting-lists';
import { InvalidInputError } from './plumbing/validation';

/** What is wrong with a cursor that was made up. */
export const NOT_A_CURSOR = 'is not one that this API gave out: leave it out to begin with the newest meeting';

/**
 * Reads a page of the list of meetings, for API and pages alike.
 *
 * @throws {@link InvalidInputError} when the cursor was made up
 */
export async function withCursor<Page>(read: () => Promise<Page>): Promise<Page> {
  try {
    return await read();
  } catch (error) {
    // The cursor is the only text of the query that PostgreSQL could take for something that it is not.
    if (!(error instanceof InvalidCursorError) && !isDataException(error)) throw error;
    throw new InvalidInputError('One field is not valid.', [{ path: 'cursor', message: NOT_A_CURSOR }]);
  }
}
