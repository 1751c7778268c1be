import type { CrmRecord } from '../hubspot/client/batch-answers';
import { BudgetExhaustedError, isBusy } from '../hubspot/client/limiter';
import { rootLinks, type RecordRef, type Roots } from '../meeting/linking/cascade';
import type { PresentChoices } from '../meeting/linking/choices';
import { personLeftOut, recordLeftOut, type LeftOut } from '../meeting/linking/left-out';
import {
  asUnmatched,
  matchableParticipants,
  skipReasonWithoutRoots,
  unmatchedPeople,
  type ExternalParticipant,
  type MeetingPeople,
} from '../meeting/people/participants';
import { excludedBy, forbiddenBy } from '../meeting/settings';
import type { Skip } from '../meeting/skips';
import type { UnmatchedPerson } from '../meeting/status';
import { currentChoices } from './choices';
import type { PlanInput } from './input';
import { match, matchByPhone, matchesUntil, type Match, type PhoneMatch } from './match';
import type { CrmReader } from './reader';

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
  if (meeting.private === true) return skipped(people, { code: 'private' });
  const forbidden = forbiddenBy(people, settings);
  if (forbidden !== null) return skipped(people, { code: 'meeting_excluded', setting: forbidden });
  const choices = await currentChoices(reader, input);
  const excluded = excludedBy(meeting, settings);
  if (excluded !== null && choices.linked.length === 0)
    return skipped(people, { code: 'meeting_excluded', setting: excluded });
  const until = matchesUntil(input);
  const matches = await allOf(people.external.map((person) => match(reader, input, person, until)));
  const phones = await Promise.all(people.withoutAddress.map((person) => matchByPhone(reader, person)));
  return planOf(people, choices, matches, phones);
}

/** The plan of a meeting that is skipped before anyone is searched for. */
function skipped(people: MeetingPeople, skip: Skip): ParticipantPlan {
  return {
    people,
    roots: NO_ROOTS,
    toCreate: [],
    unmatched: [],
    leftOut: neverMatched(people),
    skip,
    skipWithoutContacts: skip,
  };
}

function planOf(
  people: MeetingPeople,
  choices: PresentChoices,
  matches: readonly Match[],
  phones: readonly PhoneMatch[],
): ParticipantPlan {
  const { linked, unlinked } = choices;
  const of = (via: Match['via']) =>
    unique([...matches, ...phones].flatMap((found) => (found.via === via ? found.records : [])));
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
    leftOut: whyLeftOut(people, choices, matches, phones),
    skip: toCreate.length > 0 ? null : skipWithoutContacts,
    skipWithoutContacts,
  };
}

function whyLeftOut(
  people: MeetingPeople,
  { unlinked, gone }: PresentChoices,
  matches: readonly Match[],
  phones: readonly PhoneMatch[],
): LeftOut[] {
  return [
    ...unlinked.map((record) => recordLeftOut('unlinked_by_hand', record)),
    ...gone.map((record) => recordLeftOut('archived', record)),
    ...matches.flatMap(({ person, leftOut }) =>
      leftOut === null ? [] : [personLeftOut(leftOut, asUnmatched(person))],
    ),
    ...phones.flatMap(({ person, leftOut }) => (leftOut === null ? [] : [personLeftOut(leftOut, person)])),
    ...neverMatched(people),
  ];
}

function neverMatched({ internal, noPeople }: MeetingPeople): LeftOut[] {
  return [
    ...internal.map((person) => personLeftOut('internal', person)),
    ...noPeople.map((one) => personLeftOut(one.kind, one)),
  ];
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

function unique(records: readonly RecordRef[]): RecordRef[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
