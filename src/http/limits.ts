import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { OwnLimits } from '../config';
import { callerOf } from './address';
import { ProblemError } from './problems';

/** What a caller was refused for. Each kind is counted by itself: a wrong key must not close the sign-in page. */
export type RefusalKind = 'key' | 'link' | 'signature';

const REFUSED_FOR: Readonly<Record<RefusalKind, string>> = {
  key: 'API keys',
  link: 'sign-in links',
  signature: 'signatures',
};

/** Keys that opened a workspace lately: their callers are not turned away for what others of their address try. */
const KNOWN_KEYS = 10_000;

/**
 * How often one caller may call. Counted in this process: several servers allow as much each. Our own callers are
 * slowed by workspace, others by their address and only for what was refused, since a proxy's address may be everybody's.
 */
export class Limits {
  readonly #calls: RateLimiterMemory;
  readonly #bytes: RateLimiterMemory;
  readonly #refusals: Readonly<Record<RefusalKind, RateLimiterMemory>>;
  readonly #knownKeys = new Set<string>();
  readonly #limits: OwnLimits;

  constructor(limits: OwnLimits) {
    const refusals = () => new RateLimiterMemory({ points: limits.refusalsPerMinute, duration: 60 });
    this.#limits = limits;
    this.#calls = new RateLimiterMemory({ points: limits.callsPerSecond, duration: 1 });
    this.#bytes = new RateLimiterMemory({ points: limits.megabytesPerMinute * 1_000_000, duration: 60 });
    this.#refusals = { key: refusals(), link: refusals(), signature: refusals() };
  }

  /** Counts a call of a workspace and the bytes of its body. @throws {@link ProblemError} 429 */
  async call(workspaceId: string, bytes: number): Promise<void> {
    const { callsPerSecond, megabytesPerMinute } = this.#limits;
    await take(this.#calls, workspaceId, 1, `This workspace made more than ${callsPerSecond} calls in a second.`);
    const tooMuch = `This workspace sent more than ${megabytesPerMinute} MB in a minute.`;
    // Also when the call brings nothing: bytes that came without an announcement count afterwards.
    await take(this.#bytes, workspaceId, Math.max(bytes, 1), tooMuch);
  }

  /** Counts bytes that were not announced. */
  async count(workspaceId: string, bytes: number): Promise<void> {
    await this.#bytes.penalty(workspaceId, bytes);
  }

  /** Turns a caller away that was refused too often. @throws {@link ProblemError} 429 */
  async mayTry(kind: RefusalKind, ip: string): Promise<void> {
    const counted = await this.#refusals[kind].get(callerOf(ip));
    if (counted !== null && counted.consumedPoints >= this.#limits.refusalsPerMinute)
      throw tooManyRefusals(kind, counted);
  }

  /** Counts a refusal. @returns what the caller is answered: 429 once there were too many */
  async refused(kind: RefusalKind, ip: string, problem: ProblemError): Promise<ProblemError> {
    try {
      await this.#refusals[kind].consume(callerOf(ip));
      return problem;
    } catch (error) {
      if (error instanceof RateLimiterRes) return tooManyRefusals(kind, error);
      throw error;
    }
  }

  /** Whether a key opened a workspace lately. */
  knows(keyHash: string): boolean {
    return this.#knownKeys.has(keyHash);
  }

  /** A key opened a workspace just now, or does so no longer. */
  learn(keyHash: string, opens: boolean): void {
    this.#knownKeys.delete(keyHash);
    if (!opens) return;
    const [oldest] = this.#knownKeys;
    if (this.#knownKeys.size >= KNOWN_KEYS && oldest !== undefined) this.#knownKeys.delete(oldest);
    this.#knownKeys.add(keyHash);
  }
}

/** A caller has to wait. */
export function tooManyRequests(detail: string, seconds: number): ProblemError {
  return new ProblemError('too-many-requests', detail, { headers: { 'retry-after': String(Math.max(1, seconds)) } });
}

function tooManyRefusals(kind: RefusalKind, { msBeforeNext }: RateLimiterRes): ProblemError {
  const seconds = Math.ceil(msBeforeNext / 1_000);
  return tooManyRequests(`Too many ${REFUSED_FOR[kind]} from this address were refused.`, seconds);
}

async function take(limiter: RateLimiterMemory, key: string, points: number, detail: string): Promise<void> {
  try {
    await limiter.consume(key, points);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw tooManyRequests(detail, Math.ceil(error.msBeforeNext / 1_000));
    throw error;
  }
}
