import type { CrmRecord } from '../client/batch-answers';
import { split } from '../objects';

/** The result of a probe, and for how many days it is valid. */
export interface LearnedForm {
  readonly takesLists: boolean;
  readonly days: number;
}

/** HubSpot showed that it accepts lists. */
export const PROVEN: LearnedForm = { takesLists: true, days: 30 };
/** HubSpot refused lists. */
export const REFUSED: LearnedForm = { takesLists: false, days: 30 };
/** HubSpot found nothing by lists: it reads them in another way, or the index lagged. */
const WITHOUT_EFFECT: LearnedForm = { takesLists: false, days: 7 };
/** No record can show it yet. */
export const UNPROVEN: LearnedForm = { takesLists: false, days: 1 };

const MOST_WITNESSES = 5;

/** A record that shows how `IN` reads a list, and the value to search for. */
export interface Witness {
  readonly id: string;
  readonly value: string;
  /** HubSpot has the value in another case than the search uses. */
  readonly hasCapitals: boolean;
}

/**
 * Picks records that show how `IN` reads a list property. A search by one of several values finds the record only if
 * `IN` compares each value. A record with a single value would also be found if `IN` compares the whole text. Records
 * with capitals go first: they show whether the case counts.
 *
 * @param normalised - converts a value to its spelling in searches
 */
export function witnesses(
  records: readonly CrmRecord[],
  property: string,
  normalised: (value: string) => string,
): Witness[] {
  return records
    .flatMap(({ id, archived, properties }): Witness[] => {
      const values = archived ? [] : split(properties[property]);
      const value = values.find((each) => each !== each.toLowerCase()) ?? values[0];
      if (value === undefined || values.length < 2) return [];
      return [{ id, value: normalised(value), hasCapitals: value !== value.toLowerCase() }];
    })
    .toSorted((a, b) => Number(b.hasCapitals) - Number(a.hasCapitals))
    .slice(0, MOST_WITNESSES);
}

/** Evaluates the answer to a search for the witnesses. An answer without hits proves nothing. */
export function learnedFrom(asked: readonly Witness[], found: ReadonlySet<string>): LearnedForm {
  const hits = asked.filter(({ id }) => found.has(id));
  const missed = asked.filter(({ id }) => !found.has(id));
  return hits.length > 0 && !missed.some(({ hasCapitals }) => hasCapitals) ? PROVEN : WITHOUT_EFFECT;
}
