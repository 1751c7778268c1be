import { activityInfo, cancellationSignal } from '@temporalio/activity';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { asBulk } from '../../hubspot/client/urgency';
import { findConnection } from '../../store/connections/connections';
import { endBlock, showBlock } from '../../store/meetings/bulk/blocks';
import { claimForBulk, isBulkWorkLeft, renewBulkClaims } from '../../store/meetings/bulk/claims';
import type { MeetingKey } from '../../store/meetings/key';
import { describeError } from '../../telemetry/log';
import type { Steps } from '../steps';
import type { ActivityDependencies } from '../dependencies';
import { graverBlock, passInBulk, type BulkBlock, type PassEnd } from './bulk-pass';
import type { BulkRun } from './bulk-steps';
import { hasLivePasses } from './live-passes';

/** Meetings in one activity at once. A hundred inputs fill one batch call of HubSpot. */
export const AT_ONCE = 120;
/**
 * The same while the process passes live meetings, which need the processor too. The benchmark's scenario `mixed` measures
 * how long they take.
 */
export const AT_ONCE_BESIDE_LIVE = 60;
/** Meetings that are claimed together share batches, so wait this long after one has ended for others. */
const GATHER_MS = 200;
/** Look for new requests this often while meetings are under way. */
const LOOK_EVERY_MS = 1_000;
/**
 * An activity claims meetings for this long and then ends with the last of them, so that other accounts get its slot and
 * its workflow shows progress.
 */
const TURN_MS = 60_000;
/** After this many meetings for which a permission is missing, and none that reached HubSpot, the account is without it. */
const WITHOUT_PERMISSION = 10;
/** Several renewals fit within the time of a claim (store/meetings/bulk/claims.ts). */
const RENEWED_EVERY_MS = 5_000;

export interface BulkInput {
  readonly workspaceId: string;
  /** Passes one meeting before it claims more, because HubSpot could not be reached lately. */
  readonly careful: boolean;
}

/** Progress of bulk passes. Contains only counts and codes. */
export interface BulkProgress {
  /** Passes that ended, or that the meeting's own workflow took over. */
  readonly passed: number;
  /** More meetings are waiting. */
  readonly more: boolean;
  /** Reason code of what keeps meetings from HubSpot now, and the shortest pause. */
  readonly blocked: { readonly code: string; readonly ms: number } | null;
}

/**
 * Passes meetings of a workspace that wait for a bulk pass, many at once, so that their calls to HubSpot share batches.
 * Claims more as meetings finish, until none is left, HubSpot cannot be reached, the worker shuts down or its turn is over.
 */
export function syncInBulk(dependencies: ActivityDependencies, steps: Steps) {
  return async (input: BulkInput): Promise<BulkProgress> => {
    const work = new BulkWork(dependencies, steps, input);
    const stop = cancellationSignal();
    await work.run(stop);
    stop.throwIfAborted();
    return {
      passed: work.passed,
      more: await isBulkWorkLeft(dependencies.db, input.workspaceId),
      blocked: work.block === null ? null : { code: work.block.reason.code, ms: Math.round(work.block.ms) },
    };
  };
}

/** Claims meetings and runs their passes, within one activity. */
class BulkWork {
  passed = 0;
  readonly #dependencies: ActivityDependencies;
  readonly #steps: Steps;
  readonly #input: BulkInput;
  readonly #run: BulkRun;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;
  #block: BulkBlock | null = null;
  /** Meetings that wait for a cause that may concern only some. */
  #keptBack = 0;
  #unblocked: Promise<void> | null = null;

  constructor(dependencies: ActivityDependencies, steps: Steps, input: BulkInput) {
    this.#dependencies = dependencies;
    this.#steps = steps;
    this.#input = input;
    const token = randomUUID();
    const { workflowExecution } = activityInfo();
    this.#run = { token, workflowId: workflowExecution?.workflowId ?? '', runId: workflowExecution?.runId ?? token };
  }

