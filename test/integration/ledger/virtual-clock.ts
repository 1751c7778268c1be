import { jest } from '@jest/globals';
import type { Pool } from 'pg';

/** One clock for this process and PostgreSQL, which the test advances. */
export class VirtualClock {
  readonly #pool: Pool;
  #aheadMs = 0;

  private constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Puts the clock's functions before PostgreSQL's functions of the same name. */
  static readonly connectionOptions = '-c search_path=virtual,pg_catalog,public';

  /** @param pool - a pool whose connections use {@link VirtualClock.connectionOptions} */
  static async install(pool: Pool): Promise<VirtualClock> {
    await pool.query(`
      create schema virtual;
      create table virtual.clock (ahead interval not null);
      insert into virtual.clock values ('0');
      create function virtual.clock_timestamp() returns timestamptz volatile language sql
        as 'select pg_catalog.clock_timestamp() + ahead from virtual.clock';
      create function virtual.now() returns timestamptz volatile language sql
        as 'select pg_catalog.now() + ahead from virtual.clock';
    `);
    const clock = new VirtualClock(pool);
    const now = Date.now.bind(Date);
    jest.spyOn(Date, 'now').mockImplementation(() => now() + clock.#aheadMs);
    return clock;
  }

  async advance(ms: number): Promise<void> {
    this.#aheadMs += ms;
    await this.#pool.query(`update virtual.clock set ahead = make_interval(secs => $1)`, [this.#aheadMs / 1_000]);
  }
}
