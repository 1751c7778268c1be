import { condition, continueAsNew, defineSignal, setHandler, sleep, workflowInfo } from '@temporalio/workflow';
import type { ReasonCode } from '../meeting/status';
import { applyCrmChanges } from './activities';
import { Pauses, summaryOf } from './pauses';
import { failureOf } from './step-failure';

export interface ApplyCrmChangeInput {
  readonly portalId: number;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`); 1 when absent. */
  readonly timeScale?: number;
}

/** HubSpot takes requests again: ends the wait for a limit early. */
export const hurry = defineSignal('hurry');

/** There is something in the portal's inbox. */
export const wake = defineSignal('wake');

/** Nobody can connect again within seconds: the inbox keeps what came, and is asked again after this. */
const REST_AFTER_FAILURE_MS = 5 * 60_000;

/** Changes come in bursts: the next one within this time needs no run of its own. */
const LINGER_MS = 1_000;

/** An authorisation that HubSpot no longer accepts comes back when somebody connects again, and then at once. */
const LOST: readonly ReasonCode[] = ['not_connected', 'reauthorize'];

/** Works off the changes of one HubSpot account, one batch after the other, and ends when there is nothing left. */
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
    const held = failure?.next === 'wait' ? pauses.next(failure.wait, Date.now()) : failure;
    if (held?.next === 'park') {
      const rest = sleep(REST_AFTER_FAILURE_MS * timeScale, { summary: summaryOf(held.reason) });
      // Only connected accounts are woken: one that lost its authorisation has it again.
      if (LOST.includes(held.reason.code)) await Promise.race([rest, condition(() => woken)]);
      else await rest;
      if (!woken) return;
    }
    if (held?.next === 'wait') await condition(() => hurried, held.ms, { summary: summaryOf(held.reason) });
    else if (!more && !(await condition(() => woken, LINGER_MS * timeScale))) return;
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof ApplyCrmChangeWorkflow>(input);
  }
}
