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

/** Creates a migrated, empty database for the calling test or file. It copies a template, which takes about 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await create(`TEMPLATE ${TEMPLATE_DATABASE}`);
}

/** Creates a database without tables, for tests of the migrations. */
export async function createBlankDatabase(): Promise<TestDatabase> {
  return await create('TEMPLATE template0');
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

async function create(options: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  await queryAsSuperuser(`CREATE DATABASE ${name} ${options}`);
  return {
    url: new URL(`/${name}`, shared('databaseUrl')).href,
    async drop() {
      await queryAsSuperuser(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
    },
  };
}
