import { createHash } from 'node:crypto';
import type { ConnectedCrm } from '../gateway';
import { notesActivity, summaryActivity, type ActivityContent } from '../hubspot/activities';
import type { ProcessedMeeting } from '../meeting/schema';
import { forgetEngagement, recordCreated, recordUpdated, type EngagementKey } from '../store/ledger';
import { listLinks } from '../store/links';
import type { MeetingKey } from '../store/meetings';
import type { EngagementKind } from '../store/schema';
import { createEngagement } from './create-engagement';
import { loadMeeting, ownerOf, type ActivityDependencies } from './dependencies';
import { notSettled, settleEngagement, urlOf, type SettledEngagement } from './settle-engagement';

/** What a write came to. `deleted`: a person deleted the activity in HubSpot, and nobody asked for it again. */
export type Written = 'created' | 'adopted' | 'updated' | 'unchanged' | 'taken_back' | 'none' | 'deleted';

/** Makes one activity say what it should, exactly once: creates, finds again or updates it. */
export function writeEngagement(dependencies: ActivityDependencies, kind: EngagementKind) {
  const { db } = dependencies;

  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }> => {
    const connected = await dependencies.gateway.connect(meetingKey.workspaceId);
    const key: EngagementKey = { ...meetingKey, portalId: connected.portalId, kind };
    const meeting = await loadMeeting(dependencies, meetingKey);
    const ownerId = await ownerOf(dependencies, connected, meeting.host.email);
    const content = kind === 'summary' ? summaryActivity(meeting, ownerId) : notesActivity(meeting, ownerId);
    const there = await settleEngagement(dependencies, connected, key, meeting);
    if (content === null) return { written: await takeBack(connected, key, there) };
    if (there === null) return { written: await create(connected, key, meeting, content) };
    const { hubspotId, url } = there;
    const contentHash = hashOf(content);
    if (there.contentHash === contentHash && !rewrite) return { written: 'unchanged' };
    const outcome = await connected.crm
      .objects(content.objectType)
      .update({ id: hubspotId, properties: content.properties });
    if (outcome === 'updated') {
      await recordUpdated(db, key, { hubspotId, url, contentHash });
      return { written: there.contentHash === null ? 'adopted' : 'updated' };
    }
    if (!rewrite) return { written: 'deleted' };
    await forgetEngagement(db, key, there.row);
    return { written: await create(connected, key, meeting, content) };
  };

  async function create(
    connected: ConnectedCrm,
    key: EngagementKey,
    meeting: ProcessedMeeting,
    content: ActivityContent,
  ): Promise<Written> {
    const { objectType } = content;
    const links = await listLinks(db, key, key.portalId);
    const { record, associations } = await createEngagement(dependencies, connected, key, meeting, content, links);
    const created = {
      objectType,
      associations,
      hubspotId: record.id,
      url: urlOf(connected, objectType, record),
      contentHash: hashOf(content),
    };
    if ((await recordCreated(db, key, created)) === record.id) return 'created';
    // This attempt was given up for lost, and another one's activity stands by now: ours is one too many.
    await connected.crm.objects(objectType).archive(record.id);
    throw notSettled(dependencies.timeScale);
  }

  async function takeBack(
    { crm }: ConnectedCrm,
    key: EngagementKey,
    there: SettledEngagement | null,
  ): Promise<Written> {
    if (there === null) return 'none';
    await crm.objects(there.row.object_type).archive(there.hubspotId);
    await forgetEngagement(db, key, there.row);
    return 'taken_back';
  }
}

/** HubSpot cleans bodies up, so what it answers is never compared: only what we sent last is. */
function hashOf({ objectType, properties }: ActivityContent): string {
  return createHash('sha256')
    .update(JSON.stringify([objectType, properties]))
    .digest('hex');
}
