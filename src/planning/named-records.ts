import type { ExternalParticipant } from '../meeting/people/participants';
import type { Db } from '../store/database';
import { namedBy } from '../store/inbox/named-records';
import type { SearchedBy, SearchedKey } from '../store/mirror/searched-answers';
import { searchedKeys } from './kept-searches';

/** Measured: of records just created, search found half after five seconds and all after 28. */
const INDEX_LAG_MS = 30_000;

type Named = SearchedKey & { readonly recordId: string; readonly ageMs: number };

/** Records that events reported for the addresses and domains of a meeting's people. */
export class NamedRecords {
  readonly #named: ReadonlyMap<string, readonly Named[]>;

  constructor(named: readonly Named[]) {
    this.#named = Map.groupBy(named, ({ kind, key }) => `${kind} ${key}`);
  }

  /** Returns ids of contacts by address, or of companies by domain. Read the records: they may have changed since. */
  ids(kind: SearchedBy, key: string): string[] {
    return (this.#named.get(`${kind} ${key}`) ?? []).map(({ recordId }) => recordId);
  }

  /**
   * Returns when to search HubSpot again for people who were not found, in milliseconds. A recent event named one of
   * them, and the search index may not contain the record yet. Null when there is no such event.
   */
  againInMs(unmatched: readonly ExternalParticipant[]): number | null {
    const ages = searchedKeys(unmatched)
      .flatMap(({ kind, key }) => this.#named.get(`${kind} ${key}`) ?? [])
      .map(({ ageMs }) => ageMs)
      .filter((age) => age < INDEX_LAG_MS);
    return ages.length === 0 ? null : INDEX_LAG_MS - Math.min(...ages);
  }
}

/** Returns the records that recent events reported for these people. */
export async function namedRecordsOf(
  db: Db,
  portalId: number,
  people: readonly ExternalParticipant[],
): Promise<NamedRecords> {
  return new NamedRecords(await namedBy(db, portalId, searchedKeys(people)));
}
