import { Readable } from 'node:stream';
import { setImmediate as others } from 'node:timers/promises';
import { z } from 'zod';
import type { OwnLimits } from '../../config';
import type { BackfillDocument } from '../../meeting/backfill';
import { storable } from '../../meeting/content/characters';
import { listFaults } from '../../meeting/faults';
import { postedMeetingSchema } from '../../meeting/intake/schema';
import { findBackfill } from '../../store/jobs/backfill-documents';
import {
  abandonBackfill,
  acceptBackfill,
  addLines,
  countRunning,
  openBackfill,
  type BackfillLine,
} from '../../store/jobs/backfills';
import { announcedBytes } from '../admission';
import type { HttpDependencies } from '../dependencies';
import { BODY_LIMIT } from '../plumbing/errors';
import { tooManyRequests } from '../limits';
import { ndjsonLines, type NdjsonLine } from '../plumbing/ndjson';
import { ProblemError } from '../plumbing/problems';
import { NotJsonError, parseStrictJson } from '../strict-json';
import type { Api } from './typed-api';
import { problemAnswers, reasonDocument } from './schemas';

/** Limits the lines that are stored together, and their characters. */
const STORED_AT_ONCE = 200;
const STORED_CHARACTERS = 4_000_000;

/** The time to receive a file: a gigabyte at 15 Mbit/s. */
export const BACKFILL_SECONDS = 600;
/** Limits the files of one workspace that this process reads at once. */
const READ_AT_ONCE = 2;
/** Reading a file yields to other requests after this time. */
const READ_MS = 10;

