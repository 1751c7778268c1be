/** A cursor that {@link readPage} did not return. */
export class InvalidCursorError extends Error {
  override readonly name = 'InvalidCursorError';
}

/** Where a page begins: after this row in the order of the list, or before it. */
export interface PagePlace {
  /** The time of the list's order as PostgreSQL prints it, because a JavaScript date would lose its microseconds. */
  readonly at: string;
  readonly id: string;
  readonly direction: 'next' | 'previous';
}

/** A page of a list. Cursors are null at the list's ends. */
export interface CursorPage<Row> {
  readonly rows: readonly Row[];
  /** The cursor of the following page. */
  readonly nextCursor: string | null;
  /** The cursor of the page before. */
  readonly previousCursor: string | null;
}

interface PlacedRow<Row> {
  readonly row: Row;
  readonly at: string;
  readonly id: string;
}

/**
 * A page of a list that is ordered by a time and an id. A cursor names a row, not an offset, so that new rows do not shift
 * the pages. Paging back to the first row returns the full first page.
 *
 * @param read - reads up to `limit` rows from a place on; for `previous` in the reverse order of the list
 * @throws {@link InvalidCursorError} when this function did not return the cursor
 */
export async function readPage<Row>(
  { cursor, limit }: { readonly cursor?: string | undefined; readonly limit: number },
  read: (place: PagePlace | null, limit: number) => Promise<readonly PlacedRow<Row>[]>,
): Promise<CursorPage<Row>> {
  const place = cursor === undefined ? null : parseCursor(cursor);
  const rows = await read(place, limit + 1);
  if (place?.direction === 'previous') {
    if (rows.length <= limit) return await readPage({ limit }, read);
    return pageWith(rows.slice(0, limit).toReversed(), { next: true, previous: true });
  }
  const page = pageWith(rows.slice(0, limit), { next: rows.length > limit, previous: place !== null });
  // The page after the last row is empty, so the way back starts at the cursor itself.
  return page.rows.length > 0 || place === null
    ? page
    : { ...page, previousCursor: format({ ...place, direction: 'previous' }) };
}

function pageWith<Row>(
  rows: readonly PlacedRow<Row>[],
  more: { readonly next: boolean; readonly previous: boolean },
): CursorPage<Row> {
  const cursorAt = (row: PlacedRow<Row> | undefined, direction: PagePlace['direction']) =>
    row === undefined ? null : format({ at: row.at, id: row.id, direction });
  return {
    rows: rows.map(({ row }) => row),
    nextCursor: more.next ? cursorAt(rows.at(-1), 'next') : null,
    previousCursor: more.previous ? cursorAt(rows[0], 'previous') : null,
  };
}

function format({ at, id, direction }: PagePlace): string {
  const place = direction === 'next' ? [at, id] : [at, id, 'newer'];
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}

function parseCursor(cursor: string): PagePlace {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(parsed)) {
      const [at, id, direction] = parsed as unknown[];
      if (
        typeof at === 'string' &&
        typeof id === 'string' &&
        (direction === undefined || direction === 'newer') &&
        !Number.isNaN(Date.parse(at))
      )
        return { at, id, direction: direction === undefined ? 'next' : 'previous' };
    }
  } catch {
    // A text that does not parse is not our cursor.
  }
  throw new InvalidCursorError('this API did not return this cursor: leave it out to start with the newest row');
}
