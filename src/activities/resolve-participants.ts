import type { RecordRef, Roots } from '../meeting/cascade';
import { matchableParticipants, skipReasonWithoutRoots, unmatchedPeople } from '../meeting/participants';
import { saveProgress, type MeetingKey } from '../store/meetings';
import { loadMeeting, loadSettings, ownerOf, type ActivityDependencies } from './dependencies';

export interface ResolvedParticipants {
  readonly roots: Roots;
  /** Set when there is nothing to link to. */
  readonly skip: 'internal_only' | 'no_crm_match' | null;
}

/** Finds the contact of every external participant, else the companies of their domain (contract section 6). */
export function resolveParticipants(dependencies: ActivityDependencies) {
  return async (key: MeetingKey): Promise<ResolvedParticipants> => {
    const connected = await dependencies.gateway.connect(key.workspaceId);
    const { crm } = connected;
    const [meeting, settings] = await Promise.all([
      loadMeeting(dependencies, key),
      loadSettings(dependencies, key.workspaceId),
    ]);
    const people = matchableParticipants(meeting, settings);

    const matches = await Promise.all(
      people.external.map(async ({ email, domain }) => {
        const contact = await crm.contacts.byEmail(email);
        if (contact !== null) return { email, participant: [contact.id], domain: [] };
        const companies = domain === null ? [] : await crm.companies.byDomain(domain);
        return { email, participant: [], domain: companies.map((company) => company.id) };
      }),
    );
    const roots: Roots = {
      manual: [],
      participant: refs(
        'contacts',
        matches.flatMap((match) => match.participant),
      ),
      domain: refs(
        'companies',
        matches.flatMap((match) => match.domain),
      ),
    };
    const matched = new Set(
      matches.filter((match) => match.participant.length + match.domain.length > 0).map((match) => match.email),
    );
    await saveProgress(dependencies.db, key, {
      status: 'syncing',
      reason: null,
      unmatched: unmatchedPeople(people, matched),
    });
    if (roots.participant.length + roots.domain.length === 0) return { roots, skip: skipReasonWithoutRoots(people) };
    // Looked up once, before both activities ask for it at the same time.
    await ownerOf(dependencies, connected, meeting.host.email);
    return { roots, skip: null };
  };
}

function refs(objectType: string, ids: readonly string[]): RecordRef[] {
  return [...new Set(ids)].map((id) => ({ objectType, id }));
}