const tags = ['backfills'];
const isoTime = z.iso.datetime();
const count = z.number().int();
const backfill: z.ZodType<BackfillDocument> = z
  .object({
    backfillId: z.string(),
    state: z.enum(['running', 'done', 'stopped']),
    createdAt: isoTime,
    finishedAt: isoTime.nullable(),
    lines: count.meta({ description: 'Lines of the file, without empty ones' }),
    meetings: count.meta({ description: 'Meetings in the accepted lines. A meeting in several lines counts once' }),
    left: count.meta({ description: 'Meetings whose sync has not started or not finished' }),
    counts: z
      .object({
        accepted: count,
        syncing: count,
        waiting: count,
        needs_attention: count,
        synced: count,
        skipped: count,
        deleted: count,
      })
      .meta({ description: 'Meetings by status. Those whose sync has not started count as accepted' }),
    forecast: z
      .object({ meetingsPerMinute: z.number(), finishesAt: isoTime })
      .nullable()
      .meta({ description: 'At the rate of the last minutes; null when no sync finished in them' }),
    held: reasonDocument.nullable().meta({ description: 'Why it does not continue, and what to do' }),
    faults: z
      .array(z.object({ line: count, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({ description: 'Rejected lines, the first thousand. All other lines are accepted' }),
    faultyLines: count,
    linesWithWarnings: count.meta({
      description:
        "Lines that were accepted without some of their values; see `warnings` of each meeting's status document",
    }),
  })
  .meta({ id: 'Backfill', description: 'A file of meetings and its progress' });

/** `/backfills`: many meetings at once. */
export function registerBackfills(api: Api, { db, config }: Pick<HttpDependencies, 'db' | 'config'>): void {
  const { ownLimits } = config;
  const reading = new Map<string, number>();
  void api.register((scope: Api, _options, done) => {
    // The file is read as a stream, of any content type, because a file of meetings does not fit into memory.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, ready) => ready(null, payload));
    scope.post(
      '/backfills',
      {
        config: { ownBounds: true, bodySeconds: BACKFILL_SECONDS },
        schema: {
          tags,
          summary: 'Post many meetings',
          description: `The body is NDJSON: one processed meeting per line, as in POST /api/v1/meetings. GET lists the rejected lines; the others are synced, after meetings that are posted alone. The file is stored before the response is sent. Posting the same file again changes nothing. ${boundsInWords(ownLimits)}`,
          response: { 202: z.object({ backfillId: z.string() }), ...problemAnswers(400, 408, 413) },
        },
      },
      async (request, reply) => {
        const { workspaceId, body } = request;
        const file = body instanceof Readable ? body : Readable.from([]);
        if ((announcedBytes(request) ?? 0) > ownLimits.backfillBytes) throw tooLarge(ownLimits);
        beginReading(workspaceId);
        try {
          await checkRoom(workspaceId);
          const backfillId = await receive(workspaceId, file);
          return await reply.code(202).header('location', `/api/v1/backfills/${backfillId}`).send({ backfillId });
        } finally {
          endReading(workspaceId);
        }
      },
    );
    done();
  });

  function beginReading(workspaceId: string): void {
    const files = reading.get(workspaceId) ?? 0;
    if (files >= READ_AT_ONCE)
      throw tooManyRequests(
        `${READ_AT_ONCE} files of this workspace are being received: send them one after the other.`,
        10,
      );
    reading.set(workspaceId, files + 1);
  }

  function endReading(workspaceId: string): void {
    const left = (reading.get(workspaceId) ?? 1) - 1;
    if (left <= 0) reading.delete(workspaceId);
    else reading.set(workspaceId, left);
  }

  async function checkRoom(workspaceId: string): Promise<void> {
    if ((await countRunning(db, workspaceId)) >= ownLimits.backfillsAtOnce)
      throw tooManyRequests(`This workspace has ${ownLimits.backfillsAtOnce} backfills that are not done yet.`, 60);
  }

  async function receive(workspaceId: string, file: Readable): Promise<string> {
    const backfillId = await openBackfill(db, workspaceId);
    try {
      await store(backfillId, bounded(file, ownLimits));
      await acceptBackfill(db, backfillId);
      return backfillId;
    } catch (error) {
      await abandonBackfill(db, backfillId).catch(() => undefined);
      if (error instanceof ProblemError) throw error;
      throw error === file.errored ? new ProblemError('bad-request', 'The body was not complete.') : error;
    }
  }

  async function store(backfillId: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    let lines: BackfillLine[] = [];
    let characters = 0;
    let taken = 0;
    let readSince = performance.now();
    for await (const given of ndjsonLines(body, BODY_LIMIT)) {
      taken += 1;
      if (taken > ownLimits.backfillLines) throw tooLarge(ownLimits);
      const line = read(given);
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
    if (taken === 0) throw new ProblemError('bad-request', 'The body is empty: send one processed meeting per line.');
    if (lines.length > 0) await addLines(db, backfillId, lines);
  }

  api.get(
    '/backfills/:backfillId',
    {
      schema: {
        tags,
        summary: 'Get the progress of a backfill',
        params: z.object({ backfillId: z.string() }),
        response: { 200: backfill, ...problemAnswers(404) },
      },
    },
    async ({ workspaceId, params: { backfillId } }) => {
      const document = await findBackfill(db, { workspaceId, backfillId });
      if (document === null) throw new ProblemError('not-found', `This workspace has no backfill "${backfillId}".`);
      return document;
    },
  );
}

async function* bounded(file: Readable, limits: OwnLimits): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of file) {
    bytes += chunk.length;
    if (bytes > limits.backfillBytes) throw tooLarge(limits);
    yield chunk;
  }
}

function tooLarge(limits: OwnLimits): ProblemError {
  return new ProblemError('body-too-large', `The file is too large. ${boundsInWords(limits)} Send it in parts.`);
}

function boundsInWords({ backfillBytes, backfillLines, backfillsAtOnce }: OwnLimits): string {
  const megabytes = (backfillBytes / 1_000_000).toLocaleString('en');
  return `A file has at most ${megabytes} MB and ${backfillLines.toLocaleString('en')} lines, a line 5 MiB; it must be received within ${BACKFILL_SECONDS / 60} minutes. A workspace has at most ${backfillsAtOnce} backfills that are not done.`;
}

function read({ line, text, notUtf8 }: NdjsonLine): BackfillLine {
  const faulty = (message: string) => ({ line, meetingId: null, errors: [{ path: '', message: storable(message) }] });
  if (text === null) return faulty('must be below 5 MiB: shorten its longest notes or the overview');
  if (notUtf8 === true) return faulty('is not encoded as UTF-8');
  try {
    const parsed = postedMeetingSchema.safeParse(parseStrictJson(text));
    if (!parsed.success) return { line, meetingId: null, errors: listFaults(parsed.error).faults };
    const { meeting, warnings } = parsed.data;
    return { line, meetingId: meeting.meetingId, body: JSON.stringify(meeting), warnings };
  } catch (error) {
    if (error instanceof NotJsonError) return faulty(error.message);
    throw error;
  }
}
