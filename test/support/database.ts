import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { shared } from './shared';

/** Migrated once a test run by the global setup. */
export const TEMPLATE_DATABASE = 'migrated_template';

export interface TestDatabase {
  /** `postgres://…`, as DATABASE_URL wants it. */
  readonly url: string;
  /** Removes it, whoever is still connected. */
  drop(): Promise<void>;
}

/** Makes an up-to-date, empty database of its own for the calling test or file: a copy of a template, some 50 ms. */
export async function createTestDatabase(): Promise<TestDatabase> {
  return await create(`TEMPLATE ${TEMPLATE_DATABASE}`);
}

/** Makes a database without any table, for tests of the migrations themselves. */
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
