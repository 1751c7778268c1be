import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { OwnLimits } from '../config';
import { callerOf } from './address';
import { ProblemError } from './plumbing/problems';

/** What was refused. Each kind is counted separately, so that wrong keys do not block the sign-in page. */
export type RefusalKind = 'key' | 'link' | 'sign_in' | 'signature';

const REFUSED_FOR: Readonly<Record<RefusalKind, string>> = {
  key: 'API keys',
  link: 'sign-in links',
  sign_in: 'sign-ins',
  signature: 'signatures',
};

/**
 * The number of recently valid keys to remember. Their callers are not refused for the failures of others at their
 * address.
 */
const KNOWN_KEYS = 10_000;

/**
 * Limits how often one caller may call. Each process counts for itself. Authenticated calls are counted by workspace.
 * Other callers are counted by address, and only their refusals, since many callers may share a proxy's address.
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
    this.#refusals = { key: refusals(), link: refusals(), sign_in: refusals(), signature: refusals() };
  }

  /** Counts a call of a workspace and the bytes of its body. @throws {@link ProblemError} 429 */
  async call(workspaceId: string, bytes: number): Promise<void> {
    const { callsPerSecond, megabytesPerMinute } = this.#limits;
    await take(this.#calls, workspaceId, 1, `This workspace made more than ${callsPerSecond} calls in a second.`);
    const tooMuch = `This workspace sent more than ${megabytesPerMinute} MB in a minute.`;
    // At least 1, so that earlier chunked bodies, whose bytes are counted afterwards, limit a call without a body too.
    await take(this.#bytes, workspaceId, Math.max(bytes, 1), tooMuch);
  }

  /** Counts the bytes of a chunked body, whose length is only known afterwards. */
  async count(workspaceId: string, bytes: number): Promise<void> {
    await this.#bytes.penalty(workspaceId, bytes);
  }

  /** Checks that a caller was not refused too often. @throws {@link ProblemError} 429 */
  async mayTry(kind: RefusalKind, ip: string): Promise<void> {
    const counted = await this.#refusals[kind].get(callerOf(ip));
    if (counted !== null && counted.consumedPoints >= this.#limits.refusalsPerMinute)
      throw tooManyRefusals(kind, counted);
  }

  /** Counts a refusal. @returns the problem to answer: `problem`, or 429 after too many refusals */
  async refused(kind: RefusalKind, ip: string, problem: ProblemError): Promise<ProblemError> {
    try {
      await this.#refusals[kind].consume(callerOf(ip));
      return problem;
    } catch (error) {
      if (error instanceof RateLimiterRes) return tooManyRefusals(kind, error);
      throw error;
    }
  }

  /** Whether a key was valid recently. */
  knows(keyHash: string): boolean {
    return this.#knownKeys.has(keyHash);
  }

  /** Remembers whether a key is valid. */
  learn(keyHash: string, opens: boolean): void {
    this.#knownKeys.delete(keyHash);
    if (!opens) return;
    const [oldest] = this.#knownKeys;
    if (this.#knownKeys.size >= KNOWN_KEYS && oldest !== undefined) this.#knownKeys.delete(oldest);
    this.#knownKeys.add(keyHash);
  }
}

/** 429 with the seconds to wait. */
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
