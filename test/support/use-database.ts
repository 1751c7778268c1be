import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { openDatabase, type DbPool } from '../../src/store/database';
import { nameTestDatabase } from './database';

/**
 * Gives all tests of the calling file one migrated, empty database: created before the first test, dropped after the last.
 * It is a file of its own because Jest's global setup, which imports `database.ts`, has no hooks.
 *
 * @returns connections to it, and its URL, `postgres://…`
 */
export function useDatabase(): { readonly db: DbPool; readonly url: string } {
  const database = nameTestDatabase();
  // A pool connects at its first query, so it can be opened before the database exists.
  const db = openDatabase(database.url);
  beforeAll(() => database.create());
  afterAll(async () => {
    await db.destroy();
    await database.drop();
  });
  return { db, url: database.url };
}

/**
 * Gives each test of the calling file a migrated, empty database of its own, for tests of what all workspaces share.
 *
 * @param opened - prepares a test with the connections to its database
 */
export function useDatabaseForEach(opened: (db: DbPool) => Promise<void>): void {
  let close: () => Promise<void>;
  beforeEach(async () => {
    const database = nameTestDatabase();
    await database.create();
    const db = openDatabase(database.url);
    close = async () => {
      await db.destroy();
      await database.drop();
    };
    await opened(db);
  });
  afterEach(() => close());
}
