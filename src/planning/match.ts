import type { CrmRecord } from '../hubspot/client/batch-answers';
import { timeOf } from '../hubspot/times';
import type { RecordRef } from '../meeting/linking/cascade';
import type { LeftOutRule } from '../meeting/linking/left-out';
import { isFreeMailDomain } from '../meeting/people/domains';
import { normaliseEmail } from '../meeting/people/mailboxes';
import type { ExternalParticipant, PersonWithoutAddress } from '../meeting/people/participants';
import type { Settings } from '../meeting/settings';
import type { PlanInput } from './input';
import type { CrmReader } from './reader';

const DAY_MS = 24 * 3_600_000;

/** The records that one external participant matches. */
export interface Match {
  readonly person: ExternalParticipant;
  readonly via: 'participant' | 'domain';
  readonly records: readonly RecordRef[];
  /** The companies among the records. */
  readonly companies: readonly CrmRecord[];
  /** Null for a matched person. */
  readonly leftOut: LeftOutRule | null;
}

/** The contact that one participant without an address matches. */
export interface PhoneMatch {
  readonly person: PersonWithoutAddress;
  readonly via: 'participant';
  readonly records: readonly RecordRef[];
  readonly leftOut: LeftOutRule | null;
}

/** What HubSpot has of one person. Companies are only read for a person without a contact. */
export interface Found {
  readonly contact: CrmRecord | null;
  readonly companies: readonly CrmRecord[];
}

/** What decides whether a person without a contact gets one. */
export type MatchRules = Pick<Settings, 'createMissingContacts' | 'freeMailDomains'> &
  Pick<PlanInput, 'requestedContacts'>;

/** The people in `unmatched` match only records that were in HubSpot by `ms`, a time in milliseconds. */
export interface MatchesUntil {
  readonly ms: number;
  readonly unmatched: ReadonlySet<string>;
}

/** Reads the person's contact, or else the companies of the address's domain, and matches them. */
export async function match(
  reader: CrmReader,
  { settings, requestedContacts }: Pick<PlanInput, 'settings' | 'requestedContacts'>,
  person: ExternalParticipant,
  until: MatchesUntil,
): Promise<Match> {
  const contact = await reader.contact(person.email);
  const companies = contact !== null || person.domain === null ? [] : await reader.companies(person.domain);
  return decideMatch(person, { contact, companies }, { ...settings, requestedContacts }, until);
}

/** Decides which of the found records a person matches. */
export function decideMatch(
  person: ExternalParticipant,
  { contact, companies }: Found,
  rules: MatchRules,
  { ms, unmatched }: MatchesUntil,
): Match {
  const { email, shared } = person;
  const late = unmatched.has(email);
  const inTime = (record: CrmRecord) => !late || (timeOf(record.properties['createdate']) ?? Infinity) <= ms;
  if (contact !== null && inTime(contact)) return matched(person, 'participant', [contact]);
  const timely = companies.filter(inTime);
  if (contact === null && rules.requestedContacts.has(email))
    return { ...matched(person, 'domain', timely), leftOut: 'would_be_created' };
  // People who were unknown for too long get no contact, even when a person changes the setting years later.
  if (rules.createMissingContacts === 'always' && contact === null && !shared && !late)
    return { ...matched(person, 'domain', timely), leftOut: 'would_be_created' };
  if (timely.length > 0) return matched(person, 'domain', timely);
  if (contact !== null || companies.length > 0) return unmatchedBecause(person, 'late_match');
  if (shared) return unmatchedBecause(person, 'shared_mailbox');
  if (rules.createMissingContacts === 'unknown_company' && !late) return unmatchedBecause(person, 'would_be_created');
  return unmatchedBecause(person, isFreeMailDomain(email, rules.freeMailDomains) ? 'free_mail' : 'no_crm_match');
}

function matched(person: ExternalParticipant, via: Match['via'], found: readonly CrmRecord[]): Match {
  const objectType = via === 'participant' ? 'contacts' : 'companies';
  const records = found.map(({ id }) => ({ objectType, id }));
  return { person, via, records, companies: via === 'domain' ? found : [], leftOut: null };
}

function unmatchedBecause(person: ExternalParticipant, leftOut: LeftOutRule): Match {
  return { person, via: 'domain', records: [], companies: [], leftOut };
}

/** Reads the contacts with the person's phone number, and matches one of them. */
export async function matchByPhone(reader: CrmReader, person: PersonWithoutAddress): Promise<PhoneMatch> {
  return decidePhoneMatch(person, person.e164 === undefined ? [] : await reader.contactsByPhone(person.e164));
}

/** Contacts often share a company's number, so a contact is matched by number only when it is the only one. */
export function decidePhoneMatch(person: PersonWithoutAddress, found: readonly CrmRecord[]): PhoneMatch {
  const [contact, ...others] = found;
  if (contact !== undefined && others.length === 0)
    return { person, via: 'participant', records: [{ objectType: 'contacts', id: contact.id }], leftOut: null };
  const leftOut =
    person.e164 === undefined ? 'no_address' : contact === undefined ? 'no_phone_match' : 'several_contacts';
  return { person, via: 'participant', records: [], leftOut };
}

/**
 * `lateMatchDays` applies to people whom an earlier pass did not find. After that period, no automatic pass (a nightly
 * reconciliation) matches them any more. A pass that a person requests does.
 */
export function matchesUntil({ row, settings, now }: PlanInput): MatchesUntil {
  const ms = row.accepted_at.getTime() + settings.lateMatchDays * DAY_MS;
  const over = now > ms && !row.rewrite;
  const addresses = row.unmatched.flatMap(({ email }) => (email === null ? [] : [normaliseEmail(email)]));
  return { ms, unmatched: new Set(over ? addresses : []) };
}