  /** What keeps the workspace's meetings from HubSpot. */
  get block(): BulkBlock | null {
    if (this.#block === null || this.#block.ofAll) return this.#block;
    return !this.#isReached && this.#keptBack >= WITHOUT_PERMISSION ? this.#block : null;
  }

  /** @throws an error of the database, after the meetings under way have ended */
  async run(stop: AbortSignal): Promise<void> {
    const connectedAt = await this.#connectedAt();
    const renewing = setInterval(() => void this.#renew(), RENEWED_EVERY_MS);
    const until = performance.now() + TURN_MS;
    try {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- as many as there is room for
        if (this.#isOpen(stop) && performance.now() < until) await this.#claim();
        if (this.#running.size === 0) break;
        // oxlint-disable-next-line no-await-in-loop -- as above
        await Promise.race([...this.#running, sleep(LOOK_EVERY_MS)]);
        // oxlint-disable-next-line no-await-in-loop -- as above
        if (this.#running.size > 0) await sleep(GATHER_MS);
      }
    } finally {
      clearInterval(renewing);
    }
    if (this.#failure !== null) throw this.#failure.error;
    if (this.block !== null) await this.#show(this.block, connectedAt);
    // Their cause is not of the account: their own workflows show it.
    else if (this.#isReached && this.#keptBack > 0) await this.#endBlock();
  }

  get #isReached(): boolean {
    return this.#unblocked !== null;
  }

  #isOpen(stop: AbortSignal): boolean {
    return this.block === null && this.#failure === null && !stop.aborted;
  }

  async #claim(): Promise<void> {
    const careful = this.#input.careful && this.passed + this.#keptBack === 0;
    const limit = claimable(this.#running.size, { careful, live: hasLivePasses() });
    if (limit === 0) return;
    const { workspaceId } = this.#input;
    try {
      const claimed = await claimForBulk(this.#dependencies.db, { workspaceId, token: this.#run.token, limit });
      for (const key of claimed) this.#start(key);
    } catch (error) {
      this.#failure = { error };
    }
  }

  #start(key: MeetingKey): void {
    const pass = asBulk(async () => {
      try {
        await this.#ended(await passInBulk(this.#dependencies, this.#steps, key, this.#run, () => this.#isReached));
      } catch (error) {
        // Without the database no claim can be ended. This one runs out, and another activity takes the meeting.
        this.#failure ??= { error };
        this.#dependencies.log.error({ ...key, error: describeError(error) }, 'a bulk pass failed');
      } finally {
        this.#running.delete(pass);
      }
    });
    this.#running.add(pass);
  }

  async #ended({ ended, block, reached }: PassEnd): Promise<void> {
    if (ended) this.passed += 1;
    if (block?.ofAll === false) this.#keptBack += 1;
    this.#block = graverBlock(this.#block, block);
    // What waited for a cause of the account now waits for its turn.
    if (reached) await (this.#unblocked ??= this.#endBlock());
  }

  async #show(block: BulkBlock, connectedBefore: number | null): Promise<void> {
    await showBlock(this.#dependencies.db, this.#input.workspaceId, block);
    // A connection that was made meanwhile has not requested the meetings that need attention only now.
    const connectedAt = block.status === 'needs_attention' ? await this.#connectedAt() : null;
    if (connectedAt !== null && connectedAt !== connectedBefore) await this.#endBlock();
  }

  /** When the workspace was connected last; null without a working connection. */
  async #connectedAt(): Promise<number | null> {
    const connection = await findConnection(this.#dependencies.db, this.#input.workspaceId);
    return connection?.state === 'connected' ? connection.connected_at.getTime() : null;
  }

  async #endBlock(): Promise<void> {
    await endBlock(this.#dependencies.db, this.#input.workspaceId);
  }

  async #renew(): Promise<void> {
    try {
      await renewBulkClaims(this.#dependencies.db, this.#run.token);
    } catch (error) {
      this.#dependencies.log.warn({ error: describeError(error) }, 'the claims of a bulk pass could not be renewed');
    }
  }
}

/**
 * How many meetings to claim now.
 *
 * @param running - meetings that are being passed
 * @param state - `careful`: the first one has to pass before others follow; `live`: the process passes live meetings, too
 */
export function claimable(
  running: number,
  { careful, live }: { readonly careful: boolean; readonly live: boolean },
): number {
  if (careful) return running === 0 ? 1 : 0;
  return Math.max(0, (live ? AT_ONCE_BESIDE_LIVE : AT_ONCE) - running);
}
