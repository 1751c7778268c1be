import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { runPass, type Outcome, type PassSteps } from '../../meeting/pass';
import { endBulkClaim } from '../../store/meetings/bulk/claims';
import type { MeetingKey } from '../../store/meetings/key';
import { reasons } from '../../meeting/reasons';
import type { ReasonCode, SyncReason } from '../../meeting/status';
import type { StepFailure } from '../../temporal/failures';
import type { ActivityDependencies } from '../dependencies';
import { BulkSteps, HandedOverError, type BulkRun } from './bulk-steps';
import type { Steps } from '../steps';

/** A cause that keeps meetings of the workspace from HubSpot for a while. */
export interface BulkBlock {
  /** What a meeting shows meanwhile. */
  readonly status: 'waiting' | 'needs_attention';
  readonly reason: SyncReason;
  readonly ms: number;
  /** It keeps every meeting back, so a workflow of its own would help none. Otherwise it may concern only some. */
  readonly ofAll: boolean;
}

/** How long a bulk pass stops when only a person can bring the account back. A repaired account requests it earlier. */
const WITHOUT_CONNECTION_MS = 60_000;
const OF_ALL: readonly ReasonCode[] = ['key_missing', 'app_misconfigured'];
/** Only meetings with records of one type may need the scope. */
const OF_SOME: readonly ReasonCode[] = ['missing_scope'];

/** A deletion has a workflow, which begins when the claim ends. */
const BEING_DELETED: StepFailure = { kind: 'wait', ms: 0, reason: reasons.being_deleted() };

/** Whether other meetings would fail like one that failed. @returns null if the cause is only of this meeting */
export function blockOf(failure: StepFailure): BulkBlock | null {
  switch (failure.kind) {
    case 'retry':
    case 'rejected':
      return null;
    case 'wait': {
      // HubSpot may fail for this meeting only. An outage of the account opens its circuit, which is another failure.
      const isItsOwn = failure.sameStep === true || failure.outage !== undefined;
      if (isItsOwn || failure.reason.code === 'being_deleted') return null;
      return { status: 'waiting', reason: failure.reason, ms: failure.ms, ofAll: true };
    }
    case 'reauthorize':
      return { status: 'needs_attention', reason: failure.reason, ms: WITHOUT_CONNECTION_MS, ofAll: true };
    case 'needs_attention': {
      const { reason } = failure;
      // The circuit of the account has been open for hours. A single meeting that fails is handed over much earlier.
      if (reason.code === 'hubspot_unavailable')
        return { status: 'waiting', reason, ms: WITHOUT_CONNECTION_MS, ofAll: true };
      const ofAll = OF_ALL.includes(reason.code);
      if (!ofAll && !OF_SOME.includes(reason.code)) return null;
      return { status: 'needs_attention', reason, ms: WITHOUT_CONNECTION_MS, ofAll };
    }
  }
}

/** `next`: who takes the meeting now (`endBulkClaim`). */
interface PassEnd {
  readonly next: 'nothing' | 'workflow' | 'bulk';
  readonly block: BulkBlock | null;
}

/**
 * One pass of a claimed meeting. The meeting's own workflow takes over what needs a person, waits long or keeps failing.
 * While the cause keeps all meetings of the workspace back, the meeting shows it and waits for another bulk pass.
 *
 * @returns what keeps the workspace's meetings from HubSpot, or null
 * @throws an error of the database, if the claim could not be ended
 */
export async function passInBulk(
  dependencies: ActivityDependencies,
  meetingSteps: Steps,
  key: MeetingKey,
  run: BulkRun,
): Promise<BulkBlock | null> {
  const { next, block } = await passed(new BulkSteps(dependencies, run), meetingSteps, key, run);
  await endBulkClaim(dependencies.db, key, run.token, next);
  return block;
}

async function passed(steps: BulkSteps, meetingSteps: Steps, key: MeetingKey, { token }: BulkRun): Promise<PassEnd> {
  let again = false;
  let rewrites = 0;
  let since: string | undefined;
  const record = (outcome: Outcome) =>
    steps.do('recordOutcome', { ...key, outcome, rewrites, bulk: token }, meetingSteps.recordOutcome);
  const passSteps: PassSteps = {
    beginSync: (input) => steps.do('beginSync', { ...input, bulk: token }, meetingSteps.beginSync),
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
      record,
      erased: () => undefined,
    });
    return { next: again ? 'workflow' : 'nothing', block: null };
  } catch (error) {
    return await afterError(error, record);
  }
}

async function afterError(error: unknown, record: (outcome: Outcome) => Promise<unknown>): Promise<PassEnd> {
  if (!(error instanceof HandedOverError)) return { next: afterOtherError(error), block: null };
  const block = blockOf(error.failure);
  if (block?.ofAll !== true) return { next: 'workflow', block };
  try {
    await record({ status: block.status, reason: block.reason });
    return { next: 'bulk', block };
  } catch (unrecorded) {
    // Without its reason, the meeting shows that of all others that wait (`showBlock`).
    return { next: unrecorded instanceof HandedOverError ? 'bulk' : afterOtherError(unrecorded), block };
  }
}

function afterOtherError(error: unknown): PassEnd['next'] {
  // The worker is shutting down, or the bulk workflow was cancelled.
  if (isCancelled(error)) return 'bulk';
  // The meeting was deleted, or another pass has it.
  if (error instanceof ApplicationFailure) return 'nothing';
  throw error;
}

function isCancelled(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}
