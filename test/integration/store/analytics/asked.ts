/** A report's filters and options, with no default left out. */
export interface Asked {
  readonly workspaceId: string;
  readonly now: Date;
  readonly filters: {
    readonly from?: string | undefined;
    readonly to?: string | undefined;
    readonly owner?: string | undefined;
    readonly pipeline?: string | undefined;
    readonly stage?: string | undefined;
    readonly company?: string | undefined;
    readonly object?: string | undefined;
    readonly industry?: string | undefined;
    readonly lifecycleStage?: string | undefined;
    readonly jobTitle?: string | undefined;
  };
  readonly options: {
    readonly interval: 'week' | 'month';
    readonly by: 'outcome' | 'stage';
    readonly days: number;
    readonly due: 'all' | 'overdue' | 'none';
    readonly limit: number;
  };
}
