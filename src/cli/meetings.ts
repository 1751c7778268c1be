import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MeetingSyncClient } from '../client';
import { NotJsonError, parseStrictJson } from '../http/strict-json';
import { listErrors } from '../meeting/validation-errors';
import { postedMeetingSchema, type ProcessedMeetingInput } from '../meeting/intake/schema';
import type { StatusDocument, SyncStatus } from '../meeting/status';
import { apiFromEnvironment, reached } from './api';

const LISTED = 50;
const POLL_MS = 500;
/** After this long without a change, the command prints what may be missing. */
const SILENCE_MS = 15_000;
const FINAL: readonly SyncStatus[] = ['synced', 'skipped', 'needs_attention', 'waiting', 'deleted'];

/** `sync FILE.json`: posts one meeting and follows its sync. */
export async function syncFile(file: string): Promise<void> {
  const content = await readFile(file).catch(() => {
    throw new Error(`${file} cannot be read: check the path.`);
  });
  const given = parseJson(file, content);
  assertIsMeeting(file, given);
  const api = apiFromEnvironment(process.env);
  await follow(api, await reached(api.startSync(given)));
}

/** @throws an error that lists the validation errors */
function assertIsMeeting(file: string, given: unknown): asserts given is ProcessedMeetingInput {
  const parsed = postedMeetingSchema.safeParse(given);
  if (parsed.success) return;
  const { errors, total, sentence } = listErrors(parsed.error);
  const lines = errors.map((error) => `  ${error.path}: ${error.message}`);
  if (total > errors.length) lines.push(`  ${sentence}`);
  throw new Error(`${file} is not a processed meeting:\n${lines.join('\n')}`);
}

/** `resync MEETING_ID [--overwrite]`, or `resync --all [--reason CODE]`. */
export async function resyncMeetings(
  meetingId: string | undefined,
  options: { all?: boolean; reason?: string; overwrite?: boolean },
): Promise<void> {
  if ((meetingId === undefined) === (options.all !== true))
    throw new Error('Name one meeting, or use --all (with --reason CODE to choose).');
  if (meetingId !== undefined && options.reason !== undefined)
    throw new Error('--reason filters --all: use both, or neither.');
  if (meetingId === undefined && options.overwrite === true)
    throw new Error("--overwrite replaces people's changes of one meeting: name it, or leave --overwrite out.");
  const api = apiFromEnvironment(process.env);
  const { overwrite = false } = options;
  if (meetingId !== undefined) return await follow(api, await reached(api.resync(meetingId, { overwrite })));
  const body = options.reason === undefined ? {} : { reason: options.reason };
  const { requested } = await reached(api.call<{ requested: number }>('POST', '/api/v1/meetings/resync', body));
  console.log(requestedWords(requested, options.reason));
}

function requestedWords(requested: number, reason: string | undefined): string {
  if (requested === 0)
    return reason === undefined ? 'No meeting has to run again.' : `No meeting has the reason ${reason}.`;
  if (requested === 1) return '1 meeting runs again.';
  return `${requested} meetings run again.${requested > LISTED ? ' `status` shows their progress.' : ''}`;
}

/** `status [MEETING_ID]`: prints one status document, or the progress of many and a line for each of the 50 newest meetings. */
export async function showStatus(meetingId: string | undefined): Promise<void> {
  const api = apiFromEnvironment(process.env);
  if (meetingId !== undefined) return console.log(JSON.stringify(await reached(api.status(meetingId)), null, 2));
  const { meetings } = await reached(
    api.call<{ meetings: StatusDocument[] }>('GET', `/api/v1/meetings?limit=${LISTED}`),
  );
  const progress = await reached(api.call<Progress>('GET', '/api/v1/progress'));
  if (progress.left > meetings.length) console.log(progressWords(progress));
  if (meetings.length === 0) console.log('No meeting has been accepted yet.');
  for (const meeting of meetings) console.log(lineOf(meeting));
}

interface Progress {
  readonly requested: number | null;
  readonly left: number;
  readonly waiting: number;
  readonly perMinute: number;
}

/** The progress of the requested syncs, when there are more than the list shows. */
export function progressWords({ requested, left, waiting, perMinute }: Progress): string {
  const words = [`${left} meetings are under way`];
  if (waiting > 0) words.push(`${waiting} of them wait`);
  if (requested !== null) words.push(`${requested} requested so far, and more to come`);
  if (perMinute > 0) words.push(`${Math.round(perMinute)} end a minute, about ${Math.ceil(left / perMinute)} min left`);
  return `${words.join('; ')}.`;
}

async function follow(api: MeetingSyncClient, first: StatusDocument): Promise<void> {
  let document = first;
  let printed = '';
  let printedAt = performance.now();
  for (;;) {
    const line = lineOf(document);
    if (line !== printed) {
      console.log(line);
      printedAt = performance.now();
    }
    printed = line;
    if (FINAL.includes(document.status)) break;
    if (performance.now() - printedAt > SILENCE_MS) {
      console.log(`  still ${document.status}; is a worker running? Ctrl-C stops following it, not the sync.`);
      printedAt = performance.now();
    }
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.status(document.meetingId));
  }
  for (const engagement of [document.engagements.summary, document.engagements.notes])
    if (engagement !== null) console.log(`  ${engagement.url}`);
  for (const { path, message } of document.warnings) console.log(`  warning: ${`${path} ${message}`.trim()}`);
  if (document.status === 'needs_attention') process.exitCode = 1;
}

function lineOf({ meetingId, status, reason, links, warnings }: StatusDocument): string {
  const linked = links.length === 0 ? '' : ` · ${links.length} linked`;
  const warned = warnings.length === 0 ? '' : ` · ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  return `${meetingId}: ${status}${linked}${warned}${reason === null ? '' : ` · ${reason.message} ${reason.action}`}`;
}

function parseJson(file: string, content: Uint8Array): unknown {
  try {
    return parseStrictJson(content);
  } catch (error) {
    if (error instanceof NotJsonError) throw new Error(`${file} ${error.message}`, { cause: error });
    throw error;
  }
}
