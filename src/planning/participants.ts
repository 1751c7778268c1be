import type { CrmRecord } from '../hubspot/client/batch-answers';
import { BudgetExhaustedError, isBusy } from '../hubspot/client/limiter';
import { timeOf } from '../hubspot/times';
import { rootLinks, type RecordRef, type Roots } from '../meeting/linking/cascade';
import { isFreeMailDomain } from '../meeting/people/domains';
import { personLeftOut, recordLeftOut, type LeftOut, type LeftOutRule } from '../meeting/linking/left-out';
import {
  asUnmatched,
  matchableParticipants,
  skipReasonWithoutRoots,
  unmatchedPeople,
  type ExternalParticipant,
  type MeetingPeople,
  type PersonWithoutAddress,
} from '../meeting/people/participants';
import { normaliseEmail } from '../meeting/people/mailboxes';
import { excludedBy, forbiddenBy } from '../meeting/settings';
import type { Skip } from '../meeting/skips';
import type { UnmatchedPerson } from '../meeting/status';
import { currentChoices } from './choices';
import type { PlanInput } from './input';
import type { CrmReader } from './reader';

const DAY_MS = 24 * 3_600_000;
const NO_ROOTS: Roots = { manual: [], participant: [], domain: [] };

/** A participant for whom a contact is to be created, and the companies of the address's domain. */
export interface MissingContact {
  readonly person: ExternalParticipant;
  readonly companies: readonly CrmRecord[];
}

/** The participants that HubSpot knows, and the roots of the meeting's links. */
export interface ParticipantPlan {
  readonly people: MeetingPeople;
  readonly roots: Roots;
  /** Participants for whom the sync creates a contact. Each contact becomes a root. */
  readonly toCreate: readonly MissingContact[];
  readonly unmatched: readonly UnmatchedPerson[];
  readonly leftOut: readonly LeftOut[];
  /**
   * Set when nothing is to be written. The people were searched for anyway, unless a setting or policy excludes the
   * meeting.
   */
  readonly skip: Skip | null;
  /** The value of `skip` when HubSpot accepts none of the contacts. */
  readonly skipWithoutContacts: Skip | null;
}

/**
 * Finds the contact of every external participant, or else the companies of their domain (docs/reference.md,
 * "Participants and the cascade rule"). Records that people linked by hand are also roots; records that they unlinked
 * are not.
 *
 * Reasons to skip a meeting, strongest first: it is private, or among colleagues alone with `externalOnly` on;
 * `minimumMinutes` and `excludedTitleWords`, which a link by hand overrides; nothing remains to link to.
 */
export async function planParticipants(reader: CrmReader, input: PlanInput): Promise<ParticipantPlan> {
  const { meeting, settings } = input;
  const people = matchableParticipants(meeting, settings);
  const neverMatched = [
    ...people.internal.map((person) => personLeftOut('internal', person)),
    ...people.noPeople.map((one) => personLeftOut(one.kind, one)),
  ];
  const skipped = (skip: Skip): ParticipantPlan => ({
    people,
    roots: NO_ROOTS,
    toCreate: [],
    unmatched: [],
    leftOut: neverMatched,
    skip,
    skipWithoutContacts: skip,
  });
  const excluded = (setting: string) => skipped({ code: 'meeting_excluded', setting });
  if (meeting.private === true) return skipped({ code: 'private' });
  const forbidden = forbiddenBy(people, settings);
  if (forbidden !== null) return excluded(forbidden);
  const { linked, unlinked, gone } = await currentChoices(reader, input);
  const setting = excludedBy(meeting, settings);
  if (setting !== null && linked.length === 0) return excluded(setting);

  const closedAt = matchesUntil(input);
  const matches = await allOf(people.external.map((person) => match(reader, input, person, closedAt)));
  const phones = await Promise.all(people.withoutAddress.map((person) => matchByPhone(reader, person)));
  const of = (via: Match['via']) =>
    unique(
      [...matches.filter((found) => found.via === via), ...phones.filter((found) => found.via === via)].flatMap(
        ({ records }) => records,
      ),
    );
  const roots: Roots = { manual: linked, participant: of('participant'), domain: of('domain') };
  const toCreate = matches.filter(({ leftOut }) => leftOut === 'would_be_created');
  const known = matches.filter(({ leftOut }) => leftOut === null || leftOut === 'would_be_created');
  const skipWithoutContacts: Skip | null =
    rootLinks(roots, unlinked).length > 0
      ? null
      : { code: unlinked.length > 0 ? 'unlinked_by_hand' : skipReasonWithoutRoots(people) };
  return {
    people,
    roots,
    toCreate,
    unmatched: unmatchedPeople(
      people,
      new Set(known.map(({ person }) => person.email)),
      new Set(phones.flatMap(({ person, leftOut }) => (leftOut === null ? (person.e164 ?? []) : []))),
    ),
    leftOut: [
      ...unlinked.map((record) => recordLeftOut('unlinked_by_hand', record)),
      ...gone.map((record) => recordLeftOut('archived', record)),
      ...matches.flatMap(({ person, leftOut }) =>
        leftOut === null ? [] : [personLeftOut(leftOut, asUnmatched(person))],
      ),
      ...phones.flatMap(({ person, leftOut }) => (leftOut === null ? [] : [personLeftOut(leftOut, person)])),
      ...neverMatched,
    ],
    skip: toCreate.length > 0 ? null : skipWithoutContacts,
    skipWithoutContacts,
  };
}

