import type { ExternalParticipant } from '../meeting/people/participants';
import type { Db } from '../store/database';
import { namedBy } from '../store/inbox/named-records';
import type { SearchedBy, SearchedKey } from '../store/mirror/searched-answers';
import { searchedKeys } from './kept-searches';

/** Recorded: of records just made, search found half after five seconds and all after 28. */
const INDEX_LAG_MS = 30_000;

type Named = SearchedKey & { readonly recordId: string; readonly ageMs: number };

/** Records that events named by the addresses and domains of a meeting's people. */
export class NamedRecords {
  readonly #named: ReadonlyMap<string, readonly Named[]>;

  constructor(named: readonly Named[]) {
    this.#named = Map.groupBy(named, ({ kind, key }) => `${kind} ${key}`);
  }

  /** Ids of contacts by an address, of companies by a domain. They may have changed since: read them. */
  ids(kind: SearchedBy, key: string): string[] {
    return (this.#named.get(`${kind} ${key}`) ?? []).map(({ recordId }) => recordId);
  }

  /**
   * When to ask HubSpot again about people who were not found, in milliseconds: an event named one of them so lately that
   * the search index may not know it yet. Null when there is no such event.
   */
  againInMs(unmatched: readonly ExternalParticipant[]): number | null {
    const ages = searchedKeys(unmatched)
      .flatMap(({ kind, key }) => this.#named.get(`${kind} ${key}`) ?? [])
      .map(({ ageMs }) => ageMs)
      .filter((age) => age < INDEX_LAG_MS);
    return ages.length === 0 ? null : INDEX_LAG_MS - Math.min(...ages);
  }
}

/** What events named lately of these people. */
export async function namedRecordsOf(
  db: Db,
  portalId: number,
  people: readonly ExternalParticipant[],
): Promise<NamedRecords> {
  return new NamedRecords(await namedBy(db, portalId, searchedKeys(people)));
}
