import type { SearchAttributeUpdatePair } from '@temporalio/common';
import { isCancellation, setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import type { Outcome } from '../meeting/pass';
import type { SyncReason, SyncStatus } from '../meeting/status';
import { searchAttribute } from '../temporal/search-attributes';
import { recordOutcome, recordOutcomeLocally } from './activities';

/** The answer of the `status` query and the result of the run. */
export interface SyncState {
  readonly status: SyncStatus;
  /** The reason code if the meeting is not synced. */
  readonly code: string | null;
  /** The reason in sentences, if the sync waits or needs attention. */
  readonly reason: SyncReason | null;
}

/**
 * The meeting. `shortHistory`: the run records its outcome by a local activity, and updates only search attributes that
 * changed. It is off for runs that earlier versions began.
 */
interface ProgressOptions {
  readonly workspaceId: string;
  readonly meetingId: string;
  readonly shortHistory: boolean;
}

/** Publishes the state of a sync: to the database for API and pages, and to Temporal's UI. */
export class SyncProgress {
  /** The number of rewrite requests that the current pass satisfies. */
  rewrites = 0;
  #state: SyncState = { status: 'accepted', code: null, reason: null };
  readonly #key: { readonly workspaceId: string; readonly meetingId: string };
  readonly #shortHistory: boolean;

  constructor({ workspaceId, meetingId, shortHistory }: ProgressOptions) {
    this.#key = { workspaceId, meetingId };
    this.#shortHistory = shortHistory;
  }

  get state(): SyncState {
    return this.#state;
  }

  /** Shows that a pass has begun. */
  begun({ portalId, rewrites }: { readonly portalId: number; readonly rewrites: number }): void {
    this.rewrites = rewrites;
    const account = { key: searchAttribute.portalId, value: portalId };
    if (!this.#shortHistory) upsertSearchAttributes([account]);
    this.#show(SYNCING, this.#shortHistory ? [account] : []);
  }

  /** Shows an outcome and stores it. */
  async record(outcome: Outcome): Promise<{ readonly goOn: boolean }> {
    const reason = 'reason' in outcome ? outcome.reason : null;
    this.show({ status: outcome.status, code: ('code' in outcome ? outcome.code : reason?.code) ?? null, reason });
    const input = { ...this.#key, outcome, rewrites: this.rewrites };
    if (this.#shortHistory) {
      try {
        return await recordOutcomeLocally(input);
      } catch (error) {
        if (isCancellation(error)) throw error;
        // The database does not answer. A local activity would keep its workflow task open until it does.
      }
    }
    return await recordOutcome(input);
  }

  /** Shows a state in Temporal only. */
  show(next: SyncState): void {
    this.#show(next, []);
  }

  #show(next: SyncState, also: readonly SearchAttributeUpdatePair[]): void {
    this.#state = next;
    const attributes = [
      ...also,
      { key: searchAttribute.status, value: next.status },
      { key: searchAttribute.reason, value: next.code },
    ];
    const changed = this.#shortHistory ? attributes.filter(isChanged) : attributes;
    if (changed.length > 0) upsertSearchAttributes(changed);
    setCurrentDetails(
      next.reason === null ? next.status : `**${next.status}**: ${next.reason.message}\n\n${next.reason.action}`,
    );
  }
}

export const SYNCING: SyncState = { status: 'syncing', code: null, reason: null };

/** Whether Temporal has another value. Each update is an event and, in Temporal Cloud, a billable action. */
function isChanged({ key, value }: SearchAttributeUpdatePair): boolean {
  return (workflowInfo().typedSearchAttributes.get(key) ?? null) !== value;
}
