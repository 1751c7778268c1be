import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { OutageLog } from '../telemetry/outage-log';

const SWEEP_EVERY_MS = 1_000;
/** The pause after a failed sweep, for example when the database is unreachable. */
const PAUSE_AFTER_FAILURE_MS = 5_000;

/** Repeats a sweep until the signal aborts. A failed sweep is logged and retried. */
export async function sweepUntil(
  signal: AbortSignal,
  log: Logger,
  what: string,
  sweep: () => Promise<unknown>,
): Promise<void> {
  const outages = new OutageLog(log);
  while (!signal.aborted) {
    let pause = SWEEP_EVERY_MS;
    try {
      // oxlint-disable-next-line no-await-in-loop -- one sweep after the other
      await sweep();
      outages.worked(`the sweep of ${what} works again`);
    } catch (error) {
      if (signal.aborted) return;
      outages.failed(error, `the sweep of ${what} failed`);
      pause = PAUSE_AFTER_FAILURE_MS;
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
