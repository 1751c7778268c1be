import { cancellationSignal } from '@temporalio/activity';
import { READ_BY_THIS_PASS } from '../connection/open-crm';
import type { ResolvedParticipants } from '../meeting/pass';
import type { Warning } from '../meeting/warnings/warnings';
import { addressWarnings, ownerWarning, WARNING_STEP, WRITING_STEPS } from '../meeting/warnings/pass-warnings';
import { asUnmatched, matchableParticipants } from '../meeting/people/participants';
import type { Skip } from '../meeting/skips';
import type { UnmatchedPerson } from '../meeting/status';
import { loadPlanInput, type PlanInput } from '../planning/input';
import { passAnswers, type PassAnswers } from '../planning/kept-searches';
import { namedRecordsOf, type NamedRecords } from '../planning/named-records';
import { planParticipants, type ParticipantPlan } from '../planning/participants';
import { HubSpotReader, type CrmReader } from '../planning/reader';
import { replaceLinks } from '../store/meetings/links';
import type { MeetingKey } from '../store/meetings/key';
import { clearContactRequests } from '../store/meetings/participants';
import { saveProgress } from '../store/meetings/meetings';
import { findDeletedOrMerged, saveParticipants, timeOfReading } from '../store/mirror/mirror';
import { rememberContacts } from '../store/inbox/privacy-deletions';
import { clearPassWarnings, savePassWarnings } from '../store/meetings/warnings';
import { ownerOf } from '../planning/owner-of';
import { ContentDeletedError, type ActivityDependencies } from './dependencies';
import { makeMissingContacts, type MissingContactsMade } from './missing-contacts';

export interface ResolveInput extends MeetingKey {
  /**
   * Search answers since then are reused (`timeOfReading`), so that an attempt continues where the previous one ended.
   */
  readonly since?: string | undefined;
}

/** Finds the roots of the meeting's links, and creates the contacts that the settings ask for. */
export function resolveParticipants(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async ({ since, ...key }: ResolveInput): Promise<ResolvedParticipants> => {
    const connected = await dependencies.gateway.connect(key.workspaceId, READ_BY_THIS_PASS);
    const input = await loadPlanInput(db, key, connected.portalId);
    if (input === null) throw new ContentDeletedError();
    const { crm, portalId } = connected;
    const warn = (step: string, warnings: readonly Warning[]) =>
      savePassWarnings(db, key, step, warnings, input.row.pass_warnings);
    // Before HubSpot is read, so that a webhook about a person who becomes known in the meantime finds the meeting.
    const { external } = matchableParticipants(input.meeting, input.settings);
    await saveParticipants(db, key, external);
    const account = { workspaceId: key.workspaceId, portalId };
    const kept = await passAnswers(db, account, external, since ?? (await timeOfReading(db)));
    const named = await namedRecordsOf(db, portalId, external);
    const reader = new HubSpotReader(crm, findDeletedOrMerged(db, portalId), {
      asker: { signal: cancellationSignal() },
      kept,
      named: (kind, value) => named.ids(kind, value),
    });
    const plan = await planned(reader, input, kept);
    await warn(WARNING_STEP.participants, addressWarnings(input.meeting, reader.refusals.addresses));
    const again = againIn(plan, named);
    const skip = skipOf(plan.skip, input);
    if (skip !== null) await nothingWritten();
    // Everyone found in HubSpot, linked or not: a privacy deletion names the contact, not the address.
    const found = await Promise.all(
      plan.people.external.map(async ({ email }) => ({ email, id: (await reader.contact(email))?.id ?? null })),
    );
    await rememberContacts(
      db,
      { ...key, portalId },
      found.flatMap(({ email, id }) => (id === null ? [] : [{ email, id }])),
    );
    if (skip?.code === 'meeting_excluded' || skip?.code === 'private') return { roots: plan.roots, skip };

    const contacts = await makeMissingContacts(dependencies, connected, input.meeting, plan);
    await rememberContacts(db, { ...key, portalId }, contacts.made);
    await clearContactRequests(db, key, [...input.requestedContacts]);
    await warn(WARNING_STEP.contacts, contacts.warnings);
    await saveProgress(db, key, { status: 'syncing', reason: null, unmatched: unmatchedAfter(plan, contacts) });
    const roots = {
      ...plan.roots,
      participant: [...plan.roots.participant, ...contacts.made.map(({ id }) => ({ objectType: 'contacts', id }))],
    };
    const skipNow = contacts.made.length > 0 ? skip : skipOf(plan.skipWithoutContacts, input);
    if (skipNow !== null) {
      await nothingWritten();
      return { roots, skip: skipNow, ...again };
    }
    // Looked up once, before both activities ask for it at the same time.
    const { refused } = await ownerOf(dependencies, connected, input.meeting.host.email);
    await warn(WARNING_STEP.owner, refused === null ? [] : [ownerWarning(refused)]);
    return { roots, skip: null, ...again };

    async function nothingWritten(): Promise<void> {
      await replaceLinks(db, key, portalId, []);
      await clearPassWarnings(db, key, WRITING_STEPS);
    }
  };
}

function againIn({ people, unmatched }: ParticipantPlan, named: NamedRecords): { readonly againInMs?: number } {
  const missing = new Set(unmatched.map(({ email }) => email));
  const againInMs = named.againInMs(people.external.filter(({ shown }) => missing.has(shown)));
  return againInMs === null ? {} : { againInMs };
}

/** Plans the participants. Answers collected for the plan are saved even if it fails. */
async function planned(reader: CrmReader, input: PlanInput, kept: PassAnswers): Promise<ParticipantPlan> {
  try {
    return await planParticipants(reader, input);
  } finally {
    await kept.saved();
  }
}

/** Everyone without a match, including people whom HubSpot refused as a contact. */
function unmatchedAfter(plan: ParticipantPlan, { refused }: MissingContactsMade): UnmatchedPerson[] {
  const withoutContact = refused
    .filter(({ companies }) => companies.length === 0)
    .map(({ person }) => asUnmatched(person));
  const hasAddress = ({ email }: UnmatchedPerson) => email !== null;
  return [
    ...plan.unmatched.filter(hasAddress),
    ...withoutContact,
    ...plan.unmatched.filter((person) => !hasAddress(person)),
  ];
}

/**
 * A skipped meeting that lost an erased person is removed from HubSpot, because its activities still name that person.
 */
function skipOf(skip: Skip | null, { row }: PlanInput): Skip | null {
  return skip !== null && row.person_erased ? { ...skip, takenBack: true } : skip;
}
