import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BackfillDocument } from '../meeting/backfill';
import { apiFromEnvironment, reached } from './api';
import { counted } from './words';

const POLL_MS = 1_000;
const TELL_EVERY_MS = 5_000;
/** As many faulty lines are printed; the API tells the others. */
const SHOWN_LINES = 20;

/** `backfill FILE.ndjson`: hands a file of meetings over, and follows them until all have come to rest. */
export async function backfillFile(file: string): Promise<void> {
  await access(file, constants.R_OK).catch(() => {
    throw new Error(`${file} cannot be read: check the path.`);
  });
  const api = apiFromEnvironment(process.env);
  const id = await reached(api.startBackfill(createReadStream(file)));
  let document = await reached(api.backfill(id));
  console.log(`Backfill ${id}: ${counted(document.meetings, 'meeting')}. Ctrl-C ends the watching only.`);
  tellFaults(document);
  if (document.linesWithWarnings > 0)
    console.log(
      `Taken without some of what they had, as each meeting says: ${counted(document.linesWithWarnings, 'line')}.`,
    );
  let told = '';
  let toldAt = 0;
  while (document.state === 'running') {
    const line = lineOf(document);
    if (line !== told && performance.now() - toldAt > TELL_EVERY_MS) {
      console.log(line);
      told = line;
      toldAt = performance.now();
    }
    // oxlint-disable-next-line no-await-in-loop -- following is waiting
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.backfill(id));
  }
  console.log(outcomeOf(document));
  if (document.faultyLines > 0 || document.counts.needs_attention > 0) process.exitCode = 1;
}

function tellFaults({ faults, faultyLines }: BackfillDocument): void {
  if (faultyLines === 0) return;
  console.log(`${counted(faultyLines, 'line')} cannot be taken; the others are:`);
  for (const { line, errors } of faults.slice(0, SHOWN_LINES))
    console.log(`  line ${line}: ${errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')}`);
  if (faultyLines > SHOWN_LINES) console.log(`  and ${(faultyLines - SHOWN_LINES).toLocaleString('en')} more`);
}

function lineOf({ meetings, left, forecast, held }: BackfillDocument): string {
  const done = `  ${(meetings - left).toLocaleString('en')} of ${counted(meetings, 'meeting')}`;
  if (held !== null) return `${done}; it waits: ${held.message} ${held.action}`;
  if (forecast === null) return done;
  return `${done}, done at about ${new Date(forecast.finishesAt).toLocaleTimeString('en-GB').slice(0, 5)}`;
}

function outcomeOf({ state, meetings, counts }: BackfillDocument): string {
  const parts = [
    [counts.synced, 'synced'],
    [counts.skipped, 'skipped'],
    [counts.needs_attention, counts.needs_attention === 1 ? 'needs attention' : 'need attention'],
    [counts.deleted, 'erased meanwhile'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString('en')} ${what}`);
  const begun = state === 'stopped' ? 'Stopped before its end' : `Done: ${counted(meetings, 'meeting')}`;
  return `${begun}${told.length === 0 ? '' : `, ${told.join(', ')}`}.`;
}
