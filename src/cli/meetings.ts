import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MeetingSyncClient } from '../client';
import { NotJsonError, parseStrictJson } from '../http/strict-json';
import { listErrors } from '../meeting/validation-errors';
import { postedMeetingSchema, type ProcessedMeetingInput } from '../meeting/intake/schema';
import type { StatusDocument, SyncStatus } from '../meeting/status';
import { apiFor, reached, type ApiOptions } from './api';
import { answerTo } from './confirm';
import { outputFor, type Output } from './output';

const LISTED = 50;
const POLL_MS = 500;
/** After this long without a change, the command prints what may be missing. */
const SILENCE_MS = 15_000;
const FINAL: readonly SyncStatus[] = ['synced', 'skipped', 'needs_attention', 'waiting', 'deleted'];

/** `sync FILE.json`: posts one meeting and follows its sync. */
export async function syncFile(file: string, options: ApiOptions): Promise<void> {
  const content = await readFile(file).catch(() => {
    throw new Error(`${file} cannot be read: check the path.`);
  });
  const given = parseJson(file, content);
  assertIsMeeting(file, given);
  const api = apiFor(options);
  await follow(api, await reached(api.startSync(given)), outputFor(options));
}

/** @throws an error that lists the validation errors */
function assertIsMeeting(file: string, given: unknown): asserts given is ProcessedMeetingInput {
  const parsed = postedMeetingSchema.safeParse(given);
  if (parsed.success) return;
  const { errors, total, sentence } = listErrors(parsed.error, postedMeetingSchema);
  const lines = errors.map((error) => `  ${error.path}: ${error.message}`);
  if (total > errors.length) lines.push(`  ${sentence}`);
  throw new Error(`${file} is not a processed meeting:\n${lines.join('\n')}`);
}

/** `resync MEETING_ID [--overwrite]`, or `resync --all [--reason CODE]`. */
export async function resyncMeetings(
  meetingId: string | undefined,
  options: ApiOptions & { all?: boolean; reason?: string; overwrite?: boolean },
): Promise<void> {
  if ((meetingId === undefined) === (options.all !== true))
    throw new Error('Name one meeting, or use --all (with --reason CODE to choose).');
  if (meetingId !== undefined && options.reason !== undefined)
    throw new Error('--reason filters --all: use both, or neither.');
  if (meetingId === undefined && options.overwrite === true)
    throw new Error("--overwrite replaces people's changes of one meeting: name it, or leave --overwrite out.");
  const api = apiFor(options);
  const output = outputFor(options);
  const { overwrite = false } = options;
  if (meetingId !== undefined) return await follow(api, await reached(api.resync(meetingId, { overwrite })), output);
  const body = options.reason === undefined ? {} : { reason: options.reason };
  const { requested } = await reached(api.call<{ requested: number }>('POST', '/api/v1/meetings/resync', body));
  output.result({ requested }, requestedWords(requested, options.reason));
}

function requestedWords(requested: number, reason: string | undefined): string {
  if (requested === 0)
    return reason === undefined ? 'No meeting has to run again.' : `No meeting has the reason ${reason}.`;
  if (requested === 1) return '1 meeting runs again.';
  return `${requested} meetings run again.${requested > LISTED ? ' `status` shows their progress.' : ''}`;
}

/** `status [MEETING_ID]`: prints one status document, or the progress of many and a line for each of the 50 newest meetings. */
export async function showStatus(meetingId: string | undefined, options: ApiOptions): Promise<void> {
  const api = apiFor(options);
  const output = outputFor(options);
  if (meetingId !== undefined) return output.result(await reached(api.status(meetingId)));
  const page = await reached(api.list({ limit: LISTED }));
  const progress = await reached(api.call<Progress>('GET', '/api/v1/progress'));
  const lines = page.meetings.map((meeting) => `${timeOf(meeting.startedAt)}  ${lineOf(meeting, titleOf(meeting))}`);
  if (progress.left > lines.length) output.say(progressWords(progress));
  output.result(page, lines.length === 0 ? 'No meeting has been accepted yet.' : lines.join('\n'));
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

/** `delete MEETING_ID`: removes both activities from HubSpot, and erases the meeting here. */
export async function deleteMeeting(meetingId: string, options: ApiOptions & { readonly yes: boolean }): Promise<void> {
  const api = apiFor(options);
  const output = outputFor(options);
  const before = await reached(api.status(meetingId));
  const what = `${meetingId}${before.title === null ? '' : ` ("${before.title}")`}`;
  if (!options.yes) {
    const question = `This removes the activities of ${what} from HubSpot and erases the meeting here. It cannot be undone.\nType yes to continue: `;
    if ((await answerTo(question, 'add --yes to delete the meeting')) !== 'yes')
      return output.result({ deleted: false }, 'Nothing was deleted.');
  }
  const document = await reached(
    api.call<StatusDocument>('DELETE', `/api/v1/meetings/${encodeURIComponent(meetingId)}`),
  );
  output.result(document, lineOf(document));
}

function titleOf({ title }: StatusDocument): string {
  return title === null ? '' : ` "${title}"`;
}

/** `2026-11-30 14:05`, in the time zone of this machine. */
function timeOf(iso: string): string {
  return new Date(iso).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

async function follow(api: MeetingSyncClient, first: StatusDocument, output: Output): Promise<void> {
  let document = first;
  let printed = '';
  let printedAt = performance.now();
  for (;;) {
    const line = lineOf(document);
    if (line !== printed) {
      output.say(line);
      printedAt = performance.now();
    }
    printed = line;
    if (FINAL.includes(document.status)) break;
    if (performance.now() - printedAt > SILENCE_MS) {
      output.say(`  still ${document.status}; is a worker running? Ctrl-C stops following it, not the sync.`);
      printedAt = performance.now();
    }
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(POLL_MS);
    // oxlint-disable-next-line no-await-in-loop -- as above
    document = await reached(api.status(document.meetingId));
  }
  const details = [
    ...[document.engagements.summary, document.engagements.notes].flatMap((engagement) =>
      engagement === null ? [] : [`  ${engagement.url}`],
    ),
    ...document.tasks.map(({ text, state, url }) => `  task (${state}): ${text.replaceAll(/\s+/g, ' ')} ${url}`),
    ...document.warnings.map(({ path, message }) => `  warning: ${`${path} ${message}`.trim()}`),
  ];
  output.end(document, details);
  if (document.status === 'needs_attention') process.exitCode = 1;
}

/** @param title - printed after the id */
function lineOf({ meetingId, status, reason, links, warnings }: StatusDocument, title = ''): string {
  const linked = links.length === 0 ? '' : ` · ${links.length} linked`;
  const warned = warnings.length === 0 ? '' : ` · ${warnings.length} ${warnings.length === 1 ? 'warning' : 'warnings'}`;
  return `${meetingId}${title}: ${status}${linked}${warned}${reason === null ? '' : ` · ${reason.message} ${reason.action}`}`;
}

function parseJson(file: string, content: Uint8Array): unknown {
  try {
    return parseStrictJson(content);
  } catch (error) {
    if (error instanceof NotJsonError) throw new Error(`${file} ${error.message}`, { cause: error });
    throw error;
  }
}
