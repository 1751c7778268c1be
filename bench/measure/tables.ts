import { Client } from 'pg';
import type { Figure } from '../figures';

/** Tables with less than this are of no interest at any number of meetings. In bytes a meeting. */
const LEAST = 10;

/** Bytes of each table a meeting, with its indexes and large values and without dead rows. The largest first. */
export async function tableFigures(databaseUrl: string, meetings: number): Promise<Figure[]> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('VACUUM (FULL)');
    const { rows } = await client.query<{ name: string; bytes: number }>(`
      SELECT relname AS name, pg_total_relation_size(oid)::float8 AS bytes FROM pg_class
      WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY bytes DESC
    `);
    return rows
      .map(({ name, bytes }) => ({ id: `table.${name}`, name, value: bytes / meetings, unit: 'bytes' }))
      .filter(({ value }) => value >= LEAST);
  } finally {
    await client.end();
  }
}
