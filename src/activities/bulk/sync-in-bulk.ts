import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import { asBulk } from '../../hubspot/client/urgency';
import { claimForBulk, isBulkWorkLeft, renewBulkClaims } from '../../store/meetings/bulk-claims';
import type { MeetingKey } from '../../store/meetings/key';
import { describeError } from '../../telemetry/log';
import type { Steps } from '../steps';
import type { ActivityDependencies } from '../dependencies';
import { passInBulk, type BulkBlock } from './bulk-pass';

/** A hundred inputs fill one batch call of HubSpot. */
const AT_ONCE = 100;
/** Claim several at once, so that their reads share batches. */
const CLAIMED_TOGETHER = 20;
/** An activity ends after this many meetings, so that its workflow shows progress. */
const MOST_PER_ACTIVITY = 1_000;
/** Several renewals fit within the time of a claim (store/meetings/bulk-claims.ts). */
const RENEWED_EVERY_MS = 5_000;

export interface BulkInput {
  readonly workspaceId: string;
  /** Passes one meeting before it claims more, because HubSpot could not be reached lately. */
  readonly careful: boolean;
}

/** Progress of bulk passes. Contains only counts and codes. */
export interface BulkProgress {
  readonly passed: number;
  /** More meetings are waiting. */
  readonly more: boolean;
  /** Reason code of what keeps meetings from HubSpot now, and the shortest pause. */
  readonly blocked: { readonly code: string; readonly ms: number } | null;
}

/**
 * Passes meetings of a workspace that wait for a bulk pass, many at once, so that their calls to HubSpot share batches.
 * Claims more as meetings finish, until none is left, HubSpot cannot be reached or the activity has passed enough.
 */
export function syncInBulk(dependencies: ActivityDependencies, steps: Steps) {
  const { db, log } = dependencies;

  return async ({ workspaceId, careful }: BulkInput): Promise<BulkProgress> => {
    const token = randomUUID();
    const { workflowExecution } = activityInfo();
    const run = { token, workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? token };
    const stop = cancellationSignal();
    const running = new Set<Promise<void>>();
    let passed = 0;
    let block: BulkBlock | null = null;
    const renewing = setInterval(() => void renewBulkClaims(db, token).catch(notRenewed), RENEWED_EVERY_MS);
    try {
      for (;;) {
        const isOpen = block === null && !stop.aborted && passed + running.size < MOST_PER_ACTIVITY;
        const limit = isOpen ? claimable(running.size, careful && passed === 0) : 0;
        // oxlint-disable-next-line no-await-in-loop -- as many as there is room for
        const claimed = limit > 0 ? await claimForBulk(db, { workspaceId, token, limit }) : [];
        for (const key of claimed) start(key);
        if (running.size === 0) break;
        // oxlint-disable-next-line no-await-in-loop -- as above
        await Promise.race(running);
      }
    } finally {
      clearInterval(renewing);
    }
    stop.throwIfAborted();
    const blocked = block as BulkBlock | null;
    return {
      passed,
      more: await isBulkWorkLeft(db, workspaceId),
      blocked: blocked === null ? null : { code: blocked.reason.code, ms: Math.round(blocked.ms) },
    };

    function start(key: MeetingKey): void {
      const pass = asBulk(async () => {
        try {
          const blockedBy = await passInBulk(dependencies, steps, key, run);
          block ??= blockedBy;
        } catch (error) {
          log.error({ ...key, error: describeError(error) }, 'a bulk pass failed');
        } finally {
          passed += 1;
          running.delete(pass);
        }
      });
      running.add(pass);
    }
  };

  function notRenewed(error: unknown): void {
    log.warn({ error: describeError(error) }, 'the claims of a bulk pass could not be renewed');
  }
}

/**
 * How many meetings to claim now.
 *
 * @param running - meetings that are being passed
 * @param careful - whether the first one has to pass before others follow
 */
export function claimable(running: number, careful: boolean): number {
  if (careful) return running === 0 ? 1 : 0;
  const room = AT_ONCE - running;
  return room >= CLAIMED_TOGETHER ? room : 0;
}
