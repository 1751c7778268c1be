import type { PreviewedTask } from '../../meeting/preview';
import { TASK_REASONS } from '../../meeting/tasks/planned-steps';
import type { EngagementRow } from '../../store/engagements/ledger';

/** What decides about the task of one step. */
export interface TaskFacts {
  /** What becomes of the meeting. `stays`: its activities stay, although it is linked to no record any more. */
  readonly outcome: 'written' | 'stays' | 'removed';
  /** Null for a step that the meeting no longer has. `without`: why it gets no task. */
  readonly step: { readonly without: string | null; readonly contentHash: string } | null;
  /** The ledger's row; null without one. */
  readonly row: Pick<EngagementRow, 'state' | 'content_hash' | 'deleted_at' | 'removing'> | null;
  /** What people did with the task in HubSpot. */
  readonly found: 'untouched' | 'touched' | 'gone';
}

/** Decides what a sync would do with the task of one step, and why: null if that needs no explanation. Pure. */
export function decideTask({ outcome, step, row, found }: TaskFacts): Pick<PreviewedTask, 'action' | 'reason'> {
  if (row === null || row.state === 'writing') {
    const why = outcome !== 'written' ? TASK_REASONS.notWritten : step === null ? TASK_REASONS.dropped : step.without;
    return why === null ? { action: 'create', reason: null } : { action: 'none', reason: why };
  }
  const { removing } = row;
  if ((row.deleted_at !== null || found === 'gone') && !removing)
    return { action: 'none', reason: TASK_REASONS.deleted };
  if (outcome === 'stays') return { action: 'keep', reason: TASK_REASONS.unlinked };
  if (found === 'touched') return { action: 'keep', reason: TASK_REASONS.touched };
  if (outcome === 'removed') return { action: 'archive', reason: TASK_REASONS.notWritten };
  if (step === null) return { action: 'archive', reason: TASK_REASONS.dropped };
  if (found === 'gone') return { action: 'create', reason: null };
  return row.content_hash === step.contentHash && !removing
    ? { action: 'keep', reason: TASK_REASONS.same }
    : { action: 'change', reason: null };
}
