import type { Roots } from '../meeting/cascade';
import { matchableParticipants } from '../meeting/participants';
import type { Skip } from '../meeting/skips';
import { loadPlanInput } from '../planning/input';
import { planParticipants } from '../planning/participants';
import { crmReader } from '../planning/reader';
import { replaceLinks } from '../store/links';
import { saveProgress, type MeetingKey } from '../store/meetings';
import { goneIn, saveParticipants } from '../store/mirror';
import { createContact } from './create-contact';
import { ownerOf, type ActivityDependencies } from './dependencies';

export interface ResolvedParticipants {
  readonly roots: Roots;
  /** Set when there is nothing to link to, or the settings leave the meeting out. */
  readonly skip: Skip | null;
}

/** Finds out whom the meeting's links start from, and makes the contacts that the settings ask for. */
export function resolveParticipants(dependencies: ActivityDependencies) {
  const { db } = dependencies;

  return async (key: MeetingKey): Promise<ResolvedParticipants> => {
    const connected = await dependencies.gateway.connect(key.workspaceId);
    const input = await loadPlanInput(db, key, connected.portalId);
    if (input === null) throw new Error('the meeting has no content any more');
    const { crm, portalId } = connected;
    // Before HubSpot is asked: a webhook about whoever becomes known meanwhile finds the meeting by them.
    await saveParticipants(db, key, matchableParticipants(input.meeting, input.settings).external);
    const reader = crmReader(crm, goneIn(db, portalId));
    const plan = await planParticipants(reader, input);
    if (plan.skip !== null) await replaceLinks(db, key, portalId, []);
    if (plan.skip?.code === 'meeting_excluded') return { roots: plan.roots, skip: plan.skip };

    const created = await Promise.all(plan.toCreate.map((person) => createContact(crm, person)));
    await saveProgress(db, key, { status: 'syncing', reason: null, unmatched: plan.unmatched });
    const roots = {
      ...plan.roots,
      participant: [...plan.roots.participant, ...created.map((id) => ({ objectType: 'contacts', id }))],
    };
    if (plan.skip !== null) return { roots, skip: plan.skip };
    // Looked up once, before both activities ask for it at the same time.
    await ownerOf(dependencies, connected, input.meeting.host.email);
    return { roots, skip: null };
  };
}
