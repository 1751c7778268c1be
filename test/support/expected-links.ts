import type { Sandbox } from '../../sandbox/sandbox';

/**
 * Computes the links of a meeting from docs/reference.md, "Participants and the cascade rule", independently of the
 * product's code. It is simple rather than fast, and reads the sandbox's CRM directly.
 */

export type StandardType = 'contacts' | 'companies' | 'deals';
export type Via = 'participant' | 'domain' | 'cascade';

export interface ExpectedLinks {
  /** `contacts/123` → the rule that chose it. */
  readonly links: ReadonlyMap<string, Via>;
  /** `contacts/123>deals/456`: the pairs in which the first record may be named as the origin of the second. */
  readonly steps: ReadonlySet<string>;
  /** Addresses of external participants without a match, in lower case. */
  readonly unmatched: ReadonlySet<string>;
}

interface CrmRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

/** A snapshot of the live records of the sandbox's CRM and their associations. */
export interface CrmNow {
  readonly contacts: readonly CrmRecord[];
  readonly companies: readonly CrmRecord[];
  associated(type: StandardType, id: string, to: StandardType): readonly string[];
}

/** Reads the sandbox's CRM without archived and merged records. */
export function crmNow({ crm }: Pick<Sandbox, 'crm'>): CrmNow {
  return {
    contacts: crm.list('contacts'),
    companies: crm.list('companies'),
    associated: (type, id, to) =>
      crm
        .associations(type, id, to)
        .filter((other) => !other.archived)
        .map((other) => other.id),
  };
}

/** The parts of a meeting's body that determine its links. */
export interface MeetingPeople {
  readonly host: { readonly email: string };
  readonly participants: readonly {
    readonly email?: string | null | undefined;
    readonly internal?: boolean | null | undefined;
  }[];
}

/** @param ownDomains - the value of the setting `ownDomains` */
export function expectedLinks(crm: CrmNow, meeting: MeetingPeople, ownDomains: readonly string[] = []): ExpectedLinks {
  const links = new Map<string, Via>();
  const steps = new Set<string>();
  const unmatched = new Set<string>();

  for (const email of externalAddresses(meeting, ownDomains)) {
    const contact = contactOf(crm.contacts, email);
    if (contact !== undefined) {
      links.set(`contacts/${contact.id}`, 'participant');
      continue;
    }
    const domain = registrable(email);
    const companies = FREE_MAIL.has(domain)
      ? []
      : crm.companies.filter((company) => domainsOf(company).includes(domain));
    if (companies.length === 0) unmatched.add(email);
    for (const company of companies) links.set(`companies/${company.id}`, 'domain');
  }

  // Contacts go first, because companies are followed whether they were matched or reached from a contact.
  for (const [from, targets] of [
    ['contacts', ['companies', 'deals']],
    ['companies', ['deals']],
  ] as const) {
    const ids = [...links.keys()].filter((key) => key.startsWith(`${from}/`)).map((key) => key.slice(from.length + 1));
    for (const id of ids) {
      for (const to of targets) {
        for (const other of crm.associated(from, id, to)) {
          steps.add(`${from}/${id}>${to}/${other}`);
          if (!links.has(`${to}/${other}`)) links.set(`${to}/${other}`, 'cascade');
        }
      }
    }
  }
  return { links, steps, unmatched };
}

/** The addresses of external participants, each once, in lower case. */
function externalAddresses({ host, participants }: MeetingPeople, ownDomains: readonly string[]): Set<string> {
  const hostDomain = registrable(host.email.toLowerCase());
  const own = [...ownDomains, ...(FREE_MAIL.has(hostDomain) ? [] : [hostDomain])];
  const internal = new Set([host.email.toLowerCase()]);
  const addresses = new Set<string>();
  for (const person of participants) {
    if (!person.email) continue;
    const email = person.email.toLowerCase();
    const at = email.slice(email.lastIndexOf('@') + 1);
    if (person.internal === true || own.some((domain) => at === domain || at.endsWith(`.${domain}`)))
      internal.add(email);
    addresses.add(email);
  }
  for (const email of internal) addresses.delete(email);
  return addresses;
}

function contactOf(contacts: readonly CrmRecord[], email: string): CrmRecord | undefined {
  return (
    contacts.find(({ properties }) => properties['email']?.toLowerCase() === email) ??
    contacts.find(({ properties }) => listOf(properties['hs_additional_emails']).includes(email))
  );
}

function domainsOf({ properties }: CrmRecord): string[] {
  return [...listOf(properties['domain']), ...listOf(properties['hs_additional_domains'])];
}

function listOf(value: string | undefined): string[] {
  return (value ?? '').split(';').flatMap((part) => (part.trim() === '' ? [] : [part.trim().toLowerCase()]));
}

/** The parts of the public suffix list that the tests' addresses need. */
const LONG_SUFFIXES = ['co.uk', 'com.au'];

function registrable(address: string): string {
  const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
  return labels.slice(LONG_SUFFIXES.includes(labels.slice(-2).join('.')) ? -3 : -2).join('.');
}

/** The free-mail domains of the tests' addresses. */
const FREE_MAIL: ReadonlySet<string> = new Set(['gmail.com', 'yahoo.co.uk', 'gmx.de']);
