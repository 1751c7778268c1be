/**
 * Every name that Temporal's users see: task queue, workflow ids, search attributes, failure types. Workflow code
 * imports this module, so it holds constants and pure functions only.
 */

export const TASK_QUEUE = 'hubspot-sync';

/** Of syncs that came in with a backfill: everything without a priority of its own (3) goes before them. */
export const BACKGROUND_PRIORITY = 4;

/** Search attributes, registered in the namespace before the first start (contract section 7). */
export const SEARCH_ATTRIBUTES = {
  HubSpotPortalId: 'INT',
  MeetingId: 'KEYWORD',
  SyncStatus: 'KEYWORD',
  SyncReason: 'KEYWORD',
} as const;

/** One workflow a meeting: a second start with the same id meets the first one. */
export function syncMeetingWorkflowId(workspaceId: string, meetingId: string): string {
  return `sync-meeting:${workspaceId}:${meetingId}`;
}

/** One workflow a HubSpot account: its changes are worked off in their order. */
export function applyCrmChangeWorkflowId(portalId: number): string {
  return `apply-crm-change:${portalId}`;
}

/** One reconciliation a workspace at a time. */
export function reconcileWorkflowId(workspaceId: string): string {
  return `reconcile:${workspaceId}`;
}

/** One workflow a file of meetings. */
export function backfillWorkflowId(workspaceId: string, backfillId: string): string {
  return `backfill:${workspaceId}:${backfillId}`;
}

/** The schedule that reconciles every connected workspace once a day. */
export const DAILY_RECONCILIATION = 'reconcile-daily';

/** The one workflow that reads HubSpot's webhooks journal: the journal is the app's, not an account's. */
export const FOLLOW_JOURNAL = 'follow-journal';

/** Link to one run in Temporal's UI, or null where no UI is known. */
export function workflowUrl(uiUrl: string | null, namespace: string, workflowId: string, runId: string): string | null {
  if (uiUrl === null) return null;
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}

/** The list in Temporal's UI of the syncs that need attention. */
export function needsAttentionUrl(uiUrl: string, namespace: string): string {
  const query = encodeURIComponent('SyncStatus = "needs_attention"');
  return `${uiUrl}/namespaces/${encodeURIComponent(namespace)}/workflows?query=${query}`;
}
