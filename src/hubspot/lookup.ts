import type { CrmRecord } from './batch-answers';
import { HubSpotError } from './errors';
import type { Portal } from './portal';
import { fitsSearch, searchAll, type FilterGroup } from './search';
import { SearchQueue, type Asker } from './search-queue';

/** How records of a type are found by an address or domain. */
export interface LookupBy {
  readonly objectType: 'contacts' | 'companies';
  /** What the records are read with. */
  readonly properties: readonly string[];
  /** The property with the first address or domain. */
  readonly main: string;
  /** The property that lists the further ones. */
  readonly additional: string;
  /** A value that HubSpot takes and no record has. */
  readonly harmless: string;
  /** Every spelling under which HubSpot may have the value. */
  readonly spellings: (value: string) => readonly string[];
}

/** Finds records by addresses or domains, many in a search. */
export class Lookup {
  readonly #portal: Portal;
  readonly #by: LookupBy;
  readonly #queue: SearchQueue<readonly CrmRecord[]>;

  constructor(portal: Portal, by: LookupBy) {
    this.#portal = portal;
    this.#by = by;
    this.#queue = new SearchQueue(portal, {
      fits: (values) => fitsSearch(by.properties, this.#groups(values)),
      send: (values) => this.#search(values),
    });
  }

  /**
   * What a search for the value found. Searches match by token, several values share one, and the index lags behind the
   * values that it shows: compare every hit again.
   */
  hits(value: string, asker: Asker): Promise<readonly CrmRecord[]> {
    return this.#queue.ask(value, asker);
  }

  async #search(values: readonly string[]): Promise<(readonly CrmRecord[])[]> {
    const { objectType, properties } = this.#by;
    try {
      const hits = await searchAll(this.#portal, objectType, properties, this.#groups(values));
      return values.map(() => hits);
    } catch (error) {
      if (!isInvalid(error)) throw error;
      return await this.#apart(values, error);
    }
  }

  /** One value that HubSpot refuses must not cost the others their answers. */
  async #apart(values: readonly string[], refusal: HubSpotError): Promise<(readonly CrmRecord[])[]> {
    await this.#portal.slot('search');
    if (values.length > 1) {
      const middle = Math.ceil(values.length / 2);
      const first = await this.#search(values.slice(0, middle));
      await this.#portal.slot('search');
      return [...first, ...(await this.#search(values.slice(middle)))];
    }
    const { objectType, properties, harmless } = this.#by;
    try {
      await searchAll(this.#portal, objectType, properties, this.#groups([harmless]));
    } catch (error) {
      // The value is not at fault: HubSpot refuses such searches.
      throw isInvalid(error) ? refusal : error;
    }
    return [[]];
  }

  #groups(values: readonly string[]): FilterGroup[] {
    const { main, additional, spellings } = this.#by;
    const spelt = values.flatMap(spellings);
    return [
      [{ propertyName: main, operator: 'IN', values: spelt }],
      ...spelt.map((value) => [{ propertyName: additional, operator: 'CONTAINS_TOKEN' as const, value }]),
    ];
  }
}

function isInvalid(error: unknown): error is HubSpotError {
  return error instanceof HubSpotError && error.decision.do === 'refused' && error.decision.code === 'invalid';
}
