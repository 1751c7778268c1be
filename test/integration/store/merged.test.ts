import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Db } from '../../../src/store/database';
import { merged } from '../../../src/store/merged';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();

/** A statement that doubles numbers and refuses negative ones. `sent` has the inputs of each statement. */
function doubling() {
  const sent: (readonly number[])[] = [];
  const double = merged(async (on: Db, inputs: readonly number[]): Promise<number[]> => {
    sent.push(inputs);
    const { rows } = await sql<{ doubled: number }>`
      select (sqrt(input) ^ 2 * 2)::float8 as doubled from unnest(${inputs}::float8[]) with ordinality as given (input, position)
      order by position
    `.execute(on);
    return rows.map(({ doubled }) => Math.round(doubled));
  });
  return { double, sent };
}

test('concurrent calls share a statement, and each gets its own answer', async () => {
  const { double, sent } = doubling();
  expect(await Promise.all([1, 2, 3, 3].map((input) => double(db, input)))).toEqual([2, 4, 6, 6]);
  expect(sent).toEqual([[1, 2, 3, 3]]);
});

test('calls that follow one another share none', async () => {
  const { double, sent } = doubling();
  expect(await double(db, 1)).toBe(2);
  expect(await double(db, 2)).toBe(4);
  expect(sent).toEqual([[1], [2]]);
});

test('an input that PostgreSQL refuses fails alone', async () => {
  const { double } = doubling();
  const results = await Promise.allSettled([1, -1, 3].map((input) => double(db, input)));
  expect(results).toMatchObject([{ value: 2 }, { status: 'rejected' }, { value: 6 }]);
});

test('a transaction sends its own statements', async () => {
  const { double, sent } = doubling();
  const inTransaction = db.transaction().execute((transaction) => double(transaction, 1));
  expect(await Promise.all([inTransaction, double(db, 2)])).toEqual([2, 4]);
  expect(sent).toHaveLength(2);
});
