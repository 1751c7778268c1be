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

/** The outcome of one step. `crash`: the process dies before the step, or after the step took effect. */
export type Fate = 'done' | 'answer lost' | 'crash before' | 'crash after';

interface Pending {
  readonly name: string;
  /** Runs the step. Resolves once its effect is complete. */
  release(fate: Fate, choice: number): Promise<void>;
  /** Releases the locks and connections that the death of the process would release. */
  abandon(): void;
}

/**
 * One attempt of an activity, whose every call to HubSpot or the database waits until the test releases it. A test can
 * pause it between any two calls, let other attempts overtake it, or end it.
 */
export class Attempt {
  readonly #pending: Pending[] = [];
  #changed: () => void = () => undefined;
  #state: 'running' | 'crashed' | 'ended' = 'running';
  #result: { readonly value: unknown } | { readonly error: unknown } | null = null;

  get alive(): boolean {
    return this.#state === 'running';
  }

  /** The attempt's result. Null while it runs, and after a crash. */
  get result(): { readonly value: unknown } | { readonly error: unknown } | null {
    return this.#result;
  }

  /** Names of the steps that it waits for, for the messages of failed tests. */
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
   * Registers a step and waits until the test releases it.
   *
   * @param effect - performs the step; `choice` selects among its possible outcomes
   * @param lost - creates the error of a lost response
   * @param abandon - releases the step's locks and connections when the process dies
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

  /** Releases one of the waiting steps, and returns once the attempt waits again or is over. */
  async advance(which: number, fate: Fate, choice: number): Promise<void> {
    await this.settle();
    const [pending] = this.#pending.splice(which % Math.max(1, this.#pending.length), 1);
    if (pending === undefined) return;
    await pending.release(fate, choice);
    await this.settle();
  }

  /** Waits until the attempt waits for a step or is over. */
  async settle(): Promise<void> {
    // A released step continues in microtasks and after responses of the database.
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

/** The error with which PostgreSQL's client reports a broken connection. */
function connectionLost(): Error {
  return Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
}

/**
 * The real database for one attempt: every statement and every transaction is a step. A transaction takes effect as a
 * whole, between its beginning and the response to its commit.
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
    // Kysely also rolls back after a lost response to "commit" or "begin".
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
