import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MeetingSyncClient } from '../client';
import type { BackfillAction, BackfillDocument } from '../meeting/backfill';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor, type Output } from './output';
import { counted } from './words';

const POLL_MS = 1_000;
const PRINT_EVERY_MS = 5_000;
/** The most invalid lines to print. The API returns all of them. */
const SHOWN_LINES = 20;

const ACTIONS: Readonly<
  Record<BackfillAction, (api: MeetingSyncClient, backfillId: string) => Promise<BackfillDocument>>
> = {
  pause: (api, backfillId) => api.pauseBackfill(backfillId),
  resume: (api, backfillId) => api.resumeBackfill(backfillId),
  stop: (api, backfillId) => api.stopBackfill(backfillId),
};

/** `backfill pause ID`, `resume` and `stop`: changes a running backfill and prints its progress. */
export async function actOnBackfill(action: BackfillAction, backfillId: string, options: ApiOptions): Promise<void> {
  const document = await reached(ACTIONS[action](apiFor(options), backfillId));
  outputFor(options).result(document, document.state === 'running' ? lineOf(document).trim() : outcomeOf(document));
}

/** `backfill FILE.ndjson`: posts a file of meetings and follows them until no sync is running. */
export async function backfillFile(file: string, options: ApiOptions): Promise<void> {
  await access(file, constants.R_OK).catch(() => {
    throw new Error(`${file} cannot be read: check the path.`);
  });
  const api = apiFor(options);
  const output = outputFor(options);
  const id = await reached(api.startBackfill(createReadStream(file)));
  let document = await reached(api.backfill(id));
  output.say(`Backfill ${id}: ${counted(document.meetings, 'meeting')}. Ctrl-C stops following it, not the backfill.`);
  printInvalidLines(document, output);
  if (document.linesWithWarnings > 0)
    output.say(`${counted(document.linesWithWarnings, 'line')} accepted with warnings; see each meeting's warnings.`);
  let printed = '';
  let printedAt = 0;
  while (document.state === 'running') {
    const line = lineOf(document);
    if (line !== printed && performance.now() - printedAt > PRINT_EVERY_MS) {
      output.say(line);
      printed = line;
      printedAt = performance.now();
    }
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.backfill(id));
  }
  output.result(document, outcomeOf(document));
  if (document.faultyLines > 0 || document.counts.needs_attention > 0) process.exitCode = 1;
}

function printInvalidLines({ faults, faultyLines }: BackfillDocument, output: Output): void {
  if (faultyLines === 0) return;
  output.say(`${counted(faultyLines, 'line')} rejected; all other lines were accepted:`);
  for (const { line, errors } of faults.slice(0, SHOWN_LINES))
    output.say(`  line ${line}: ${errors.map(({ path, message }) => `${path} ${message}`.trim()).join('; ')}`);
  if (faultyLines > SHOWN_LINES) console.log(`  and ${(faultyLines - SHOWN_LINES).toLocaleString('en')} more`);
}

function lineOf({ meetings, left, forecast, held, paused }: BackfillDocument): string {
  const done = `  ${(meetings - left).toLocaleString('en')} of ${counted(meetings, 'meeting')}`;
  if (paused) return `${done}; paused`;
  if (held !== null) return `${done}; waiting: ${held.message} ${held.action}`;
  if (forecast === null) return done;
  return `${done}, expected to finish at ${new Date(forecast.finishesAt).toLocaleTimeString('en-GB').slice(0, 5)}`;
}

function outcomeOf({ state, meetings, counts }: BackfillDocument): string {
  const parts = [
    [counts.synced, 'synced'],
    [counts.skipped, 'skipped'],
    [counts.needs_attention, counts.needs_attention === 1 ? 'needs attention' : 'need attention'],
    [counts.deleted, 'deleted'],
  ] as const;
  const results = parts.filter(([count]) => count > 0).map(([count, what]) => `${count.toLocaleString('en')} ${what}`);
  const ending = state === 'stopped' ? 'Stopped early' : `Done: ${counted(meetings, 'meeting')}`;
  return `${ending}${results.length === 0 ? '' : `, ${results.join(', ')}`}.`;
}
