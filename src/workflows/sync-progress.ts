import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import type { Outcome } from '../meeting/pass';
import type { SyncReason, SyncStatus } from '../meeting/status';
import { searchAttribute } from '../temporal/search-attributes';
import { recordOutcome } from './activities';

/** The answer of the `status` query and the result of the run. */
export interface SyncState {
  readonly status: SyncStatus;
  /** The reason code if the meeting is not synced. */
  readonly code: string | null;
  /** The reason in sentences, if the sync waits or needs attention. */
  readonly reason: SyncReason | null;
}

/** Publishes the state of a sync: to the database for API and pages, and to Temporal's UI. */
export class SyncProgress {
  /** The number of rewrite requests that the current pass satisfies. */
  rewrites = 0;
  #state: SyncState = { status: 'accepted', code: null, reason: null };
  readonly #key: { readonly workspaceId: string; readonly meetingId: string };

  constructor(key: { readonly workspaceId: string; readonly meetingId: string }) {
    this.#key = key;
  }

  get state(): SyncState {
    return this.#state;
  }

  /** Shows an outcome and stores it. */
  async record(outcome: Outcome): Promise<{ readonly goOn: boolean }> {
    const reason = 'reason' in outcome ? outcome.reason : null;
    this.show({ status: outcome.status, code: ('code' in outcome ? outcome.code : reason?.code) ?? null, reason });
    return await recordOutcome({ ...this.#key, outcome, rewrites: this.rewrites });
  }

  /** Shows a state in Temporal only. */
  show(next: SyncState): void {
    this.#state = next;
    upsertSearchAttributes([
      { key: searchAttribute.status, value: next.status },
      { key: searchAttribute.reason, value: next.code },
    ]);
    setCurrentDetails(
      next.reason === null ? next.status : `**${next.status}**: ${next.reason.message}\n\n${next.reason.action}`,
    );
  }
}
