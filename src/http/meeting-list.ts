import type { StatusDocument, SyncStatus } from '../meeting/status';
import type { Db } from '../store/database';
import { isDataException } from '../store/health';
import { InvalidCursorError, listMeetings, type TemporalUi } from '../store/status-documents';
import { InvalidInputError } from './validation';

/** What is wrong with a cursor that was made up. */
export const NOT_A_CURSOR = 'is not one that this API gave out: leave it out to begin with the newest meeting';

/**
 * A page of the list of meetings, for API and pages alike.
 *
 * @throws {@link InvalidInputError} when the cursor was made up
 */
export async function listPage(
  db: Db,
  workspaceId: string,
  query: { status?: SyncStatus | undefined; cursor?: string | undefined; limit: number },
  ui: TemporalUi,
): Promise<{ meetings: StatusDocument[]; nextCursor: string | null }> {
  try {
    return await listMeetings(db, workspaceId, query, ui);
  } catch (error) {
    // The cursor is the only text of the query that PostgreSQL could take for something that it is not.
    if (!(error instanceof InvalidCursorError) && !isDataException(error)) throw error;
    throw new InvalidInputError('One field is not valid.', [{ path: 'cursor', message: NOT_A_CURSOR }]);
  }
}