/** Thrown when searches had to stop before all people were looked up. The results so far are kept. */
export class LookUpUnfinishedError extends BudgetExhaustedError {
  constructor(
    /** How many people have been looked up. */
    readonly lookedUp: number,
    readonly of: number,
    retryMs: number,
  ) {
    super('search', retryMs, null);
  }
}

/** Returns every match. Waits for all of them, so that no result is lost when another fails. */
async function allOf(matches: readonly Promise<Match>[]): Promise<Match[]> {
  const settled = await Promise.allSettled(matches);
  const failures = settled.flatMap((each) => (each.status === 'rejected' ? [each.reason as unknown] : []));
  const unfinished = failures.filter((error) => error instanceof BudgetExhaustedError).filter(isSearch);
  const [other] = failures.filter((error) => !unfinished.some((each) => each === error));
  if (other !== undefined) throw other;
  if (unfinished.length > 0)
    throw new LookUpUnfinishedError(
      settled.length - unfinished.length,
      settled.length,
      Math.max(...unfinished.map(({ retryMs }) => retryMs)),
    );
  return settled.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

function isSearch({ budget, closed }: BudgetExhaustedError): boolean {
  return budget === 'search' && isBusy(closed);
}

interface Match {
  readonly person: ExternalParticipant;
  readonly via: 'participant' | 'domain';
  readonly records: readonly RecordRef[];
  /** The companies among the records. */
  readonly companies: readonly CrmRecord[];
  /** Null for a matched person. */
  readonly leftOut: LeftOutRule | null;
}

async function match(
  reader: CrmReader,
  { settings }: PlanInput,
  person: ExternalParticipant,
  { ms, unmatched }: MatchesUntil,
): Promise<Match> {
  const { email, domain, shared } = person;
  const late = unmatched.has(email);
  const inTime = (record: CrmRecord) => !late || (timeOf(record.properties['createdate']) ?? Infinity) <= ms;
  const contact = await reader.contact(email);
  if (contact !== null && inTime(contact)) return found('participant', 'contacts', [contact]);
  const companies = contact !== null || domain === null ? [] : await reader.companies(domain);
  const timely = companies.filter(inTime);
  // People who were unknown for too long get no contact, even when a person changes the setting years later.
  if (settings.createMissingContacts === 'always' && contact === null && !shared && !late)
    return { ...found('domain', 'companies', timely), leftOut: 'would_be_created' };
  if (timely.length > 0) return found('domain', 'companies', timely);
  if (contact !== null || companies.length > 0) return unmatchedBecause('late_match');
  if (shared) return unmatchedBecause('shared_mailbox');
  if (settings.createMissingContacts === 'unknown_company' && !late) return unmatchedBecause('would_be_created');
  return unmatchedBecause(isFreeMailDomain(email, settings.freeMailDomains) ? 'free_mail' : 'no_crm_match');

  function found(via: Match['via'], objectType: string, records: readonly CrmRecord[]): Match {
    const refs = records.map(({ id }) => ({ objectType, id }));
    return { person, via, records: refs, companies: via === 'domain' ? records : [], leftOut: null };
  }
  function unmatchedBecause(leftOut: LeftOutRule): Match {
    return { person, via: 'domain', records: [], companies: [], leftOut };
  }
}

interface PhoneMatch {
  readonly person: PersonWithoutAddress;
  readonly via: 'participant';
  readonly records: readonly RecordRef[];
  readonly leftOut: LeftOutRule | null;
}

/** Contacts often share a company's number, so a contact is matched by number only when it is the only one. */
async function matchByPhone(reader: CrmReader, person: PersonWithoutAddress): Promise<PhoneMatch> {
  const unmatchedBecause = (leftOut: LeftOutRule): PhoneMatch => ({ person, via: 'participant', records: [], leftOut });
  if (person.e164 === undefined) return unmatchedBecause('no_address');
  const [contact, ...others] = await reader.contactsByPhone(person.e164);
  if (contact === undefined) return unmatchedBecause('no_phone_match');
  if (others.length > 0) return unmatchedBecause('several_contacts');
  return { person, via: 'participant', records: [{ objectType: 'contacts', id: contact.id }], leftOut: null };
}

/** The people in `unmatched` match only records that were in HubSpot by `ms`, a time in milliseconds. */
interface MatchesUntil {
  readonly ms: number;
  readonly unmatched: ReadonlySet<string>;
}

/**
 * `lateMatchDays` applies to people whom an earlier pass did not find. After that period, no automatic pass (a nightly
 * reconciliation) matches them any more. A pass that a person requests does.
 */
function matchesUntil({ row, settings, now }: PlanInput): MatchesUntil {
  const ms = row.accepted_at.getTime() + settings.lateMatchDays * DAY_MS;
  const over = now > ms && !row.rewrite;
  const addresses = row.unmatched.flatMap(({ email }) => (email === null ? [] : [normaliseEmail(email)]));
  return { ms, unmatched: new Set(over ? addresses : []) };
}

function unique(records: readonly RecordRef[]): RecordRef[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
