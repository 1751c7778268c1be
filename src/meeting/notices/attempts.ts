/**
 * Why an attempt to deliver failed. `refused`: the answer is no success. `redirect`: none is followed. `gone`: the answer
 * is 410. `address_not_allowed`: the address leads to a private network. `mail_server`: only the operator can repair it.
 * `switched_off`: the outlet is off.
 */
export const ATTEMPT_ERRORS = [
  'refused',
  'redirect',
  'gone',
  'timeout',
  'connection',
  'unknown_host',
  'address_not_allowed',
  'tls',
  'mail_server',
  'switched_off',
] as const;
export type AttemptError = (typeof ATTEMPT_ERRORS)[number];

/** What became of an attempt to deliver. */
export interface AttemptResult {
  /** Null when the receiver took it. */
  readonly error: AttemptError | null;
  /** The status of the HTTP response, or the reply code of SMTP; null without a response. */
  readonly status: number | null;
  /** The beginning of the response, for people who look for the cause; null without one. */
  readonly answer: string | null;
  /** How long the receiver asks to wait. */
  readonly retryAfterMs?: number | undefined;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Pauses between the attempts of a delivery, as the Standard Webhooks specification recommends. */
const PAUSES_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** After this many failed attempts in a row, the receiver is probably away: one delivery at a time is tried. */
export const PROBING_AFTER_FAILURES = 3;
const FIRST_PROBE_MS = 5 * SECOND;
const LONGEST_PROBE_MS = 5 * MINUTE;
/** An outlet that fails for this long is switched off. The last attempt of a delivery comes after it. */
const PATIENCE_MS = 72 * HOUR;
/** The longest wait that a receiver gets by `Retry-After`. */
const LONGEST_RETRY_AFTER_MS = 24 * HOUR;

/** What a failed attempt leads to. */
export interface AfterFailure {
  /** When the delivery is tried again; null if it failed for good. */
  readonly retryMs: number | null;
  /** How long the outlet sends nothing; null without a pause. */
  readonly pauseMs: number | null;
  readonly switchOff: 'failing' | 'gone' | null;
}

/**
 * Decides what follows a failed attempt. Pure.
 *
 * @param failed - `attempts` of this delivery and `failures` of the outlet in a row, both with this one. `failingMs`: since
 *   the first of them. `timeScale`: multiplies our own delays, not what the receiver asks for
 */
export function afterFailure(
  { error, retryAfterMs = 0 }: Pick<AttemptResult, 'error' | 'retryAfterMs'>,
  failed: {
    readonly attempts: number;
    readonly failures: number;
    readonly failingMs: number;
    readonly timeScale: number;
  },
): AfterFailure {
  const { attempts, failures, failingMs, timeScale } = failed;
  if (error === 'gone') return { retryMs: null, pauseMs: null, switchOff: 'gone' };
  const askedMs = Math.min(retryAfterMs, LONGEST_RETRY_AFTER_MS);
  const pauseMs = PAUSES_MS[attempts - 1];
  const probeMs =
    failures < PROBING_AFTER_FAILURES
      ? 0
      : Math.min(LONGEST_PROBE_MS, FIRST_PROBE_MS * 2 ** (failures - PROBING_AFTER_FAILURES)) * timeScale;
  const waitMs = Math.max(probeMs, askedMs);
  return {
    retryMs: pauseMs === undefined ? null : Math.max(pauseMs * timeScale, askedMs),
    pauseMs: waitMs === 0 ? null : waitMs,
    // Not the receiver, but the installation's mail server.
    switchOff: error !== 'mail_server' && failingMs >= PATIENCE_MS * timeScale ? 'failing' : null,
  };
}

/** How much of an answer is kept, in characters. */
const KEPT_ANSWER = 500;

/** The beginning of a receiver's answer, without the character that PostgreSQL cannot store. Pure. */
export function keptAnswer(answer: string): string {
  return answer.slice(0, KEPT_ANSWER).replaceAll('\0', '\uFFFD');
}
