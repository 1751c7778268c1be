import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { runPass, type PassSteps } from '../../meeting/pass';
import { endBulkClaim } from '../../store/meetings/bulk-claims';
import type { MeetingKey } from '../../store/meetings/key';
import { reasons } from '../../meeting/reasons';
import type { ReasonCode, SyncReason } from '../../meeting/status';
import type { StepFailure } from '../../temporal/failures';
import type { ActivityDependencies } from '../dependencies';
import { BulkSteps, HandedOverError, type BulkRun } from './bulk-steps';
import type { Steps } from '../steps';

/** A cause that keeps all meetings of the workspace from HubSpot for a while. */
export interface BulkBlock {
  readonly reason: SyncReason;
  readonly ms: number;
}

/** How long a bulk pass stops when only a person can bring the account back. A repaired account requests it earlier. */
const WITHOUT_CONNECTION_MS = 60_000;
const OF_THE_ACCOUNT: readonly ReasonCode[] = ['key_missing', 'missing_scope', 'app_misconfigured'];

/** A deletion has a workflow, which begins when the claim ends. */
const BEING_DELETED: StepFailure = { kind: 'wait', ms: 0, reason: reasons.being_deleted() };

/** Whether other meetings would fail like one that was handed over. @returns null if the cause is only of this meeting */
export function blockOf(failure: StepFailure): BulkBlock | null {
  switch (failure.kind) {
    case 'retry':
    case 'rejected':
      return null;
    case 'wait':
      return failure.sameStep === true || failure.reason.code === 'being_deleted'
        ? null
        : { reason: failure.reason, ms: failure.ms };
    case 'reauthorize':
      return { reason: failure.reason, ms: WITHOUT_CONNECTION_MS };
    case 'needs_attention':
      return OF_THE_ACCOUNT.includes(failure.reason.code)
        ? { reason: failure.reason, ms: WITHOUT_CONNECTION_MS }
        : null;
  }
}

/**
 * One pass of a claimed meeting. The meeting's own workflow takes over what needs a person, waits long or keeps failing.
 *
 * @returns what keeps the workspace's meetings from HubSpot, or null
 */
export async function passInBulk(
  dependencies: ActivityDependencies,
  meetingSteps: Steps,
  key: MeetingKey,
  run: BulkRun,
): Promise<BulkBlock | null> {
  const steps = new BulkSteps(dependencies, run);
  let again = false;
  let rewrites = 0;
  let since: string | undefined;
  const passSteps: PassSteps = {
    beginSync: (input) => steps.do('beginSync', { ...input, bulk: run.token }, meetingSteps.beginSync),
    async resolveParticipants(input) {
      const resolved = await steps.do('resolveParticipants', { ...input, since }, meetingSteps.resolveParticipants);
      // The search index is behind an event. The workflow can wait for it.
      again = resolved.againInMs !== undefined;
      return resolved;
    },
    expandCascades: (input) => steps.do('expandCascades', input, meetingSteps.expandCascades),
    writeSummary: (input) => steps.do('writeSummary', input, meetingSteps.writeSummary),
    writeNotes: (input) => steps.do('writeNotes', input, meetingSteps.writeNotes),
    associate: (input) => steps.do('associate', input, meetingSteps.associate),
    takeBack: (input) => steps.do('takeBack', input, meetingSteps.takeBack),
    erase: () => Promise.reject(new HandedOverError(BEING_DELETED)),
  };
  try {
    await runPass(key, passSteps, {
      begun(begun) {
        if (begun.task === 'erase') throw new HandedOverError(BEING_DELETED);
        rewrites = begun.rewrites;
        since = begun.begunAt;
      },
      record: (outcome) =>
        steps.do('recordOutcome', { ...key, outcome, rewrites, bulk: run.token }, meetingSteps.recordOutcome),
      erased: () => undefined,
    });
    await endBulkClaim(dependencies.db, key, run.token, again ? 'workflow' : 'nothing');
    return null;
  } catch (error) {
    await endBulkClaim(dependencies.db, key, run.token, afterError(error));
    if (error instanceof HandedOverError) return blockOf(error.failure);
    if (error instanceof ApplicationFailure || isCancelled(error)) return null;
    throw error;
  }
}

/** Who takes a meeting whose bulk pass ended with an error. */
function afterError(error: unknown): 'nothing' | 'workflow' | 'bulk' {
  // The worker is shutting down, or the bulk workflow was cancelled.
  if (isCancelled(error)) return 'bulk';
  // The meeting was deleted, or another pass has it.
  return error instanceof ApplicationFailure ? 'nothing' : 'workflow';
}

function isCancelled(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}
