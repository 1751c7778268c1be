import { sql, type ColumnType, type RawBuilder } from 'kysely';

/**
 * The API keys from which an access derives: through the link that signed its creator in, through the invitation of its
 * creator, and through the creators of these. Rows of earlier versions have at most one, in `made_by_key`.
 */
export interface OriginColumns {
  made_by_key: ColumnType<string | null, string | null | undefined, string | null>;
  made_by_keys: ColumnType<string[], readonly string[] | undefined, readonly string[]>;
}

/** The columns of a row whose creator's access derives from these keys. */
export function originValues(origins: readonly string[]) {
  return { made_by_key: origins[0] ?? null, made_by_keys: origins };
}

/** The ids of the keys from which rows of a table derive. */
export function originsOf(table: 'api_keys' | 'members' | 'sessions'): RawBuilder<string[]> {
  return sql<string[]>`array_remove(${sql.table(table)}.made_by_keys || ${sql.table(table)}.made_by_key, null)`;
}

/** Whether a row derives from one of the keys. For statements about one table. */
export function derivesFrom(keyIds: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`(made_by_keys && ${keyIds}::uuid[] or made_by_key = any(${keyIds}::uuid[]))`;
}
