import type { ConnectedCrm } from '../../connection/open-crm';
import { unique } from '../../hubspot/objects';
import type { RecordState } from '../../hubspot/record-state';
import { linkedTo } from '../../store/meetings/affected-meetings';
import { requeue } from '../../store/meetings/requeue';
import { erasePerson, personBehind } from '../../store/mirror/privacy';
import {
  unconfirmedPrivacyDeletions,
  settlePrivacyDeletions,
  unmirroredContacts,
} from '../../store/inbox/privacy-deletions';
import type { ActivityDependencies } from '../dependencies';

/** Size of one of HubSpot's batch reads. */
const CHECKED_AT_ONCE = 100;

/**
 * Erases the people behind contacts that privacy-deletion events name, once HubSpot confirms that the contact is gone.
 * Erasing cannot be undone, and an event alone is no proof. A live contact contradicts its event. Reconciliations check
 * archived contacts again, because HubSpot may take some time to erase them.
 */
export async function applyPrivacyDeletions(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  workspaceId: string,
  ids: readonly string[],
): Promise<void> {
  const { log, metrics } = dependencies;
  const { portalId } = connected;
  const { live } = await eraseConfirmed(dependencies, connected, workspaceId, ids);
  for (const recordId of live) {
    metrics.securityEvent('deletion_of_live_contact');
    log.warn(
      { event: 'security', kind: 'deletion_of_live_contact', workspaceId, portalId, recordId },
      'an event says that a contact was erased, but HubSpot still has it: nothing is erased here',
    );
  }
}

/** Finds privacy deletions whose event was lost or came too early, among the contacts that reads no longer return. */
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
    ...(await unconfirmedPrivacyDeletions(db, portalId)),
    ...(await unmirroredContacts(db, { workspaceId, portalId })),
  ]);
  for (let first = 0; first < ids.length; first += CHECKED_AT_ONCE) {
    // oxlint-disable-next-line no-await-in-loop -- each batch is erased before the next one is checked
    await eraseConfirmed(dependencies, connected, workspaceId, ids.slice(first, first + CHECKED_AT_ONCE));
  }
}

async function eraseConfirmed(
  { db }: ActivityDependencies,
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  workspaceId: string,
  ids: readonly string[],
): Promise<{ readonly live: readonly string[] }> {
  const contacts = await Promise.all(ids.map(async (id) => ({ id, state: await crm.recordState('contacts', id) })));
  const inState = (state: RecordState) => contacts.filter((contact) => contact.state === state).map(({ id }) => id);
  const [live, archived, gone] = [inState('live'), inState('archived'), inState('gone')];
  for (const id of gone) {
    const account = { workspaceId, portalId };
    // oxlint-disable-next-line no-await-in-loop -- sequential: two people may share meetings
    const contact = await personBehind(db, account, id);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await erasePerson(db, account, contact);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await requeue(db, linkedTo(portalId, contact.records), 'hubspot_changed');
  }
  await settlePrivacyDeletions(db, portalId, { gone, existing: [...live, ...archived] });
  return { live };
}
