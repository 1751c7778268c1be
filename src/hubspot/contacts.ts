import { z } from 'zod';
import { emailSpellings, normaliseEmail } from '../meeting/mailboxes';
import { batcher } from './batching';
import { batchAnswer, crmRecord, inputUnanswered, type CrmRecord } from './batch-answers';
import { split, unique } from './objects';
import type { Portal } from './portal';
import { searchAll } from './search';
import { HUBSPOT_API_VERSION } from './transport';

const PROPERTIES = [
  'email',
  'hs_additional_emails',
  'firstname',
  'lastname',
  'phone',
  'jobtitle',
  'hubspot_owner_id',
  'lifecyclestage',
  'createdate',
];
const PATH = `/crm/objects/${HUBSPOT_API_VERSION}/contacts`;
/** One group of the five that a search may have finds primary addresses, the others one secondary address each. */
const ADDRESSES_PER_SEARCH = 4;

const records = batchAnswer(crmRecord);

/** Finds contacts by e-mail address, primary or secondary, whatever its case. */
export class Contacts {
  readonly #portal: Portal;
  readonly #byPrimary: (email: string) => Promise<CrmRecord | null>;
  readonly #bySearch: (email: string) => Promise<CrmRecord | null>;

  constructor(portal: Portal) {
    this.#portal = portal;
    this.#byPrimary = batcher(portal, {
      budget: 'requests',
      maxBatchSize: 100,
      send: (emails: readonly string[]) => this.#readByEmail(emails),
    });
    this.#bySearch = batcher(portal, {
      budget: 'search',
      maxBatchSize: ADDRESSES_PER_SEARCH,
      send: (emails: readonly string[]) => this.#search(emails),
    });
  }

  /**
   * The contact with this address, or null. The batch read is asked first: it is fresh and costs one call for a hundred
   * addresses. Whether it knows secondary addresses nobody promises, so what it does not find is searched for.
   */
  async byEmail(email: string): Promise<CrmRecord | null> {
    const spellings = emailSpellings(email);
    return (await this.#first(this.#byPrimary, spellings)) ?? (await this.#first(this.#bySearch, spellings));
  }

  /** A contact kept under `eva@münchen.example` is not found by the punycode of its domain, nor the other way round. */
  async #first(find: (email: string) => Promise<CrmRecord | null>, spellings: readonly string[]) {
    const found = await Promise.all(spellings.map(find));
    return found.find((contact) => contact !== null) ?? null;
  }

  async #readByEmail(emails: readonly string[]): Promise<(CrmRecord | null)[]> {
    const inputs = unique(emails).map((id) => ({ id }));
    const json = { idProperty: 'email', inputs, properties: PROPERTIES, propertiesWithHistory: [] };
    const { body } = await this.#portal.send({ method: 'POST', path: `${PATH}/batch/read`, json }, 'requests');
    const { results, errors } = records.parse(body);
    if (results.length === 0 && errors.length === 0) throw inputUnanswered(`POST ${PATH}/batch/read`);
    return emails.map((email) => contactWithAddress(results, email));
  }

  async #search(emails: readonly string[]): Promise<(CrmRecord | null)[]> {
    const addresses = unique(emails);
    const hits = await searchAll(this.#portal, 'contacts', PROPERTIES, [
      [{ propertyName: 'email', operator: 'IN', values: addresses }],
      ...addresses.map((value) => [
        { propertyName: 'hs_additional_emails', operator: 'CONTAINS_TOKEN' as const, value },
      ]),
    ]);
    return emails.map((email) => contactWithAddress(hits, email));
  }
}

/**
 * The contact that has the address: as its primary one if any has, else as a secondary one, the oldest of several.
 * Hits are compared again: a search matches by token and its index may lag behind the values that it shows.
 */
export function contactWithAddress(hits: readonly CrmRecord[], email: string): CrmRecord | null {
  const mailbox = normaliseEmail(email);
  const live = hits
    .filter((record) => !record.archived)
    .toSorted((a, b) => z.coerce.number().parse(a.id) - z.coerce.number().parse(b.id));
  return (
    live.find((record) => normaliseEmail(record.properties['email'] ?? '') === mailbox) ??
    live.find((record) => split(record.properties['hs_additional_emails']).map(normaliseEmail).includes(mailbox)) ??
    null
  );
}
