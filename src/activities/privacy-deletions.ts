import type { ConnectedCrm } from '../gateway';
import { unique } from '../hubspot/objects';
import type { Standing } from '../hubspot/standing';
import { requestSyncsOfLinked } from '../store/affected-meetings';
import { erasePerson, personBehind } from '../store/privacy';
import { heldPrivacyDeletions, settlePrivacyDeletions, unmirroredContacts } from '../store/privacy-deletions';
import type { ActivityDependencies } from './dependencies';

/** One batch of HubSpot's reads. */
const ASKED_AT_ONCE = 100;

/**
 * Erases the people behind contacts that an event calls erased, if HubSpot confirms it: erasing cannot be undone, and an
 * event only says that something happened. Live contacts contradict the event; archived ones are asked about again at
 * reconciliations, because HubSpot may take some time to erase what it says it has.
 */
export async function obeyPrivacyDeletions(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  workspaceId: string,
  ids: readonly string[],
): Promise<void> {
  const { log, metrics } = dependencies;
  const { portalId } = connected;
  const { live } = await eraseGone(dependencies, connected, workspaceId, ids);
  for (const recordId of live) {
    metrics.securityEvent('deletion_of_live_contact');
    log.warn(
      { event: 'security', kind: 'deletion_of_live_contact', workspaceId, portalId, recordId },
      'an event says that a contact was erased, and HubSpot has it: nothing is erased here',
    );
  }
}

/** Finds the privacy deletions of which no event came, or not at the right time: of contacts that live reads leave out. */
export async function findPrivacyDeletions(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  workspaceId: string,
  missing: readonly string[],
): Promise<void> {
  const { db } = dependencies;
  const { portalId } = connected;
  const ids = unique([
    ...missing,
    ...(await heldPrivacyDeletions(db, portalId)),
    ...(await unmirroredContacts(db, { workspaceId, portalId })),
  ]);
  for (let first = 0; first < ids.length; first += ASKED_AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- one batch after the other: each is erased before the next is asked about
    await eraseGone(dependencies, connected, workspaceId, ids.slice(first, first + ASKED_AT_ONCE));
  }
}

async function eraseGone(
  { db }: ActivityDependencies,
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  workspaceId: string,
  ids: readonly string[],
): Promise<{ readonly live: readonly string[] }> {
  const asked = await Promise.all(ids.map(async (id) => ({ id, standing: await crm.standing('contacts', id) })));
  const those = (standing: Standing) => asked.filter((each) => each.standing === standing).map(({ id }) => id);
  const [live, archived, gone] = [those('live'), those('archived'), those('gone')];
  for (const id of gone) {
    const account = { workspaceId, portalId };
    // oxlint-disable-next-line no-await-in-loop -- one person after the other: two may share meetings
    const contact = await personBehind(db, account, id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await erasePerson(db, account, contact);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await requestSyncsOfLinked(db, portalId, contact.records);
  }
  await settlePrivacyDeletions(db, portalId, { gone, held: [...live, ...archived] });
  return { live };
}
