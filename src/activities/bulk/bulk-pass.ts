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

/** What may concern only some meetings comes last: a cause of the account holds for all. */
const GRAVEST_FIRST: readonly ((block: BulkBlock) => boolean)[] = [
  ({ status, ofAll }) => status === 'needs_attention' && ofAll,
  ({ reason }) => reason.code === 'daily_limit',
  ({ ofAll }) => ofAll,
  () => true,
];

/** The graver of two causes: what only a person can end, then the daily limit, then what ends soon. The first of equals. */
export function graverBlock(first: BulkBlock | null, second: BulkBlock | null): BulkBlock | null {
  const rank = (block: BulkBlock | null) => (block === null ? Infinity : GRAVEST_FIRST.findIndex((is) => is(block)));
  return rank(second) < rank(first) ? second : first;
}

/** How long a bulk pass stops when only a person can bring the account back. A repaired account requests it earlier. */
const WITHOUT_CONNECTION_MS = 60_000;
const OF_ALL: readonly ReasonCode[] = ['key_missing', 'app_misconfigured'];
/** Only meetings with records of one type may need the scope. */
const OF_SOME: readonly ReasonCode[] = ['missing_scope'];

/** A deletion has a workflow, which begins when the claim ends. */
const BEING_DELETED: StepFailure = { kind: 'wait', ms: 0, reason: reasons.being_deleted() };

/** The block that other meetings would meet too. @returns null if only this meeting is affected */
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

/** How a pass ended. */
export interface PassEnd {
  /** What continues the meeting (`endBulkClaim`): nothing, its own workflow or another bulk pass. */
  readonly next: 'nothing' | 'workflow' | 'bulk';
  readonly block: BulkBlock | null;
  /** False for a pass that was cancelled, lost its claim or waits for the account: it says nothing about the meeting. */
  readonly ended: boolean;
  /** The account reaches HubSpot. */
  readonly reached: boolean;
}

const INTERRUPTED: PassEnd = { next: 'bulk', block: null, ended: false, reached: false };
/** The meeting was deleted, or another pass has it. */
const TAKEN: PassEnd = { ...INTERRUPTED, next: 'nothing' };

/**
 * One pass of a claimed meeting. The meeting's own workflow takes over what needs a person, waits long or keeps failing.
 * While the cause keeps all meetings of the workspace back, the meeting shows it and waits for another bulk pass.
 *
 * @param isReached - whether the account reached HubSpot lately, so that a cause that may concern only some meetings does
 * @throws an error of the database, if the claim could not be ended
 */
export async function passInBulk(
  dependencies: ActivityDependencies,
  meetingSteps: Steps,
  key: MeetingKey,
  run: BulkRun,
  isReached: () => boolean,
): Promise<PassEnd> {
  const steps = new BulkSteps(dependencies, run);
  const end = await passed(steps, meetingSteps, key, { ...run, isReached });
  await endBulkClaim(dependencies.db, key, run.token, end.next);
  return end;
}

async function passed(
  steps: BulkSteps,
  meetingSteps: Steps,
  key: MeetingKey,
  { token, isReached }: BulkRun & { readonly isReached: () => boolean },
): Promise<PassEnd> {
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
    writeTasks: (input) => steps.do('writeTasks', input, meetingSteps.writeTasks),
    associate: (input) => steps.do('associate', input, meetingSteps.associate),
    writeFields: (input) => steps.do('writeFields', input, meetingSteps.writeFields),
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
    return { next: again ? 'workflow' : 'nothing', block: null, ended: true, reached: true };
  } catch (error) {
    const end = endAfter([error, ...(await steps.errors())], isReached());
    return end.next === 'bulk' && end.block !== null ? await shown(end, end.block, record) : end;
  }
}

/** Records on the meeting why it waits. If that fails, `showBlock` still shows the reason on all waiting meetings. */
async function shown(end: PassEnd, block: BulkBlock, record: (outcome: Outcome) => Promise<unknown>): Promise<PassEnd> {
  try {
    await record({ status: block.status, reason: block.reason });
    return end;
  } catch (error) {
    return error instanceof HandedOverError ? end : { ...endAfter([error], false), block };
  }
}

/**
 * What the errors of a pass lead to, all of which the gravest decides. Pure.
 *
 * @param isReached - whether the account reached HubSpot lately
 * @throws the first error that is none of a pass
 */
export function endAfter(errors: readonly unknown[], isReached: boolean): PassEnd {
  for (const error of errors) {
    const isOfPass = error instanceof HandedOverError || error instanceof ApplicationFailure || isCancelled(error);
    if (!isOfPass) throw error;
  }
  if (errors.some((error) => error instanceof ApplicationFailure)) return TAKEN;
  const failures = errors.flatMap((error) => (error instanceof HandedOverError ? [error.failure] : []));
  // The worker is shutting down, or the bulk workflow was cancelled.
  if (failures.length === 0) return INTERRUPTED;
  const block = failures.map(blockOf).reduce(graverBlock, null);
  const isOnlyIts = block === null || (!block.ofAll && isReached);
  if (!isOnlyIts) return { ...INTERRUPTED, block };
  const reached = failures.some(({ kind }) => kind === 'rejected');
  return { next: 'workflow', block: null, ended: true, reached };
}

function isCancelled(error: unknown): boolean {
  return error instanceof CancelledFailure || (error instanceof Error && error.name === 'AbortError');
}
