/** Passes of live meetings that follow one another within this time count as uninterrupted live work. */
const RECENT_MS = 5_000;

let begunAt = -Infinity;

/** Notes that this process begins a pass of a live meeting. */
export function livePassBegins(): void {
  begunAt = performance.now();
}

/** Whether this process passes live meetings, or did within the last five seconds. */
export function hasLivePasses(): boolean {
  return performance.now() - begunAt < RECENT_MS;
}
