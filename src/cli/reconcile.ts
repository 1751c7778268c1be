import { setTimeout as sleep } from 'node:timers/promises';
import type { ReconciliationDocument } from '../meeting/reconciliation';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';
import { counted } from './words';

const POLL_MS = 500;
/** Dozens of meetings finish each second, so their number is printed only this often. */
const PRINT_EVERY_MS = 3_000;

/** `reconcile`: starts a reconciliation, follows it, and prints what it repaired. */
export async function reconcile(options: ApiOptions): Promise<void> {
  const api = apiFor(options);
  const output = outputFor(options);
  const id = await reached(api.reconcile());
  let document = await reached(api.reconciliation(id));
  output.say(
    `Comparing ${counted(document.meetingsChecked, 'meeting')} with HubSpot. Ctrl-C stops following it, not the reconciliation.`,
  );
  let printed = -1;
  let printedAt = performance.now();
  while (document.state === 'running') {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.reconciliation(id));
    const { state, meetingsLeft } = document;
    if (state === 'done' || performance.now() - printedAt < PRINT_EVERY_MS) continue;
    const stuck = meetingsLeft === printed ? '; is a worker running, and does HubSpot answer?' : '';
    output.say(
      meetingsLeft === 0 ? `  reading records${stuck}` : `  ${counted(meetingsLeft, 'meeting')} to go${stuck}`,
    );
    printed = meetingsLeft;
    printedAt = performance.now();
  }
  output.result(document, outcomeOf(document));
}

function outcomeOf({ mended: { meetings, records } }: ReconciliationDocument): string {
  const repaired = [
    meetings > 0 ? `the links of ${counted(meetings, 'meeting')}` : null,
    records > 0 ? `the copies of ${counted(records, 'record')}` : null,
  ].filter((part) => part !== null);
  return repaired.length === 0 ? 'No differences.' : `Repaired: ${repaired.join(' and ')}.`;
}
