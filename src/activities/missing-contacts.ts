import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectedCrm } from '../connection/open-crm';
import { HubSpotError, isContactLimit, isRejected, isRejectedOrForbidden } from '../hubspot/client/errors';
import type { ExternalParticipant } from '../meeting/people/participants';
import {
  contactCompanyWarning,
  contactExtraWarning,
  contactLimitWarning,
  contactWarning,
} from '../meeting/warnings/pass-warnings';
import type { ProcessedMeeting } from '../meeting/intake/schema';
import type { Warning } from '../meeting/warnings/warnings';
import type { MissingContact, ParticipantPlan } from '../planning/participants';
import { claimContact, dropContactClaim, keepContactMade } from '../store/mirror/contact-claims';
import type { Db } from '../store/database';
import { createContact, type MadeContact, type NewContact } from './create-contact';
import { ownerOf } from '../planning/owner-of';
import type { ActivityDependencies } from './dependencies';

const LOOK_EVERY_MS = 250;
/** How long to wait for another meeting's create. After that, only HubSpot's own check for duplicates applies. */
const WAIT_MS = 20_000;

/** Outcome for the people who should become contacts. */
export interface MissingContactsMade {
  readonly made: readonly { readonly email: string; readonly id: string }[];
  /** People whom HubSpot refused as contacts. */
  readonly refused: readonly MissingContact[];
  readonly warnings: readonly Warning[];
}

/**
 * Creates the contacts that the setting `createMissingContacts` asks for. Each address is created once, even if many
 * meetings ask at the same time. A refusal affects only that person.
 *
 * @throws `HubSpotError` if HubSpot refuses the permission and the meeting has no other record to be linked to: a person
 *   has to grant it, or nothing is written
 */
export async function makeMissingContacts(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  meeting: ProcessedMeeting,
  { toCreate: missing, skipWithoutContacts }: Pick<ParticipantPlan, 'toCreate' | 'skipWithoutContacts'>,
): Promise<MissingContactsMade> {
  if (missing.length === 0) return { made: [], refused: [], warnings: [] };
  const { ownerId: hostOwner } = await ownerOf(dependencies, connected, meeting.host.email);
  const outcomes = await Promise.all(
    missing.map(async (one) => {
      const owners = one.companies.flatMap(({ properties }) => properties['hubspot_owner_id'] || []);
      const contact: NewContact = {
        person: one.person,
        companies: one.companies.map(({ id }) => id),
        ownerId: hostOwner ?? owners[0] ?? null,
        meetingId: meeting.meetingId,
      };
      const outcome = await refusalOf(createOnce(dependencies.db, connected, contact), skipWithoutContacts === null);
      return { one, outcome };
    }),
  );
  return {
    made: outcomes.flatMap(({ one, outcome }) =>
      outcome instanceof HubSpotError ? [] : [{ email: one.person.email, id: outcome.id }],
    ),
    refused: outcomes.flatMap(({ one, outcome }) => (outcome instanceof HubSpotError ? [one] : [])),
    warnings: outcomes.flatMap(({ one, outcome }) => warningsOf(meeting, one.person, outcome)),
  };
}

/** The claim keeps other workers, and other meetings on this worker, from sending the same create. */
async function createOnce(db: Db, { crm, portalId }: ConnectedCrm, contact: NewContact): Promise<MadeContact> {
  const { email } = contact.person;
  const until = Date.now() + WAIT_MS;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- looks again until the other create has ended
    const claim = await claimContact(db, portalId, email);
    if (claim.state === 'made') {
      // oxlint-disable-next-line no-await-in-loop -- as above
      const contactNow = await crm.objects('contacts').read(claim.recordId);
      if (contactNow !== null) return { id: contactNow.id, without: [], apart: [] };
      // oxlint-disable-next-line no-await-in-loop -- as above
      await dropContactClaim(db, portalId, email);
    } else if (claim.state === 'ours' || Date.now() > until) {
      // oxlint-disable-next-line no-await-in-loop -- ends the loop
      return await create(db, { crm, portalId }, contact);
    } else {
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(LOOK_EVERY_MS);
    }
  }
}

async function create(
  db: Db,
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  contact: NewContact,
): Promise<MadeContact> {
  const { email } = contact.person;
  try {
    const made = await createContact(crm, contact);
    await keepContactMade(db, portalId, email, made.id);
    return made;
  } catch (error) {
    await dropContactClaim(db, portalId, email);
    throw error;
  }
}

/** A refusal is an outcome; one of the permission only if the meeting is written without the contact. */
async function refusalOf(made: Promise<MadeContact>, goesOn: boolean): Promise<MadeContact | HubSpotError> {
  try {
    return await made;
  } catch (error) {
    if (isRejected(error) || (goesOn && isRejectedOrForbidden(error))) return error;
    throw error;
  }
}

function warningsOf(
  meeting: ProcessedMeeting,
  { email }: ExternalParticipant,
  outcome: MadeContact | HubSpotError,
): Warning[] {
  return outcome instanceof HubSpotError
    ? [
        isContactLimit(outcome)
          ? contactLimitWarning(meeting, email)
          : contactWarning(meeting, email, outcome.readableMessage),
      ]
    : [...outcome.without.map(contactExtraWarning), ...outcome.apart.map(contactCompanyWarning)];
}
