import type { Readable } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import type { OwnLimits } from '../../config';
import { storable } from '../../meeting/content/characters';
import { listErrors } from '../../meeting/validation-errors';
import { postedMeetingSchema } from '../../meeting/intake/schema';
import type { Actor } from '../../store/audit/actor';
import { audited } from '../../store/audit/record-audit';
import type { Db, DbPool } from '../../store/database';
import { abandonBackfill, acceptBackfill, addLines, openBackfill, type BackfillLine } from '../../store/jobs/backfills';
import { BODY_LIMIT } from '../plumbing/errors';
import { ndjsonLines, type NdjsonLine } from '../plumbing/ndjson';
import { ProblemError } from '../plumbing/problems';
import { NotJsonError, parseStrictJson } from '../strict-json';

/** The time to receive a file: a gigabyte at 15 Mbit/s. */
export const BACKFILL_SECONDS = 600;
/** Limits the lines that are stored together, and their characters. */
const STORED_AT_ONCE = 200;
const STORED_CHARACTERS = 4_000_000;
/** Reading a file yields to other requests after this time. */
const READ_MS = 10;

/**
 * Stores a file of meetings while it arrives. An interrupted or refused file leaves nothing behind.
 *
 * @returns the backfill's id
 * @throws {@link ProblemError} for a file that is too large, empty or incomplete
 */
export async function receiveBackfill(
  db: DbPool,
  { workspaceId, actor }: { readonly workspaceId: string; readonly actor: Actor },
  file: Readable,
  limits: OwnLimits,
): Promise<string> {
  const backfillId = await openBackfill(db, workspaceId);
  try {
    await storeLines(db, backfillId, file, limits);
    await audited(
      db,
      actor,
      (transaction) => acceptBackfill(transaction, backfillId),
      (counts) => ({ workspaceId, action: 'backfill.start', object: backfillObject(backfillId), after: { ...counts } }),
    );
    return backfillId;
  } catch (error) {
    await abandonBackfill(db, backfillId).catch(() => undefined);
    if (error instanceof ProblemError) throw error;
    throw error === file.errored ? new ProblemError('bad-request', 'The body was not complete.') : error;
  }
}

async function storeLines(db: Db, backfillId: string, file: Readable, limits: OwnLimits): Promise<void> {
  let lines: BackfillLine[] = [];
  let characters = 0;
  let count = 0;
  let readSince = performance.now();
  for await (const given of ndjsonLines(limited(file, limits), BODY_LIMIT)) {
    count += 1;
    if (count > limits.backfillLines) throw tooLarge(limits);
    const line = readLine(given);
    lines.push(line);
    characters += 'body' in line ? line.body.length : 0;
    if (performance.now() - readSince > READ_MS) {
      await others();
      readSince = performance.now();
    }
    if (lines.length < STORED_AT_ONCE && characters < STORED_CHARACTERS) continue;
    await addLines(db, backfillId, lines);
    lines = [];
    characters = 0;
  }
  if (count === 0) throw new ProblemError('bad-request', 'The body is empty: send one processed meeting per line.');
  if (lines.length > 0) await addLines(db, backfillId, lines);
}

async function* limited(file: Readable, limits: OwnLimits): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > limits.backfillBytes) throw tooLarge(limits);
    yield chunk;
  }
}

/** A line of the file as it is stored: the meeting that it contains, or its validation errors. */
export function readLine({ line, text, notUtf8 }: NdjsonLine): BackfillLine {
  const invalid = (message: string) => ({ line, meetingId: null, errors: [{ path: '', message: storable(message) }] });
  if (text === null) return invalid('must be below 5 MiB: shorten its longest notes or the overview');
  if (notUtf8 === true) return invalid('is not encoded as UTF-8');
  try {
    const parsed = postedMeetingSchema.safeParse(parseStrictJson(text));
    if (!parsed.success) return { line, meetingId: null, errors: listErrors(parsed.error, postedMeetingSchema).errors };
    const { meeting, warnings } = parsed.data;
    return { line, meetingId: meeting.meetingId, body: JSON.stringify(meeting), warnings };
  } catch (error) {
    if (error instanceof NotJsonError) return invalid(error.message);
    throw error;
  }
}

/** A backfill as the object of an audit event. */
export function backfillObject(backfillId: string) {
  return { type: 'backfill', id: backfillId };
}

/** The problem of a file with too many bytes or lines. */
export function tooLarge(limits: OwnLimits): ProblemError {
  return new ProblemError('body-too-large', `The file is too large. ${limitsInWords(limits)} Send it in parts.`);
}

/** The limits of a file, for people. */
export function limitsInWords({ backfillBytes, backfillLines, backfillsAtOnce }: OwnLimits): string {
  const megabytes = (backfillBytes / 1_000_000).toLocaleString('en');
  return `A file has at most ${megabytes} MB and ${backfillLines.toLocaleString('en')} lines, a line 5 MiB; it must be received within ${BACKFILL_SECONDS / 60} minutes. A workspace has at most ${backfillsAtOnce} backfills that are not done.`;
}
