import DataLoader from 'dataloader';
import type { CrmRecord } from '../hubspot/client/batch-answers';
import { hasDomain } from '../hubspot/companies';
import { contactWithAddress } from '../hubspot/contacts';
import type { Crm } from '../hubspot/crm';
import type { Asker } from '../hubspot/search/search-queue';
import type { SearchedBy } from '../store/mirror/searched-answers';
import { isRejected } from '../hubspot/client/errors';
import { recordKey, type ObjectType, type RecordRef } from '../meeting/linking/cascade';
import type { KeptSearches } from './kept-searches';
import { presentRecord, type DeletedOrMergedAmong } from './present-record';
import { unlessTypeRefused } from './refused-types';

/** The HubSpot reads that a plan needs. A plan never writes. */
export interface CrmReader {
  /** The contact with this address, primary or secondary, or null. */
  contact(email: string): Promise<CrmRecord | null>;
  /** All contacts with this phone number, in E.164. */
  contactsByPhone(e164: string): Promise<readonly CrmRecord[]>;
  /** All companies with this registrable domain. */
  companies(domain: string): Promise<readonly CrmRecord[]>;
  /** The record under its present id, or null when it is deleted. */
  record(ref: RecordRef): Promise<CrmRecord | null>;
  /** Ids of all records of a type that are associated with `from`; null when HubSpot refuses to return those of a custom type. */
  associated(from: RecordRef, to: ObjectType): Promise<readonly string[] | null>;
}

/** HubSpot's messages about reads that it refused. A plan continues without them. */
export interface ReaderRefusals {
  /** By custom object type that was deleted or whose permission was revoked. */
  readonly types: ReadonlyMap<ObjectType, string>;
  /** By e-mail address. */
  readonly addresses: ReadonlyMap<string, string>;
}

export interface ReaderOptions {
  readonly asker?: Asker;
  readonly kept?: KeptSearches;
  readonly named?: (kind: SearchedBy, key: string) => readonly string[];
}

/** Reads the CRM for one plan, or for several that should see the same CRM. Asks HubSpot each question once. */
export class HubSpotReader implements CrmReader {
  readonly #crm: Crm;
  readonly #deletedOrMergedAmong: DeletedOrMergedAmong;
  /** Selects for all answers of a batch at once. */
  readonly #deletedOrMerged: DataLoader<RecordRef, RecordRef | null>;
  readonly #options: ReaderOptions;
  readonly #refusedTypes = new Map<ObjectType, string>();
  readonly #refusedAddresses = new Map<string, string>();
  readonly #contacts = new Map<string, Promise<CrmRecord | null>>();
  readonly #phones = new Map<string, Promise<readonly CrmRecord[]>>();
  readonly #companies = new Map<string, Promise<readonly CrmRecord[]>>();
  readonly #records = new Map<string, Promise<CrmRecord | null>>();
  readonly #associated = new Map<string, Promise<readonly string[] | null>>();

  /**
   * @param deletedOrMergedAmong - selects deleted and merged records, which association reads may still return. Only
   *   those are read again, because reading every associated record would double a sync's calls
   * @param options - `asker`: for whom HubSpot is searched; `kept`: results of earlier searches; `named`: ids of records
   *   that events reported with an address or domain, which the search index may not have yet
   */
  constructor(crm: Crm, deletedOrMergedAmong: DeletedOrMergedAmong, options: ReaderOptions = {}) {
    this.#crm = crm;
    this.#deletedOrMergedAmong = deletedOrMergedAmong;
    this.#deletedOrMerged = selecting(deletedOrMergedAmong);
    this.#options = options;
  }

