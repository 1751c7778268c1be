import { Client } from 'pg';
import type { Figure } from '../figures';

/** Less than this is of no interest at any number of meetings. In bytes a meeting. */
const LEAST = 10;

/** The size of each table in bytes, with its indexes and large values and without dead rows. */
export async function tableSizes(databaseUrl: string): Promise<Map<string, number>> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('VACUUM (FULL)');
    const { rows } = await client.query<{ name: string; bytes: number }>(`
      SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    `);
    return new Map(rows.map(({ name, bytes }) => [name, bytes]));
  } finally {
    await client.end();
  }
}

/** By how much each table grew a meeting. The fastest first. */
export function tableFigures(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  meetings: number,
): Figure[] {
  return [...after]
    .map(([name, bytes]) => ({
      id: `table.${name}`,
      name,
      value: (bytes - (before.get(name) ?? 0)) / meetings,
      unit: 'bytes',
    }))
    .filter(({ value }) => value >= LEAST)
    .toSorted((a, b) => b.value - a.value);
}
