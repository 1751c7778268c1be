import { compareIds } from '../meeting/linking/cascade';
import { emailSpellings, normaliseEmail } from '../meeting/people/mailboxes';
import { batcher } from './client/batching';
import { batchAnswer, crmRecord, type CrmRecord } from './client/batch-answers';
import { Lookup, type SearchForms } from './search/lookup';
import { split, unique } from './objects';
import type { Portal } from './client/portal';
import type { Asker } from './search/search-queue';
import { HUBSPOT_API_VERSION } from './client/transport';

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

const records = batchAnswer(crmRecord);

/** Finds contacts by e-mail address, primary or secondary, in any case. */
export class Contacts {
  readonly #portal: Portal;
  readonly #byPrimary: (email: string) => Promise<CrmRecord | null>;
  readonly #lookup: Lookup;

  constructor(portal: Portal, forms: SearchForms) {
    this.#portal = portal;
    this.#byPrimary = batcher(portal, {
      budget: 'requests',
      maxBatchSize: 100,
      send: (emails: readonly string[]) => this.#readByEmail(emails),
    });
    this.#lookup = new Lookup(portal, forms, {
      objectType: 'contacts',
      properties: PROPERTIES,
      main: 'email',
      additional: 'hs_additional_emails',
      harmless: 'nobody@example.com',
      spellings: emailSpellings,
    });
  }

  /**
   * Finds the contact with this address, or null, by batch read. The result is current, and one call reads a hundred
   * addresses.
   */
  async byPrimary(email: string): Promise<CrmRecord | null> {
    const found = await Promise.all(emailSpellings(email).map(this.#byPrimary));
    return found.find((contact) => contact !== null) ?? null;
  }

  /**
   * Finds the contact with this address, primary or secondary, or null, by search. No documentation says that the batch
   * read knows secondary addresses, so use this for addresses that it does not find.
   */
  async bySearch(email: string, asker: Asker): Promise<CrmRecord | null> {
    return contactWithAddress(await this.#lookup.hits(normaliseEmail(email), asker), email);
  }

  async #readByEmail(emails: readonly string[]): Promise<(CrmRecord | null)[]> {
    const inputs = unique(emails).map((id) => ({ id }));
    const json = { idProperty: 'email', inputs, properties: PROPERTIES, propertiesWithHistory: [] };
    const { body } = await this.#portal.send({ method: 'POST', path: `${PATH}/batch/read`, json }, 'requests');
    // Unknown addresses come as errors or are missing. In both cases a search decides.
    const { results } = records.parse(body);
    return emails.map(contactsByAddress(results));
  }
}

/**
 * Picks the contact that has the address: as its primary one if any has, else as a secondary one, the oldest of
 * several. Hits are compared again, because a search matches by token and its index may lag behind the values that it
 * shows.
 */
export function contactWithAddress(hits: readonly CrmRecord[], email: string): CrmRecord | null {
  return contactsByAddress(hits)(email);
}

/** Like {@link contactWithAddress}, for many addresses of the same hits. */
function contactsByAddress(hits: readonly CrmRecord[]): (email: string) => CrmRecord | null {
  const oldestFirst = hits.filter((record) => !record.archived).toSorted((a, b) => compareIds(a.id, b.id));
  const primary = new Map<string, CrmRecord>();
  const secondary = new Map<string, CrmRecord>();
  for (const record of oldestFirst) {
    note(primary, record.properties['email'] ?? '', record);
    for (const email of split(record.properties['hs_additional_emails'])) note(secondary, email, record);
  }
  return (email) => {
    const mailbox = normaliseEmail(email);
    return primary.get(mailbox) ?? secondary.get(mailbox) ?? null;
  };
}

/** The first record with an address keeps it. */
function note(mailboxes: Map<string, CrmRecord>, email: string, record: CrmRecord): void {
  const mailbox = normaliseEmail(email);
  if (!mailboxes.has(mailbox)) mailboxes.set(mailbox, record);
}
