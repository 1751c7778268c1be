import { DatabaseSync } from 'node:sqlite';
import type { SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { TABLES } from './tables';

export type Row = Record<string, SQLOutputValue>;

/** One SQLite file or memory. It is synchronous, so a request's writes are complete before its response is sent. */
export class SandboxDatabase {
  private readonly connection: DatabaseSync;
  private readonly statements = new Map<string, StatementSync>();
  private depth = 0;
  private waiting: (() => void)[] = [];

  constructor(file: string) {
    this.connection = new DatabaseSync(file);
    // WAL with synchronous=NORMAL preserves every committed write through a SIGKILL of the program.
    this.connection.exec('PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=2000;');
    this.connection.exec(TABLES);
  }

  all(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.prepare(sql).all(...values);
  }

  get(sql: string, ...values: SQLInputValue[]): Row | undefined {
    return this.prepare(sql).get(...values);
  }

  /** Runs a write and returns the number of rows that it changed. */
  run(sql: string, ...values: SQLInputValue[]): number {
    return Number(this.prepare(sql).run(...values).changes);
  }

  /** Runs all of `work` or nothing of it. Inside another transaction it is a savepoint. */
  transaction<T>(work: () => T): T {
    const name = `level${this.depth}`;
    const waitingBefore = this.waiting.length;
    this.connection.exec(this.depth === 0 ? 'BEGIN IMMEDIATE' : `SAVEPOINT ${name}`);
    this.depth += 1;
    let result: T;
    try {
      result = work();
      this.connection.exec(this.depth === 1 ? 'COMMIT' : `RELEASE ${name}`);
      this.depth -= 1;
    } catch (error) {
      this.depth -= 1;
      this.waiting.length = waitingBefore;
      this.connection.exec(this.depth === 0 ? 'ROLLBACK' : `ROLLBACK TO ${name}; RELEASE ${name}`);
      throw error;
    }
    if (this.depth === 0) for (const each of this.waiting.splice(0)) each();
    return result;
  }

  /** Runs `work` after the current transaction is committed, and never if it is rolled back. */
  afterCommit(work: () => void): void {
    if (this.depth === 0) work();
    else this.waiting.push(work);
  }

  /** Counts up from `first`. HubSpot's ids are large numbers, so code that assumes 32 bits must fail here. */
  next(counter: string, first: number): number {
    const row = this.get(
      `INSERT INTO counters (name, value) VALUES (?, ?)
       ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value`,
      counter,
      first,
    );
    return integerIn(row, 'value');
  }

  close(): void {
    this.statements.clear();
    this.connection.close();
  }

  private prepare(sql: string): StatementSync {
    let statement = this.statements.get(sql);
    if (statement === undefined) {
      statement = this.connection.prepare(sql);
      this.statements.set(sql, statement);
    }
    return statement;
  }
}

/** The text in a column. @throws TypeError without a row or a text */
export function textIn(row: Row | undefined, column: string): string {
  const value = row?.[column];
  if (typeof value !== 'string') throw new TypeError(`Column ${column} holds no text`);
  return value;
}

/** The text in a column, or null. */
export function optionalTextIn(row: Row | undefined, column: string): string | null {
  const value = row?.[column];
  return typeof value === 'string' ? value : null;
}

/** The number in a column. @throws TypeError without a row or a number */
export function integerIn(row: Row | undefined, column: string): number {
  const value = row?.[column];
  if (typeof value !== 'number') throw new TypeError(`Column ${column} holds no number`);
  return value;
}

/** The number in a column, or null. */
export function optionalIntegerIn(row: Row | undefined, column: string): number | null {
  const value = row?.[column];
  return typeof value === 'number' ? value : null;
}
