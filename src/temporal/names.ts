/**
 * The names that users of Temporal see: task queue, steps, workflow ids and search attributes. Workflow code imports this
 * module, so it contains only constants and pure functions.
 */

export const TASK_QUEUE = 'hubspot-sync';

/**
 * The task queue of bulk passes, beside that of their workflows (`hubspot-sync-bulk`). An activity there runs for a minute
 * and longer, and must not take a slot that live syncs need.
 */
export function bulkTaskQueue(taskQueue: string): string {
  return `${taskQueue}-bulk`;
}

/**
 * The task queue of deliveries, beside that of their workflows (`hubspot-sync-notices`). A receiver that does not answer
 * must not take a slot that syncs need.
 */
export function noticesTaskQueue(taskQueue: string): string {
  return `${taskQueue}-notices`;
}

/**
 * The priority of syncs that no person waits for: of backfills and reconciliations, and of bulk passes. All other syncs
 * have Temporal's default priority, 3, and run first.
 */
export const BACKGROUND_PRIORITY = 4;

/**
 * The steps by which interceptors recognise a pass: the first one, the one that ends it, and the one that ends a
 * deletion. `createActivities` checks that they exist.
 */
export const PASS_STEPS = { begin: 'beginSync', end: 'recordOutcome', erase: 'erase' } as const;

export type PassStep = (typeof PASS_STEPS)[keyof typeof PASS_STEPS];

/** The search attributes. They must be registered in the namespace before the first start. */
export const SEARCH_ATTRIBUTES = {
  HubSpotPortalId: 'INT',
  MeetingId: 'KEYWORD',
  SyncStatus: 'KEYWORD',
  SyncReason: 'KEYWORD',
} as const;

/** One workflow per meeting: a second start with the same id signals the running one. */
export function syncMeetingWorkflowId(workspaceId: string, meetingId: string): string {
  return `sync-meeting:${workspaceId}:${meetingId}`;
}

/** One workflow per HubSpot account, so that its changes are applied in order. */
export function applyCrmChangeWorkflowId(portalId: number): string {
  return `apply-crm-change:${portalId}`;
}

/** One reconciliation at a time per workspace. */
export function reconcileWorkflowId(workspaceId: string): string {
  return `reconcile:${workspaceId}`;
}

/** Passes a workspace's meetings in bulk, one activity at a time. */
export function bulkSyncWorkflowId(workspaceId: string): string {
  return `bulk-sync:${workspaceId}`;
}

/** One workflow per backfill. */
export function backfillWorkflowId(workspaceId: string, backfillId: string): string {
  return `backfill:${workspaceId}:${backfillId}`;
}

/** Delivers the notices of one outlet. */
export function deliverNoticesWorkflowId(outletId: string): string {
  return `deliver-notices:${outletId}`;
}

/** The schedule that reconciles every connected workspace once a day. */
export const DAILY_RECONCILIATION = 'reconcile-daily';

/** The only workflow that reads HubSpot's webhooks journal: the journal belongs to the app, not to an account. */
export const FOLLOW_JOURNAL = 'follow-journal';

/** The address of a run in Temporal's UI, or null when no UI is configured. */
export function workflowUrl(uiUrl: string | null, namespace: string, workflowId: string, runId: string): string | null {
  if (uiUrl === null) return null;
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}

/** The address of the list of syncs that need attention, in Temporal's UI. */
export function needsAttentionUrl(uiUrl: string, namespace: string): string {
  const query = encodeURIComponent('SyncStatus = "needs_attention"');
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}
