import { z } from 'zod';
import { InvalidInputError } from '../plumbing/validation';
import { lengthOf } from './outside-text';

/** The most characters of one answer. Agents refuse or cut longer ones. */
export const MOST_CHARACTERS = 24_000;

const NOT_A_CURSOR = 'is not a cursor of this tool: omit it to begin at the start';
/** A place far beyond every list. PostgreSQL accepts it as an offset. */
const MOST_OFFSET = 1_000_000;

const place = z.tuple([z.string(), z.int().min(0).max(MOST_OFFSET), z.string()]);

/** Where a list continues: which list, after how many entries, and of which version of the data. */
export interface Place {
  readonly list: string;
  readonly offset: number;
  readonly version: string;
}

/** One page of a list. `nextCursor` is null on the last page. */
export interface Page<Item> {
  readonly total: number;
  readonly items: Item[];
  readonly nextCursor: string | null;
}

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    total: z.number().int(),
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Continues the list; null when all is here' }),
  });

/** The argument of a tool that continues a list. */
export const cursorInput = z
  .string({ error: NOT_A_CURSOR })
  .min(1, { error: NOT_A_CURSOR })
  .max(1_000, { error: NOT_A_CURSOR })
  .optional()
  .meta({ description: 'nextCursor of the page before, with the same other arguments' });

/** The argument for the length of a page. */
export function limitInput(most: number, usual: number) {
  const error = `must be a whole number from 1 to ${most}`;
  return z
    .int({ error })
    .min(1, { error })
    .max(most, { error })
    .default(usual)
    .meta({ description: 'The most entries' });
}

export function cursorAt({ list, offset, version }: Place): string {
  return Buffer.from(JSON.stringify([list, offset, version])).toString('base64url');
}

/**
 * Reads a cursor.
 *
 * @param lists - the lists that the tool continues
 * @throws {@link InvalidInputError} for a text that is not a cursor of one of these lists
 */
export function placeAt(cursor: string, lists: readonly string[]): Place {
  const read = place.safeParse(parsed(cursor));
  if (!read.success || !lists.includes(read.data[0])) throw invalidCursor(NOT_A_CURSOR);
  const [list, offset, version] = read.data;
  return { list, offset, version };
}

/** The validation error of a cursor. */
export function invalidCursor(message: string): InvalidInputError {
  return new InvalidInputError('One field is not valid.', [{ path: 'cursor', message }]);
}

/**
 * The entries of a list from a place on, as many as fit. It has at least one entry, so that a reader always gets on.
 *
 * @param most - `count`: the most entries; `characters`: of the entries as JSON
 */
export function pageFrom<Item>(
  all: readonly Item[],
  from: Place,
  most: { readonly count: number; readonly characters: number },
): Page<Item> {
  const items: Item[] = [];
  let characters = 0;
  for (const item of all.slice(from.offset, from.offset + most.count)) {
    characters += lengthOf(item);
    if (items.length > 0 && characters > most.characters) break;
    items.push(item);
  }
  const next = from.offset + items.length;
  return {
    total: all.length,
    items,
    nextCursor: next < all.length ? cursorAt({ ...from, offset: next }) : null,
  };
}

/** Reads a page, and a shorter one while the answer is too long. Each page has its own cursor, so nothing is skipped. */
export async function withinLimit<Answer>(limit: number, read: (limit: number) => Promise<Answer>): Promise<Answer> {
  const answer = await read(limit);
  if (limit === 1 || lengthOf(answer) <= MOST_CHARACTERS) return answer;
  return await withinLimit(Math.floor(limit / 2), read);
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    return null;
  }
}
