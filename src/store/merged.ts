import DataLoader from 'dataloader';
import { sql } from 'kysely';
import type { Db } from './database';
import { isDatabaseUnavailable } from './failures';

/** A statement takes at most this many inputs. */
const MOST_INPUTS = 200;
/** From this many inputs on, more are expected soon. */
const MANY_INPUTS = 4;
/** Passes that work side by side rarely ask at the same moment. A pass takes seconds, so this wait costs it little. */
const LINGER_MS = 5;
/** Without a large statement for this time, inputs do not wait for others. */
const LATELY_MS = 100;

/**
 * At the end of a lateral query for each input, has PostgreSQL read it by index. It expects a thousand inputs, and would
 * rather read a whole table for them.
 */
export const BY_INDEX = sql`offset 0`;

/** Answers every input, at its position. */
type Statement<Input, Output> = (db: Db, inputs: readonly Input[]) => Promise<readonly Output[]>;

/**
 * Merges the inputs of concurrent calls into one statement, where a hundred passes in bulk would send one each. It begins
 * after all of its callers asked, so none gets older data than from a statement of its own. If it fails, each input is
 * sent alone. In a transaction, every call is a statement of its own.
 */
export function merged<Input, Output>(statement: Statement<Input, Output>): (db: Db, input: Input) => Promise<Output> {
  const loaders = new WeakMap<Db, DataLoader<Input, Output>>();
  return async (db, input) => {
    if (db.isTransaction) return await alone(statement, db, input);
    const loader = loaders.get(db) ?? merging(statement, db);
    loaders.set(db, loader);
    return await loader.load(input);
  };
}

function merging<Input, Output>(statement: Statement<Input, Output>, db: Db): DataLoader<Input, Output> {
  let manyAt = -Infinity;
  return new DataLoader<Input, Output>(
    async (inputs) => {
      if (inputs.length >= MANY_INPUTS) manyAt = performance.now();
      try {
        return await statement(db, inputs);
      } catch (error) {
        if (inputs.length === 1 || isDatabaseUnavailable(error)) throw error;
        return await Promise.all(inputs.map((input) => alone(statement, db, input).catch(asError)));
      }
    },
    {
      cache: false,
      maxBatchSize: MOST_INPUTS,
      batchScheduleFn: (dispatch) => {
        if (performance.now() - manyAt < LATELY_MS) setTimeout(dispatch, LINGER_MS);
        else setImmediate(dispatch);
      },
    },
  );
}

async function alone<Input, Output>(statement: Statement<Input, Output>, db: Db, input: Input): Promise<Output> {
  for (const output of await statement(db, [input])) return output;
  throw new Error('a statement answered no input');
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Rows by an id that several columns form. */
export function groupedBy<Row>(rows: readonly Row[], idOf: (row: Row) => string): (id: string) => readonly Row[] {
  const groups = Map.groupBy(rows, idOf);
  return (id) => groups.get(id) ?? [];
}
