import { condition, continueAsNew, defineSignal, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { ReasonCode } from '../meeting/status';
import { applyCrmChanges } from './activities';
import { Pauses, summaryOf } from './pauses';
import { failureOf } from './step-failure';

export interface ApplyCrmChangeInput {
  readonly portalId: number;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`, `@default 1`). */
  readonly timeScale?: number;
}

/** Ends the wait for a rate limit early, because HubSpot accepts requests again. */
export const hurry = defineSignal('hurry');

/** Sent when the portal's inbox has events. */
export const wake = defineSignal('wake');

/** The pause after a failure that needs a person. The inbox keeps the events meanwhile. */
const PAUSE_AFTER_FAILURE_MS = 5 * 60_000;

/** Changes come in bursts, so the run waits this long for the next one before it ends. */
const LINGER_MS = 1_000;

/** Reasons that end when a person reconnects HubSpot. The connection sends `wake` then. */
const DISCONNECTED: readonly ReasonCode[] = ['not_connected', 'reauthorize'];

/** Processes the changes of one HubSpot account batch by batch, and ends when the inbox is empty. */
export async function ApplyCrmChangeWorkflow(input: ApplyCrmChangeInput): Promise<void> {
  const { portalId, timeScale = 1 } = input;
  let woken = false;
  let hurried = false;
  const pauses = new Pauses(timeScale);
  setHandler(wake, () => {
    woken = true;
  });

  setHandler(hurry, () => {
    hurried = true;
  });

  for (;;) {
    await Promise.resolve();
    woken = false;
    hurried = false;
    let more = false;
    const failure = await failureOf(async () => {
      ({ more } = await applyCrmChanges({ portalId }));
    });
    if (failure === null) pauses.reset();
    const pause = failure?.status === 'waiting' ? pauses.next(failure.wait, Date.now()) : failure;
    if (pause?.status === 'needs_attention') {
      const timer = sleep(PAUSE_AFTER_FAILURE_MS * timeScale, { summary: summaryOf(pause.reason) });
      // Only connected accounts receive `wake`, so the signal means that a person has reconnected this one.
      if (DISCONNECTED.includes(pause.reason.code)) await Promise.race([timer, condition(() => woken)]);
      else await timer;
      if (!woken) return;
    }
    if (pause?.status === 'waiting') await condition(() => hurried, pause.ms, { summary: summaryOf(pause.reason) });
    else if (!more && !(await condition(() => woken, LINGER_MS * timeScale))) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof ApplyCrmChangeWorkflow>(input);
  }
}
