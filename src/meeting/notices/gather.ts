const SECOND = 1_000;

/** Notices are sent together once no other one has come for this long. */
const QUIET_MS = 10 * SECOND;
/** No notice waits longer than this for others. */
const LONGEST_MS = 60 * SECOND;
/** No outlet of people gets messages more often. */
const BETWEEN_MESSAGES_MS = 60 * SECOND;

/**
 * When the notices that wait for an outlet of people go out as one message, so that 500 meetings that fail within a minute are
 * one message and not 500.
 *
 * @param waiting - `firstAt`, `lastAt`: when the first and the last of them came, in milliseconds since 1970; `timeScale`:
 *   multiplies our own delays
 * @returns milliseconds since 1970
 */
export function gatheredAt(waiting: {
  readonly firstAt: number;
  readonly lastAt: number;
  readonly timeScale: number;
}): number {
  const { firstAt, lastAt, timeScale } = waiting;
  return Math.min(lastAt + QUIET_MS * timeScale, firstAt + LONGEST_MS * timeScale);
}

/** How long an outlet of people gets nothing after a message, in milliseconds. */
export function pauseAfterMessage(timeScale: number): number {
  return BETWEEN_MESSAGES_MS * timeScale;
}
