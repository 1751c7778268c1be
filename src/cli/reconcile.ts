import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationDocument } from '../meeting/reconciliation';
import { apiFromEnvironment, reached } from './api';
import { counted } from './words';

const POLL_MS = 500;
/** Meetings come to rest by the dozen: their number is told now and then. */
const TELL_EVERY_MS = 3_000;

/** `reconcile`: has everything compared with HubSpot, follows it to its end, and tells what was mended. */
export async function reconcile(): Promise<void> {
  const api = apiFromEnvironment(process.env);
  const id = await reached(api.reconcile());
  let document = await reached(api.reconciliation(id));
  console.log(`Comparing ${counted(document.meetingsChecked, 'meeting')} with HubSpot. Ctrl-C ends the watching only.`);
  let told = -1;
  let toldAt = performance.now();
  while (document.state === 'running') {
    // oxlint-disable-next-line no-await-in-loop -- following is waiting
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.reconciliation(id));
    const { state, meetingsLeft } = document;
    if (state === 'done' || performance.now() - toldAt < TELL_EVERY_MS) continue;
    const stuck = meetingsLeft === told ? '; do a worker and HubSpot answer?' : '';
    console.log(
      meetingsLeft === 0 ? `  reading records${stuck}` : `  ${counted(meetingsLeft, 'meeting')} to go${stuck}`,
    );
    told = meetingsLeft;
    toldAt = performance.now();
  }
  console.log(outcomeOf(document));
}

function outcomeOf({ mended: { meetings, records } }: ReconciliationDocument): string {
  const mended = [
    meetings > 0 ? `the links of ${counted(meetings, 'meeting')}` : null,
    records > 0 ? `the copies of ${counted(records, 'record')}` : null,
  ].filter((part) => part !== null);
  return mended.length === 0 ? 'Nothing differed.' : `Mended: ${mended.join(' and ')}.`;
}
