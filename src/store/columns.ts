import type { ColumnType } from 'kysely';

/** A time. Writes also take ISO texts. */
export type Timestamp = ColumnType<Date, Date | string, Date | string>;

/** A time that the database sets when the row is inserted, and that never changes. */
export type CreatedAt = ColumnType<Date, Date | string | undefined, never>;
