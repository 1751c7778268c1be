import { reasons } from '../meeting/reasons';
import type { SyncReason } from '../meeting/status';
import type { LongWait } from '../temporal/failures';

const FIRST_MS = 4_000;
const LONGEST_MS = 60_000;
/** Gives an outage about ten minutes, including two attempts per pass. Then the meeting needs attention. */
const MOST_IN_A_ROW = 12;

/** What a run does after a pass that could not complete because of HubSpot. */
export type Pause =
  | { readonly status: 'waiting'; readonly reason: SyncReason; readonly ms: number }
  | { readonly status: 'needs_attention'; readonly reason: SyncReason };

/**
 * Decides how long a run pauses: until a rate limit ends, or during an outage longer each time, until the meeting needs
 * attention.
 */
export class Pauses {
  readonly #timeScale: number;
  #inARow = 0;

  /** @param timeScale - multiplies the pauses of an outage. HubSpot alone decides when a limit ends */
  constructor(timeScale: number) {
    this.#timeScale = timeScale;
  }

  /** @param now - the workflow's clock, in milliseconds since 1970 */
  next({ reason, ms, outage }: LongWait, now: number): Pause {
    if (outage === undefined) return { status: 'waiting', reason, ms };
    this.#inARow += 1;
    if (this.#inARow > MOST_IN_A_ROW) {
      this.#inARow = 0;
      return { status: 'needs_attention', reason: reasons.hubspot_unavailable({ detail: outage.detail }) };
    }
    const pause = Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#inARow - 1)) * this.#timeScale;
    const until = new Date(now + Math.max(pause, ms)).toISOString();
    return { status: 'waiting', reason: reasons.hubspot_down({ until }), ms: Math.max(pause, ms) };
  }

  /** Call after a complete pass: the next outage begins with a short pause again. */
  reset(): void {
    this.#inARow = 0;
  }
}

/** Temporal rejects a timer summary of more than 400 bytes. */
const SUMMARY_BYTES = 400;

/** The summary of a timer in Temporal's UI: what the run is waiting for. */
export function summaryOf({ code, message }: SyncReason): string {
  let kept = '';
  let bytes = 0;
  for (const character of `${code}: ${message}`) {
    bytes += bytesOf(character);
    if (bytes > SUMMARY_BYTES - bytesOf('…')) return `${kept}…`;
    kept += character;
  }
  return kept;
}

/** Length in UTF-8: workflow code has no TextEncoder. */
function bytesOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}
