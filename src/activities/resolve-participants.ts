import type { ConnectedCrm } from '../gateway';
import { rootLinks, type RecordRef, type Roots } from '../meeting/cascade';
import {
  matchableParticipants,
  skipReasonWithoutRoots,
  unmatchedPeople,
  type ExternalParticipant,
} from '../meeting/participants';
import { excludedBy, type Settings } from '../meeting/settings';
import { replaceLinks } from '../store/links';
import { listManualLinks } from '../store/manual-links';
import { saveProgress, type MeetingKey } from '../store/meetings';
import { saveParticipants } from '../store/mirror';
import { loadSettings } from '../store/settings';
import { createContact } from './create-contact';
import { loadMeeting, ownerOf, type ActivityDependencies } from './dependencies';

/** Why a meeting is not written. */
export type Skip =
  | { readonly code: 'internal_only' | 'no_crm_match' | 'unlinked_by_hand' }
  | { readonly code: 'meeting_excluded'; readonly setting: string };

export interface ResolvedParticipants {
  readonly roots: Roots;
  /** Set when there is nothing to link to, or the settings leave the meeting out. */
  readonly skip: Skip | null;
}

const NO_ROOTS: Roots = { manual: [], participant: [], domain: [] };

/**
 * Finds the contact of every external participant, else the companies of their domain (contract section 6). Records that
 * people linked by hand are roots as well; those that they unlinked are none.
 */
export function resolveParticipants(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (key: MeetingKey): Promise<ResolvedParticipants> => {
    const connected = await dependencies.gateway.connect(key.workspaceId);
    const [meeting, settings, chosen] = await Promise.all([
      loadMeeting(dependencies, key),
      loadSettings(db, key.workspaceId),
      listManualLinks(db, key, connected.portalId),
    ]);
    const setting = excludedBy(meeting, settings);
    if (setting !== null) return { roots: NO_ROOTS, skip: { code: 'meeting_excluded', setting } };

    const people = matchableParticipants(meeting, settings);
    await saveParticipants(db, key, people.external);
    const matches = await Promise.all(people.external.map((person) => match(connected, settings, person)));
    const roots: Roots = {
      manual: chosen.linked,
      participant: unique(matches.filter(({ via }) => via === 'participant').flatMap(({ records }) => records)),
      domain: unique(matches.filter(({ via }) => via === 'domain').flatMap(({ records }) => records)),
    };
    const matched = new Set(matches.filter(({ records }) => records.length > 0).map(({ email }) => email));
    await saveProgress(db, key, { status: 'syncing', reason: null, unmatched: unmatchedPeople(people, matched) });
    if (rootLinks(roots, chosen.unlinked).length === 0) {
      await replaceLinks(db, key, connected.portalId, []);
      return {
        roots,
        skip: { code: chosen.unlinked.length > 0 ? 'unlinked_by_hand' : skipReasonWithoutRoots(people) },
      };
    }
    // Looked up once, before both activities ask for it at the same time.
    await ownerOf(dependencies, connected, meeting.host.email);
    return { roots, skip: null };
  };
}

interface Match {
  readonly email: string;
  readonly via: 'participant' | 'domain';
  readonly records: readonly RecordRef[];
}

async function match({ crm }: ConnectedCrm, settings: Settings, person: ExternalParticipant): Promise<Match> {
  const { email, domain } = person;
  const contact = await crm.contacts.byEmail(email);
  if (contact !== null) return { email, via: 'participant', records: refs('contacts', [contact.id]) };
  const companies = domain === null ? [] : await crm.companies.byDomain(domain);
  if (companies.length > 0 || !settings.createMissingContacts) {
    return {
      email,
      via: 'domain',
      records: refs(
        'companies',
        companies.map((company) => company.id),
      ),
    };
  }
  return { email, via: 'participant', records: refs('contacts', [await createContact(crm, person)]) };
}

function refs(objectType: string, ids: readonly string[]): RecordRef[] {
  return ids.map((id) => ({ objectType, id }));
}

function unique(records: readonly RecordRef[]): RecordRef[] {
  return [...new Map(records.map((record) => [record.id, record])).values()];
}
