import {
  PostgresDialect,
  Kysely,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  type TransactionSettings,
} from 'kysely';
import type { Pool } from 'pg';
import type { Database } from '../../../src/store/schema';

/** What becomes of one step of an attempt. `crash`: the process ends, before the step or after it took effect. */
export type Fate = 'done' | 'answer lost' | 'crash before' | 'crash after';

interface Pending {
  readonly name: string;
  /** Lets it happen. Settles once nothing more happens by itself. */
  release(fate: Fate, choice: number): Promise<void>;
  /** Gives back what a process that is no more would have held. */
  abandon(): void;
}

/**
 * One attempt of an activity whose every touch of the world outside waits until the test lets it happen: so a test can
 * stop it between any two of them, let others overtake it, or end it for good.
 */
export class Attempt {
  readonly #pending: Pending[] = [];
  #changed: () => void = () => undefined;
  #state: 'running' | 'crashed' | 'ended' = 'running';
  #result: { readonly value: unknown } | { readonly error: unknown } | null = null;

  get alive(): boolean {
    return this.#state === 'running';
  }

  /** What it came to; null while it runs, and for ever once it crashed. */
  get result(): { readonly value: unknown } | { readonly error: unknown } | null {
    return this.#result;
  }

  /** Names of the steps that it waits for, for a failing test. */
  get waitsFor(): string[] {
    return this.#pending.map(({ name }) => name);
  }

  run(work: () => Promise<unknown>): void {
    const end = (result: Attempt['result']) => {
      if (this.#state === 'running') {
        this.#state = 'ended';
        this.#result = result;
      }
      this.#changed();
    };
    work().then(
      (value) => end({ value }),
      (error: unknown) => end({ error }),
    );
  }

  /**
   * A step of the attempt.
   *
   * @param effect - what it does in the world; `choice` is the test's for steps that have several outcomes
   * @param lost - the error that stands for a lost answer
   * @param abandon - gives back what the step holds when the process dies
   */
  step<Value>(
    name: string,
    effect: (choice: number) => Promise<Value> | Value,
    { lost, abandon = () => undefined }: { lost: () => Error; abandon?: () => void },
  ): Promise<Value> {
    if (this.#state === 'crashed') {
      abandon();
      return never();
    }
    return new Promise<Value>((resolve, reject) => {
      this.#pending.push({
        name,
        abandon,
        release: async (fate, choice) => {
          if (fate === 'crash before') return this.#crash(abandon);
          const outcome = await Promise.resolve()
            .then(() => effect(choice))
            .then(
              (value) => ({ value }),
              (error: unknown) => ({ error }),
            );
          if (fate === 'crash after') return this.#crash(abandon);
          if (fate === 'answer lost') reject(lost());
          else if ('error' in outcome) reject(outcome.error);
          else resolve(outcome.value);
        },
      });
      this.#changed();
    });
  }

  /** Lets one of the waiting steps happen, and returns once the attempt waits again or is over. */
  async advance(which: number, fate: Fate, choice: number): Promise<void> {
    await this.rest();
    const [pending] = this.#pending.splice(which % Math.max(1, this.#pending.length), 1);
    if (pending === undefined) return;
    await pending.release(fate, choice);
    await this.rest();
  }

  /** Waits until the attempt waits for a step or is over. */
  async rest(): Promise<void> {
    // What a step set free goes on in microtasks and in answers of the database.
    for (let turn = 0; turn < 3; turn += 1) await nextTurn();
    while (this.#state === 'running' && this.#pending.length === 0) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
      await nextTurn();
    }
  }

  #crash(abandon: () => void): void {
    this.#state = 'crashed';
    abandon();
    for (const pending of this.#pending.splice(0)) pending.abandon();
    this.#changed();
  }
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

function never<Value>(): Promise<Value> {
  return new Promise(() => undefined);
}

/** As PostgreSQL's client reports a connection that broke. */
function connectionLost(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/**
 * The real database as one attempt reaches it: every statement and every transaction is a step. A transaction takes
 * effect as a whole, between its beginning and the answer to its commit.
 */
export function steppedDatabase(pool: Pool, attempt: Attempt): Kysely<Database> {
  const inner = new PostgresDialect({ pool });
  const dialect: Dialect = {
    createAdapter: () => inner.createAdapter(),
    createIntrospector: (db) => inner.createIntrospector(db),
    createQueryCompiler: () => inner.createQueryCompiler(),
    createDriver: () => new SteppedDriver(inner.createDriver(), attempt),
  };
  return new Kysely<Database>({ dialect });
}

class SteppedConnection implements DatabaseConnection {
  inTransaction = false;
  #released = false;

  constructor(
    readonly inner: DatabaseConnection,
    readonly driver: Driver,
    readonly attempt: Attempt,
  ) {}

  executeQuery<Row>(query: Parameters<DatabaseConnection['executeQuery']>[0]): Promise<QueryResult<Row>> {
    if (this.inTransaction) return this.inner.executeQuery<Row>(query);
    const [verb = ''] = query.sql.trim().split(/\s/);
    const table = /(?:from|into|update) "?(\w+)/i.exec(query.sql)?.[1] ?? '';
    return this.step(`${verb} ${table}`, () => this.inner.executeQuery<Row>(query));
  }

  step<Value>(name: string, effect: () => Promise<Value> | Value): Promise<Value> {
    return this.attempt.step(name, effect, { lost: connectionLost, abandon: () => this.release() });
  }

  streamQuery(): never {
    throw new Error('no activity streams');
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    void this.driver.releaseConnection(this.inner);
  }
}

class SteppedDriver implements Driver {
  constructor(
    readonly inner: Driver,
    readonly attempt: Attempt,
  ) {}

  init(): Promise<void> {
    return this.inner.init();
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    return new SteppedConnection(await this.inner.acquireConnection(), this.inner, this.attempt);
  }

  async beginTransaction(connection: DatabaseConnection, settings: TransactionSettings): Promise<void> {
    const stepped = ours(connection);
    await stepped.step('begin', () => undefined);
    await this.inner.beginTransaction(stepped.inner, settings);
    stepped.inTransaction = true;
  }

  async commitTransaction(connection: DatabaseConnection): Promise<void> {
    const stepped = ours(connection);
    await this.inner.commitTransaction(stepped.inner);
    stepped.inTransaction = false;
    await stepped.step('committed', () => undefined);
  }

  async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    const stepped = ours(connection);
    // Kysely rolls back after a lost answer to a commit as well, and after one to "begin".
    if (stepped.inTransaction) await this.inner.rollbackTransaction(stepped.inner);
    stepped.inTransaction = false;
  }

  releaseConnection(connection: DatabaseConnection): Promise<void> {
    ours(connection).release();
    return Promise.resolve();
  }

  destroy(): Promise<void> {
    return Promise.resolve();
  }
}

function ours(connection: DatabaseConnection): SteppedConnection {
  if (connection instanceof SteppedConnection) return connection;
  throw new Error('a connection of another driver');
}
