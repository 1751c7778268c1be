import type { ConnectedCrm } from '../../connection/open-crm';
import { saveErasesActivities } from '../../store/connections/account-facts';
import { findConnection } from '../../store/connections/connections';
import type { EngagementKey } from '../../store/engagements/engagement-associations';
import { markRemoving } from '../../store/engagements/ledger';
import { findMeeting } from '../../store/meetings/meetings';
import type { ActivityDependencies } from '../dependencies';
import type { SettledEngagement } from './recover';

/**
 * Removes one of our activities from HubSpot. It is archived, which HubSpot can undo for 90 days. If a person was
 * erased from the meeting, the activity is erased for good where the account supports that.
 */
export async function removeActivity(
  { db }: Pick<ActivityDependencies, 'db'>,
  { crm }: Pick<ConnectedCrm, 'crm'>,
  key: EngagementKey,
  { row, hubspotId }: Pick<SettledEngagement, 'row' | 'hubspotId'>,
): Promise<void> {
  const { workspaceId, portalId } = key;
  await markRemoving(db, key, row);
  const meeting = await findMeeting(db, key);
  if (meeting?.person_erased === true) {
    const connection = await findConnection(db, workspaceId);
    if (connection?.erases_activities !== false) {
      if ((await crm.eraseActivity(row.object_type, hubspotId)) === 'erased') return;
      await saveErasesActivities(db, { workspaceId, portalId }, false);
    }
  }
  await crm.objects(row.object_type).archive(hubspotId);
}
