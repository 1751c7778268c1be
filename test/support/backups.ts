import { sql, type Kysely, type Transaction } from 'kysely';
import type { Database } from '../../src/store/schema';

/** Copies every table, as `pg_dump` would. A database can have one backup. */
export async function backUp(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await sql`create schema backup`.execute(transaction);
    for (const { table } of await tablesOf(transaction))
      await sql`create table backup.${sql.ref(table)} as table public.${sql.ref(table)}`.execute(transaction);
  });
}

/** Restores every table from the backup. Later writes are lost. */
export async function restore(db: Kysely<Database>): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    const tables = await tablesOf(transaction);
    // The backup satisfies the foreign keys, so the order of the tables does not matter with checks off.
    await sql`set local session_replication_role = replica`.execute(transaction);
    await sql`truncate ${sql.join(tables.map(({ table }) => sql.id('public', table)))} cascade`.execute(transaction);
    for (const { table, columns } of tables) {
      const names = sql.join(columns.map((column) => sql.id(column)));
      await sql`insert into public.${sql.ref(table)} (${names}) overriding system value select ${names} from backup.${sql.ref(table)}`.execute(
        transaction,
      );
    }
  });
}

async function tablesOf(db: Transaction<Database>): Promise<{ table: string; columns: string[] }[]> {
  const { rows } = await sql<{ table: string; columns: string[] }>`
    select table_name as table, array_agg(column_name::text) as columns
    from information_schema.columns join information_schema.tables using (table_schema, table_name)
    where table_schema = 'public' and table_type = 'BASE TABLE' and is_generated = 'NEVER'
    group by table_name
  `.execute(db);
  return rows;
}