  get refusals(): ReaderRefusals {
    return { types: this.#refusedTypes, addresses: this.#refusedAddresses };
  }

  contact(email: string): Promise<CrmRecord | null> {
    return once(this.#contacts, email, () => this.#contact(email));
  }

  contactsByPhone(e164: string): Promise<readonly CrmRecord[]> {
    return once(this.#phones, e164, () => this.#crm.phones.contacts(e164, this.#options.asker ?? {}));
  }

  companies(domain: string): Promise<readonly CrmRecord[]> {
    return once(this.#companies, domain, () => this.#companiesOf(domain));
  }

  record(ref: RecordRef): Promise<CrmRecord | null> {
    // A record of a custom type that cannot be read counts as present, because it is not known to be deleted.
    const unread = { id: ref.id, properties: {}, archived: false };
    const read = () => presentRecord(this.#crm, this.#deletedOrMergedAmong, ref);
    return once(this.#records, recordKey(ref), () => this.#unlessTypeRefused(ref.objectType, unread, read));
  }

  associated(from: RecordRef, to: ObjectType): Promise<readonly string[] | null> {
    const read = () => this.#presentAssociated(from, to);
    return once(this.#associated, `${recordKey(from)}>${to}`, () => this.#unlessTypeRefused(to, null, read));
  }

  async #unlessTypeRefused<Answer>(type: ObjectType, otherwise: Answer, read: () => Promise<Answer>): Promise<Answer> {
    if (this.#refusedTypes.has(type)) return otherwise;
    return await unlessTypeRefused(type, read, (message) => {
      this.#refusedTypes.set(type, message);
      return otherwise;
    });
  }

  async #contact(email: string): Promise<CrmRecord | null> {
    const primary = await this.#byPrimary(email);
    if (primary !== null) return primary;
    const named = contactWithAddress(await this.#namedRecords('contacts', 'email', email), email);
    if (named !== null) return named;
    const found = await this.#searched('email', email, async () => {
      const secondary = await this.#crm.contacts.bySearch(email, this.#options.asker ?? {});
      return secondary === null ? [] : [secondary];
    });
    return found[0] ?? null;
  }

  /** A batch read may refuse an address that a search accepts. */
  async #byPrimary(email: string): Promise<CrmRecord | null> {
    try {
      return await this.#crm.contacts.byPrimary(email);
    } catch (error) {
      if (!isRejected(error)) throw error;
      this.#refusedAddresses.set(email, error.readableMessage);
      return null;
    }
  }

  async #companiesOf(domain: string): Promise<readonly CrmRecord[]> {
    const [found, named] = await Promise.all([
      this.#searched('domain', domain, () => this.#crm.companies.byDomain(domain, this.#options.asker ?? {})),
      this.#namedRecords('companies', 'domain', domain),
    ]);
    const all = [...found, ...named.filter((company) => hasDomain(company, domain))];
    return [...new Map(all.map((company) => [company.id, company])).values()];
  }

  async #namedRecords(objectType: ObjectType, kind: SearchedBy, key: string): Promise<CrmRecord[]> {
    const ids = this.#options.named?.(kind, key) ?? [];
    const read = await Promise.all(ids.map((id) => this.record({ objectType, id })));
    return read.filter((one) => one !== null);
  }

  async #searched(
    kind: SearchedBy,
    key: string,
    search: () => Promise<readonly CrmRecord[]>,
  ): Promise<readonly CrmRecord[]> {
    const { kept } = this.#options;
    const known = kept?.find(kind, key);
    if (known !== undefined) return known;
    const askedAt = performance.now();
    const found = await search();
    const records = found.map(({ id, properties }) => ({
      id,
      properties: kind === 'email' ? withoutPersonalData(properties) : properties,
    }));
    kept?.keep({ kind, key, records, askedMsAgo: performance.now() - askedAt });
    return found;
  }

  async #presentAssociated(from: RecordRef, to: ObjectType): Promise<string[]> {
    const ids = await this.#crm.associations(from.objectType, to).of(from.id);
    const among = await Promise.all(ids.map((id) => this.#deletedOrMerged.load({ objectType: to, id })));
    const gone = among.filter((ref) => ref !== null);
    const present = await Promise.all(gone.map(async (ref) => [ref.id, (await this.record(ref))?.id ?? null] as const));
    const now = new Map(present);
    return [...new Set(ids.flatMap((id) => (now.has(id) ? (now.get(id) ?? []) : id)))];
  }
}

/** The plan needs too many HubSpot reads for a page that a person waits for. */
export class TooMuchToReadError extends Error {
  override readonly name = 'TooMuchToReadError';
}

/** Allows a limited number of reads, and throws {@link TooMuchToReadError} at the next one. */
export function boundedReader(
  reader: CrmReader,
  limits: { readonly matches: number; readonly records: number },
): CrmReader {
  let { matches, records } = limits;
  const match = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    matches-- > 0 ? ask() : Promise.reject(new TooMuchToReadError('too many participants'));
  const read = <Answer>(ask: () => Promise<Answer>): Promise<Answer> =>
    records-- > 0 ? ask() : Promise.reject(new TooMuchToReadError('too many records'));
  return {
    contact: (email) => match(() => reader.contact(email)),
    contactsByPhone: (e164) => match(() => reader.contactsByPhone(e164)),
    companies: (domain) => match(() => reader.companies(domain)),
    record: (ref) => read(() => reader.record(ref)),
    associated: (from, to) => read(() => reader.associated(from, to)),
  };
}

/** Nothing is cached: a record may be deleted between two batches. */
function selecting(among: DeletedOrMergedAmong): DataLoader<RecordRef, RecordRef | null> {
  return new DataLoader<RecordRef, RecordRef | null>(
    async (refs) => {
      const found = new Map((await among(refs)).map((ref) => [recordKey(ref), ref]));
      return refs.map((ref) => found.get(recordKey(ref)) ?? null);
    },
    { cache: false },
  );
}

function once<Answer>(known: Map<string, Promise<Answer>>, key: string, ask: () => Promise<Answer>): Promise<Answer> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

/** Stored results of searches for an address keep no personal data of the contact. */
function withoutPersonalData({ createdate = null }: CrmRecord['properties']): CrmRecord['properties'] {
  return { createdate };
}
