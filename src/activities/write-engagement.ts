import { createHash } from 'node:crypto';
import type { ConnectedCrm } from '../gateway';
import { recordUrl } from '../hubspot/account';
import { notesActivity, summaryActivity, type ActivityContent } from '../hubspot/activities';
import { objectTypeId } from '../hubspot/association-types';
import type { CrmRecord } from '../hubspot/batch-answers';
import {
  findEngagement as findInLedger,
  forgetEngagement,
  knownHubspotIds,
  listAssociations,
  markWritten,
  type EngagementKey,
  type EngagementRow,
} from '../store/ledger';
import { listLinks } from '../store/links';
import type { MeetingKey } from '../store/meetings';
import type { EngagementKind } from '../store/schema';
import { createEngagement } from './create-engagement';
import { loadMeeting, ownerOf, type ActivityDependencies } from './dependencies';
import { findEngagement as findInHubSpot } from './find-engagement';
import { NotSettledError } from './judge';

/** What a write came to. `deleted`: a person deleted the activity in HubSpot, and nobody asked for it again. */
export type Written = 'created' | 'adopted' | 'updated' | 'unchanged' | 'taken_back' | 'none' | 'deleted';

/**
 * How long HubSpot may still be working on a create whose answer was lost: longer than a request may take to leave
 * (15 s) and to be answered (20 s). Until then it is looked for, and not sent again.
 */
const SETTLES_AFTER_MS = 60_000;
const LOOK_AGAIN_MS = 5_000;

/** Makes one activity say what it should, exactly once: creates, finds again or updates it. */
export function writeEngagement(dependencies: ActivityDependencies, kind: EngagementKind) {
  const { db, timeScale } = dependencies;

  return async ({
    rewrite,
    ...meetingKey
  }: MeetingKey & { readonly rewrite: boolean }): Promise<{ readonly written: Written }> => {
    const connected = await dependencies.gateway.connect(meetingKey.workspaceId);
    const key: EngagementKey = { ...meetingKey, portalId: connected.portalId, kind };
    const meeting = await loadMeeting(dependencies, meetingKey);
    const ownerId = await ownerOf(dependencies, connected, meeting.host.email);
    const content = kind === 'summary' ? summaryActivity(meeting, ownerId) : notesActivity(meeting, ownerId);
    const row = await settled(connected, key, content);
    if (content === null) return { written: await takeBack(connected, key, row) };
    if (row === null) return { written: await create(connected, key, content) };
    const contentHash = hashOf(content);
    if (row.content_hash === contentHash && !rewrite) return { written: 'unchanged' };
    const outcome = await connected.crm
      .objects(content.objectType)
      .update({ id: row.hubspot_id, properties: content.properties });
    if (outcome === 'updated') {
      await markWritten(db, key, { hubspotId: row.hubspot_id, url: row.url, contentHash });
      return { written: row.content_hash === null ? 'adopted' : 'updated' };
    }
    if (!rewrite) return { written: 'deleted' };
    await forgetEngagement(db, key);
    return { written: await create(connected, key, content) };
  };

  /** The ledger's row once its outcome is known: written, or null for "HubSpot does not have it". */
  async function settled(
    connected: ConnectedCrm,
    key: EngagementKey,
    content: ActivityContent | null,
  ): Promise<WrittenRow | null> {
    const row = await findInLedger(db, key);
    if (row === null || row.state === 'written') return row === null ? null : writtenRow(row);
    if (content !== null) {
      const known = (ids: readonly string[]) => knownHubspotIds(db, key.portalId, content.objectType, ids);
      const found = await findInHubSpot(connected.crm, content, await listAssociations(db, key), known);
      if (found !== null) {
        const url = urlOf(connected, content, found);
        await markWritten(db, key, { hubspotId: found.id, url, contentHash: null });
        return { hubspot_id: found.id, url, content_hash: null };
      }
    }
    const settlesAt = (row.writing_since?.getTime() ?? 0) + SETTLES_AFTER_MS * timeScale;
    if (Date.now() < settlesAt) throw new NotSettledError(LOOK_AGAIN_MS * timeScale);
    await forgetEngagement(db, key);
    return null;
  }

  async function create(connected: ConnectedCrm, key: EngagementKey, content: ActivityContent): Promise<Written> {
    const links = await listLinks(db, key, key.portalId);
    const created = await createEngagement(dependencies, connected, key, content, links);
    await markWritten(db, key, {
      hubspotId: created.record.id,
      url: urlOf(connected, content, created.record),
      contentHash: hashOf(content),
    });
    return 'created';
  }

  async function takeBack({ crm }: ConnectedCrm, key: EngagementKey, row: WrittenRow | null): Promise<Written> {
    if (row === null) return 'none';
    await crm.objects('notes').archive(row.hubspot_id);
    await forgetEngagement(db, key);
    return 'taken_back';
  }
}

interface WrittenRow {
  readonly hubspot_id: string;
  readonly url: string;
  readonly content_hash: string | null;
}

function writtenRow({ hubspot_id, url, content_hash }: EngagementRow): WrittenRow {
  if (hubspot_id === null || url === null) throw new Error('a written engagement without its HubSpot id');
  return { hubspot_id, url, content_hash };
}

/** HubSpot cleans bodies up, so what it answers is never compared: only what we sent last is. */
function hashOf({ objectType, properties }: ActivityContent): string {
  return createHash('sha256')
    .update(JSON.stringify([objectType, properties]))
    .digest('hex');
}

function urlOf({ portalId, uiDomain }: ConnectedCrm, { objectType }: ActivityContent, record: CrmRecord): string {
  return record.url ?? recordUrl(uiDomain, portalId, objectTypeId(objectType), record.id);
}
