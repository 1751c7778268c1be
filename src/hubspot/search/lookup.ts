import type { CrmRecord } from '../client/batch-answers';
import { isRejected, type HubSpotError } from '../client/errors';
import type { Portal } from '../client/portal';
import { fitsSearch, searchAll, searchFirst, type FilterGroup } from './search';
import { learnedFrom, REFUSED, UNPROVEN, witnesses, type LearnedForm } from './search-form';
import { SearchQueue, type Asker } from './search-queue';

/** How records of a type are found by an address or domain. */
export interface LookupBy {
  readonly objectType: 'contacts' | 'companies';
  /** Properties that the records are read with. */
  readonly properties: readonly string[];
  /** The property with the first address or domain. */
  readonly main: string;
  /** The property with the other addresses or domains, as a list. */
  readonly additional: string;
  /** A value that HubSpot accepts and no record has. */
  readonly harmless: string;
  /** Every spelling that HubSpot may have of the value. */
  readonly spellings: (value: string) => readonly string[];
}

/** Remembers for an account whether a search accepts many values of a list property at once. */
export interface SearchForms {
  /** Null if that is not known. */
  find(objectType: string): Promise<boolean | null>;
  save(objectType: string, learned: LearnedForm): Promise<void>;
}

/** With more questions than this at once, finding out whether lists work costs less than asking without them. */
const WORTH_LEARNING = 8;
/** Read again after this time: another worker may have learned it in the meantime. */
const FORM_KEPT_MS = 10 * 60_000;
/** Pause after a failed probe. */
const PROBE_AGAIN_MS = 60_000;

/** Finds records by addresses or domains, many in one search. */
export class Lookup {
  readonly #portal: Portal;
  readonly #by: LookupBy;
  readonly #forms: SearchForms;
  readonly #queue: SearchQueue<readonly CrmRecord[]>;
  #outstanding = 0;
  /** Whether one filter may contain many values. Null if that is not known: each value then needs one of a search's five groups. */
  #takesLists: boolean | null = null;
  #formUntil = 0;
  #reading: Promise<boolean | null> | null = null;
  #probing = false;

  constructor(portal: Portal, forms: SearchForms, by: LookupBy) {
    this.#portal = portal;
    this.#forms = forms;
    this.#by = by;
    this.#queue = new SearchQueue(portal, {
      fits: (values) => this.#fits(values),
      send: (values) => this.#search(values),
    });
  }

  /**
   * Returns the hits of a search that includes the value. Searches match by token, several values share one, and the
   * index lags behind the values that it shows. So compare every hit again.
   */
  async hits(value: string, asker: Asker): Promise<readonly CrmRecord[]> {
    this.#outstanding += 1;
    try {
      await this.#readForm();
      if (this.#outstanding > WORTH_LEARNING && this.#takesLists === null) void this.#probe();
      return await this.#queue.ask(value, asker);
    } finally {
      this.#outstanding -= 1;
    }
  }

  async #readForm(): Promise<void> {
    if (this.#formUntil > Date.now()) return;
    this.#reading ??= this.#forms.find(this.#by.objectType).finally(() => (this.#reading = null));
    const takesLists = await this.#reading;
    // A form learned in the meantime is newer.
    if (this.#formUntil <= Date.now()) this.#believe(takesLists);
  }

  #believe(takesLists: boolean | null): void {
    this.#takesLists = takesLists;
    this.#formUntil = Date.now() + FORM_KEPT_MS;
  }

  /** Learns the account's form beside the questions, which continue without lists in the meantime. */
  async #probe(): Promise<void> {
    if (this.#probing) return;
    this.#probing = true;
    try {
      await this.#learned(await this.#askForm());
    } catch {
      // The same failure also fails the questions, and is reported there.
      setTimeout(() => (this.#probing = false), PROBE_AGAIN_MS).unref();
      return;
    }
    this.#probing = false;
  }

  async #askForm(): Promise<LearnedForm> {
    const { objectType, main, additional, spellings } = this.#by;
    await this.#portal.slot('search');
    const some = await searchFirst(
      this.#portal,
      objectType,
      [main, additional],
      [[{ propertyName: additional, operator: 'HAS_PROPERTY' }]],
    );
    const asked = witnesses(some, additional, (value) => value.toLowerCase());
    if (asked.length === 0) return UNPROVEN;
    const values = asked.flatMap(({ value }) => spellings(value));
    await this.#portal.slot('search');
    try {
      const found = await searchFirst(
        this.#portal,
        objectType,
        [main, additional],
        [[{ propertyName: additional, operator: 'IN', values }]],
      );
      return learnedFrom(asked, new Set(found.map(({ id }) => id)));
    } catch (error) {
      if (isRejected(error, 'invalid')) return REFUSED;
      throw error;
    }
  }

  async #learned(form: LearnedForm): Promise<void> {
    this.#believe(form.takesLists);
    await this.#forms.save(this.#by.objectType, form);
  }

  /** Searches for values that fitted into one search. The form may have changed since. */
  async #search(values: readonly string[]): Promise<(readonly CrmRecord[])[]> {
    if (values.length > 1 && !this.#fits(values)) return await this.#halves(values);
    const { objectType, properties } = this.#by;
    try {
      const hits = await searchAll(this.#portal, objectType, properties, this.#groups(values));
      return values.map(() => hits);
    } catch (error) {
      if (!isRejected(error, 'invalid')) throw error;
      await this.#portal.slot('search');
      return await this.#apart(values, error);
    }
  }

  /**
   * Isolates a value that HubSpot refuses, so that the others still get their answers. A search for a harmless value
   * shows whether the values are the cause, or HubSpot refuses such searches altogether.
   */
  async #apart(values: readonly string[], refusal: HubSpotError): Promise<(readonly CrmRecord[])[]> {
    const isList = this.#takesLists === true;
    if (values.length > 1 && !isList) return await this.#halves(values);
    const takesHarmless = await this.#takes(this.#by.harmless);
    if (!takesHarmless && !isList) throw refusal;
    if (takesHarmless && values.length === 1) return [[]];
    if (!takesHarmless) await this.#learned(REFUSED);
    await this.#portal.slot('search');
    return values.length > 1 ? await this.#halves(values) : await this.#search(values);
  }

  /** Whether HubSpot accepts a search for this value. */
  async #takes(value: string): Promise<boolean> {
    const { objectType, properties } = this.#by;
    try {
      await searchFirst(this.#portal, objectType, properties, this.#groups([value]));
      return true;
    } catch (error) {
      if (isRejected(error, 'invalid')) return false;
      throw error;
    }
  }

  async #halves(values: readonly string[]): Promise<(readonly CrmRecord[])[]> {
    const middle = Math.ceil(values.length / 2);
    const first = await this.#search(values.slice(0, middle));
    await this.#portal.slot('search');
    return [...first, ...(await this.#search(values.slice(middle)))];
  }

  #fits(values: readonly string[]): boolean {
    return fitsSearch(this.#by.properties, this.#groups(values));
  }

  #groups(values: readonly string[]): FilterGroup[] {
    const { main, additional, spellings } = this.#by;
    const spelt = values.flatMap(spellings);
    return [
      [{ propertyName: main, operator: 'IN', values: spelt }],
      ...(this.#takesLists === true
        ? [[{ propertyName: additional, operator: 'IN' as const, values: spelt }]]
        : spelt.map((value) => [{ propertyName: additional, operator: 'CONTAINS_TOKEN' as const, value }])),
    ];
  }
}
