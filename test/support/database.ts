import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { shared } from './shared';

/** The global setup migrates it once per test run. */
export const TEMPLATE_DATABASE = 'migrated_template';

export interface TestDatabase {
  /** `postgres://…`, as in DATABASE_URL. */
  readonly url: string;
  /** Drops it and closes all its connections. */
  drop(): Promise<void>;
}

/**
 * Creates a migrated, empty database for the calling test. It copies a template, which takes about 50 ms.
 *
 * @param settings - of every session, such as `{ work_mem: '1MB' }`
 */
export async function createTestDatabase(settings: Readonly<Record<string, string>> = {}): Promise<TestDatabase> {
  const database = nameTestDatabase();
  await database.create();
  const name = new URL(database.url).pathname.slice(1);
  for (const [setting, value] of Object.entries(settings))
    // oxlint-disable-next-line no-await-in-loop -- a few
    await queryAsSuperuser(`ALTER DATABASE ${name} SET ${setting} = '${value}'`);
  return database;
}

/** Creates a database without tables, for tests of the migrations. */
export async function createBlankDatabase(): Promise<TestDatabase> {
  const database = nameTestDatabase('TEMPLATE template0');
  await database.create();
  return database;
}

/** Runs one statement as the superuser, outside every test database. */
export async function queryAsSuperuser(statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: shared('databaseUrl') });
  await client.connect();
  try {
    const { rows } = await client.query(statement);
    return rows;
  } finally {
    await client.end();
  }
}

/** Names a database that does not exist yet: its URL is known before `create`. Without an argument it will be migrated and empty. */
export function nameTestDatabase(
  options = `TEMPLATE ${TEMPLATE_DATABASE}`,
): TestDatabase & { create(): Promise<void> } {
  const name = `test_${randomBytes(8).toString('hex')}`;
  return {
    url: new URL(`/${name}`, shared('databaseUrl')).href,
    async create() {
      await queryAsSuperuser(`CREATE DATABASE ${name} ${options}`);
    },
    async drop() {
      await queryAsSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
