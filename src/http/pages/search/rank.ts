import { foldText, searchWords } from './search-words';

/** A result with a name to compare with the query. */
interface Named {
  readonly name: string;
}

/**
 * The best results first: those whose name begins with the query, then those with a word of it, then the others; among
 * equals, short names first.
 */
export function ranked<Result extends Named>(results: readonly Result[], query: string): Result[] {
  return results
    .map((result) => ({ result, rank: rankOf(result.name, query) }))
    .toSorted(
      (a, b) =>
        a.rank - b.rank ||
        a.result.name.length - b.result.name.length ||
        a.result.name.localeCompare(b.result.name, 'en'),
    )
    .map(({ result }) => result);
}

/** How well a name fits: 0 is best. */
export function rankOf(name: string, query: string): number {
  const folded = foldText(name);
  const wanted = foldText(query).trim();
  if (folded === wanted) return 0;
  if (folded.startsWith(wanted)) return 1;
  const words = searchWords(name);
  const every = searchWords(query).every((word) => words.some((own) => own.startsWith(word)));
  return every ? 2 : 3;
}
