import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { OutageLog } from './outage-log';

const SWEEP_EVERY_MS = 1_000;
/** The database is away: a moment's rest. */
const REST_MS = 5_000;

/** Repeats a sweep, one after the other, until the signal says stop. A sweep that fails is logged and tried again. */
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
      pause = REST_MS;
    }
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}
