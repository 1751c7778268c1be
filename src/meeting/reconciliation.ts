/** `GET /api/v1/reconcile/{id}`; times are ISO 8601. */
export interface ReconciliationDocument {
  readonly reconciliationId: string;
  readonly state: 'running' | 'done';
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly meetingsChecked: number;
  /** Meetings of the workspace that are still being compared or synced; 0 when the reconciliation is done. */
  readonly meetingsLeft: number;
  /** What it repaired: meetings whose links changed, and records whose mirror was out of date. */
  readonly mended: { readonly meetings: number; readonly records: number };
}
