import type { CrmRecord } from '../hubspot/client/batch-answers';
import { hasDomain } from '../hubspot/companies';
import { contactWithAddress } from '../hubspot/contacts';
import type { Crm } from '../hubspot/crm';
import type { Asker } from '../hubspot/search/search-queue';
import type { SearchedBy } from '../store/mirror/searched-answers';
import { isRejected, isRejectedOrForbidden } from '../hubspot/client/errors';
import { isCustomType, recordKey, type ObjectType, type RecordRef } from '../meeting/linking/cascade';
import type { KeptSearches } from './kept-searches';
import { presentRecord, type DeletedOrMergedAmong } from './present-record';

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

/**
 * Reads the CRM for one plan, or for several that should see the same CRM. Asks HubSpot each question once.
 *
 * @param deletedOrMergedAmong - selects deleted and merged records, which association reads may still return. Only those
 *   are read again, because reading every associated record would double a sync's calls
 * @param options - `asker`: for whom HubSpot is searched; `kept`: results of earlier searches; `named`: ids of records
 *   that events reported with an address or domain, which the search index may not have yet
 */
export function crmReader(
  crm: Crm,
  deletedOrMergedAmong: DeletedOrMergedAmong,
  { asker = {}, kept, named = () => [] }: ReaderOptions = {},
): CrmReader & { readonly refusals: ReaderRefusals } {
  const refusals = { types: new Map<ObjectType, string>(), addresses: new Map<string, string>() };
  const contacts = new Map<string, Promise<CrmRecord | null>>();
  const phones = new Map<string, Promise<readonly CrmRecord[]>>();
  const companies = new Map<string, Promise<readonly CrmRecord[]>>();
  const records = new Map<string, Promise<CrmRecord | null>>();
  const associated = new Map<string, Promise<readonly string[] | null>>();
  // A record of a custom type that cannot be read counts as present, because it is not known to be deleted.
  const record = (ref: RecordRef) =>
    once(records, recordKey(ref), () =>
      unlessTypeRefused(ref.objectType, { id: ref.id, properties: {}, archived: false }, () =>
        presentRecord(crm, deletedOrMergedAmong, ref),
      ),
    );
  return {
    refusals,
    contact: (email) => once(contacts, email, () => contact(email)),
    contactsByPhone: (e164) => once(phones, e164, () => crm.phones.contacts(e164, asker)),
    companies: (domain) => once(companies, domain, () => companiesOf(domain)),
    record,
    associated: (from, to) =>
      once(associated, `${recordKey(from)}>${to}`, () => unlessTypeRefused(to, null, () => live(from, to))),
  };

  async function unlessTypeRefused<Answer>(
    type: ObjectType,
    otherwise: Answer,
    ask: () => Promise<Answer>,
  ): Promise<Answer> {
    if (!isCustomType(type)) return await ask();
    if (refusals.types.has(type)) return otherwise;
    try {
      return await ask();
    } catch (error) {
      if (!isRejectedOrForbidden(error)) throw error;
      refusals.types.set(type, error.readableMessage);
      return otherwise;
    }
  }

  /** A batch read may refuse an address that a search accepts. */
  async function byPrimary(email: string): Promise<CrmRecord | null> {
    try {
      return await crm.contacts.byPrimary(email);
    } catch (error) {
      if (!isRejected(error)) throw error;
      refusals.addresses.set(email, error.readableMessage);
      return null;
    }
  }

  async function contact(email: string): Promise<CrmRecord | null> {
    const primary = await byPrimary(email);
    if (primary !== null) return primary;
    const fresh = contactWithAddress(await namedRecords('contacts', named('email', email)), email);
    if (fresh !== null) return fresh;
    const found = await searched('email', email, async () => {
      const secondary = await crm.contacts.bySearch(email, asker);
      return secondary === null ? [] : [secondary];
    });
    return found[0] ?? null;
  }

  async function companiesOf(domain: string): Promise<readonly CrmRecord[]> {
    const [found, fresh] = await Promise.all([
      searched('domain', domain, () => crm.companies.byDomain(domain, asker)),
      namedRecords('companies', named('domain', domain)),
    ]);
    const all = [...found, ...fresh.filter((company) => hasDomain(company, domain))];
    return [...new Map(all.map((company) => [company.id, company])).values()];
  }

  async function namedRecords(objectType: string, ids: readonly string[]): Promise<CrmRecord[]> {
    const read = await Promise.all(ids.map((id) => record({ objectType, id })));
    return read.filter((one) => one !== null);
  }

  async function searched(
    kind: SearchedBy,
    key: string,
    ask: () => Promise<readonly CrmRecord[]>,
  ): Promise<readonly CrmRecord[]> {
    const known = kept?.find(kind, key);
    if (known !== undefined) return known;
    const askedAt = performance.now();
    const answer = await ask();
    const asKept = answer.map(({ id, properties }) => ({
      id,
      properties: kind === 'email' ? when(properties) : properties,
    }));
    kept?.keep({ kind, key, records: asKept, askedMsAgo: performance.now() - askedAt });
    return answer;
  }

  async function live(from: RecordRef, to: ObjectType): Promise<string[]> {
    const ids = await crm.associations(from.objectType, to).of(from.id);
    const gone = await deletedOrMergedAmong(ids.map((id) => ({ objectType: to, id })));
    const present = await Promise.all(gone.map(async (ref) => [ref.id, (await record(ref))?.id ?? null] as const));
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

function once<Answer>(known: Map<string, Promise<Answer>>, key: string, ask: () => Promise<Answer>): Promise<Answer> {
  const answer = known.get(key) ?? ask();
  known.set(key, answer);
  return answer;
}

/** Stored results keep no personal data of a contact. */
function when({ createdate = null }: CrmRecord['properties']): CrmRecord['properties'] {
  return { createdate };
}
