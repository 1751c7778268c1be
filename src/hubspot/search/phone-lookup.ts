import { isPhoneNumber, nationalNumber, phoneSpellings } from '../../meeting/people/phones';
import type { CrmRecord } from '../client/batch-answers';
import { isRejected } from '../client/errors';
import type { Portal } from '../client/portal';
import { fitsSearch, searchAll, type FilterGroup } from './search';
import { SearchQueue, type Asker } from './search-queue';

const PROPERTIES = ['email', 'phone', 'mobilephone', 'createdate'];
/**
 * HubSpot stores both numbers of a contact a second time in a common form, "the area code and local number" ("Search
 * the CRM", phone numbers), and asks to search without the country code.
 */
const CALCULATED = ['hs_searchable_calculated_phone_number', 'hs_searchable_calculated_mobile_number'];

/** Finds contacts by phone number, many in one search. */
export class PhoneLookup {
  readonly #portal: Portal;
  readonly #queue: SearchQueue<readonly CrmRecord[]>;
  /** False once the account has refused the calculated properties. */
  #calculated = true;

  constructor(portal: Portal) {
    this.#portal = portal;
    this.#queue = new SearchQueue(portal, {
      fits: (numbers) => fitsSearch(PROPERTIES, this.#groups(numbers)),
      send: (numbers) => this.#search(numbers),
    });
  }

  /**
   * Finds all contacts with this number as phone or mobile phone.
   *
   * @param e164 - such as `+34600112233`
   */
  async contacts(e164: string, asker: Asker): Promise<CrmRecord[]> {
    const hits = await this.#queue.ask(e164, asker);
    return hits.filter(
      ({ archived, properties: { phone, mobilephone } }) =>
        !archived && [phone, mobilephone].some((text) => isPhoneNumber(text ?? '', e164)),
    );
  }

  async #search(numbers: readonly string[]): Promise<(readonly CrmRecord[])[]> {
    try {
      const hits = await searchAll(this.#portal, 'contacts', PROPERTIES, this.#groups(numbers));
      return numbers.map(() => hits);
    } catch (error) {
      if (!isRejected(error) || !this.#calculated) throw error;
      this.#calculated = false;
      await this.#portal.slot('search');
      return await this.#search(numbers);
    }
  }

  #groups(numbers: readonly string[]): FilterGroup[] {
    // With the calculated properties, the others are only a precaution and must not crowd a search.
    const spelt = numbers.flatMap((number) => phoneSpellings(number).slice(0, this.#calculated ? 2 : undefined));
    const national = numbers.map(nationalNumber);
    return [
      ...['phone', 'mobilephone'].map((propertyName) => ({ propertyName, values: spelt })),
      ...(this.#calculated ? CALCULATED.map((propertyName) => ({ propertyName, values: national })) : []),
    ].map(({ propertyName, values }) => [{ propertyName, operator: 'IN' as const, values }]);
  }
}
