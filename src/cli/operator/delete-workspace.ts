import { setTimeout as delay } from 'node:timers/promises';
import { classifyError } from '../../activities/interceptors/retry-policy';
import { removeFromHubSpot } from '../../activities/engagements/remove-from-hubspot';
import type { RemainingActivity } from '../../meeting/reasons';
import type { Product } from '../../runtime/container';
import { OPERATOR } from '../../store/audit/actor';
import { findConnection } from '../../store/connections/connections';
import { requestDeletion } from '../../store/meetings/delete-meeting';
import {
  activitiesLeft,
  closeWorkspace,
  isSyncing,
  meetingsToDelete,
  removeWorkspace,
} from '../../store/access/delete-workspace';

const DELETED_AT_ONCE = 100;
const REMOVED_AT_ONCE = 20;
/** A running pass of a deleted meeting ends within this time. */
const PASSES_END_WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

/** The result of deleting a workspace. */
export interface DeletedWorkspace {
  readonly meetings: number;
  /** Activities that remain in HubSpot: their account is not connected, or HubSpot refused to remove them. */
  readonly remaining: readonly RemainingActivity[];
}

/**
 * Deletes a workspace: first all content, then its activities in HubSpot if the account can be reached, then the connection
 * and everything else. An interrupted deletion can be repeated.
 */
export async function deleteWorkspace(product: Product, workspaceId: string): Promise<DeletedWorkspace> {
  const { db } = product;
  await closeWorkspace(db, workspaceId);
  const meetings = await deleteMeetings(product, workspaceId);
  await removeActivities(product, workspaceId);
  const remaining = await activitiesLeft(db, workspaceId);
  await product.connections.disconnect(workspaceId, OPERATOR, { eraseMirror: true });
  await removeWorkspace(db, workspaceId);
  return { meetings, remaining };
}

async function deleteMeetings({ db }: Product, workspaceId: string): Promise<number> {
  let deleted = 0;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- sequential: each page starts where the last one ended
    const ids = await meetingsToDelete(db, workspaceId, DELETED_AT_ONCE);
    if (ids.length === 0) return deleted;
    for (const id of ids) {
      // oxlint-disable-next-line no-await-in-loop -- each in a transaction of its own
      await requestDeletion(db, workspaceId, id);
    }
    deleted += ids.length;
  }
}

/** Removes the activities, and waits until no pass is running that could still write. Workers end such passes. */
async function removeActivities(product: Product, workspaceId: string): Promise<void> {
  const { db } = product;
  const connection = await findConnection(db, workspaceId);
  if (connection?.state !== 'connected') return;
  const given = new Set<string>();
  const until = Date.now() + PASSES_END_WITHIN_MS * product.timeScale;
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polls
    const syncing = await isSyncing(db, workspaceId);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const left = await activitiesLeft(db, workspaceId, connection.portal_id);
    const ids = [...new Set(left.map(({ meetingId }) => meetingId))].filter((id) => !given.has(id));
    for (let first = 0; first < ids.length; first += REMOVED_AT_ONCE) {
      const some = ids.slice(first, first + REMOVED_AT_ONCE);
      // oxlint-disable-next-line no-await-in-loop -- a few at a time: their calls are merged into batches
      const removed = await Promise.all(some.map((meetingId) => remove(product, { workspaceId, meetingId })));
      some.filter((_, index) => removed[index] === false).forEach((id) => given.add(id));
    }
    if (!syncing || Date.now() > until) return;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await delay(LOOK_AGAIN_MS * product.timeScale);
  }
}

/** @returns false when it cannot be removed now */
async function remove(product: Product, key: { workspaceId: string; meetingId: string }): Promise<boolean> {
  const { log, timeScale } = product;
  for (let failures = 0; ;) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- retries
      await removeFromHubSpot(product)(key);
      return true;
    } catch (error) {
      const failure = classifyError(error, { failures, timeScale, reference: key.meetingId, now: Date.now() });
      if (failure.kind !== 'retry') {
        log.warn({ ...key, error: String(error) }, 'activities could not be removed from HubSpot');
        return false;
      }
      if (failure.counts) failures += 1;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await delay(failure.afterMs);
    }
  }
}
