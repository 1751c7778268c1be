import { queryAsSuperuser } from './database';

/** Marks a statement of a test or benchmark, which is not counted. */
export const NOT_COUNTED = '/* not counted */';

/**
 * How often each statement was sent to a database since its creation, by its text with placeholders. Counts all processes.
 *
 * @param databaseUrl - `postgres://…`
 */
export async function countStatements(databaseUrl: string): Promise<Map<string, number>> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const rows = (await queryAsSuperuser(`
    SELECT query, sum(calls)::float8 AS calls
    FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
    WHERE datname = '${name}' AND query NOT LIKE '%${NOT_COUNTED}%'
    GROUP BY query
  `)) as { query: string; calls: number }[];
  return new Map(rows.map(({ query, calls }) => [query, calls]));
}

/** How often each statement was sent between two counts. Statements that were not sent are absent. */
export function statementsBetween(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): Map<string, number> {
  return new Map(
    [...after]
      .map(([query, calls]) => [query, calls - (before.get(query) ?? 0)] as const)
      .filter(([, calls]) => calls > 0),
  );
}

export function totalOf(statements: ReadonlyMap<string, number>): number {
  return [...statements.values()].reduce((sum, calls) => sum + calls, 0);
}
