import { Readable } from 'node:stream';
import { z } from 'zod';
import type { BackfillDocument } from '../../meeting/backfill';
import { listFaults } from '../../meeting/faults';
import { processedMeetingSchema } from '../../meeting/schema';
import { findBackfill } from '../../store/backfill-documents';
import { abandonBackfill, acceptBackfill, addLines, openBackfill, type BackfillLine } from '../../store/backfills';
import type { HttpDependencies } from '../dependencies';
import { BODY_LIMIT } from '../errors';
import { ndjsonLines, type NdjsonLine } from '../ndjson';
import { ProblemError } from '../problems';
import type { Api } from './api';
import { problemAnswers, reasonDocument } from './schemas';

/** Lines that are stored together, and the characters in them. */
const STORED_AT_ONCE = 200;
const STORED_CHARACTERS = 4_000_000;

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
    meetings: count.meta({ description: 'In the lines that were taken; one that several lines have counts once' }),
    left: count.meta({ description: 'Meetings that are not handed over yet, or on their way' }),
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
      .meta({ description: 'Meetings by status; those that are not handed over yet are accepted' }),
    forecast: z
      .object({ meetingsPerMinute: z.number(), finishesAt: isoTime })
      .nullable()
      .meta({ description: 'At the rate of the last minutes; null when nothing moved in them' }),
    held: reasonDocument.nullable().meta({ description: 'What keeps it from going on, and what to do' }),
    faults: z
      .array(z.object({ line: count, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({ description: 'Lines that cannot be taken, the first thousand; the others are' }),
    faultyLines: count,
  })
  .meta({ id: 'Backfill', description: 'A file of meetings and how far it has come' });

/** `/backfills`: many meetings at once. */
export function registerBackfills(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  void api.register((scope: Api, _options, done) => {
    // Read as it comes in, whatever it is called: a file of meetings fits into no memory.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, ready) => ready(null, payload));
    scope.post(
      '/backfills',
      {
        schema: {
          tags,
          summary: 'Hand over many meetings',
          description:
            'The body is NDJSON: a processed meeting a line, as POST /api/v1/meetings takes it. Lines that cannot be taken are told by GET; the others are synced, behind whatever is posted alone. Stored before it answers; the same file again changes nothing.',
          response: { 202: z.object({ backfillId: z.string() }), ...problemAnswers(400) },
        },
      },
      async ({ workspaceId, body }, reply) => {
        const file = body instanceof Readable ? body : Readable.from([]);
        const backfillId = await openBackfill(db, workspaceId);
        try {
          await store(backfillId, file);
          await acceptBackfill(db, backfillId);
        } catch (error) {
          await abandonBackfill(db, backfillId).catch(() => undefined);
          throw error === file.errored ? new ProblemError('bad-request', 'The body did not come whole.') : error;
        }
        return reply.code(202).header('location', `/api/v1/backfills/${backfillId}`).send({ backfillId });
      },
    );
    done();
  });

  async function store(backfillId: string, body: AsyncIterable<Uint8Array>): Promise<void> {
    let lines: BackfillLine[] = [];
    let characters = 0;
    let any = false;
    for await (const given of ndjsonLines(body, BODY_LIMIT)) {
      const line = read(given);
      lines.push(line);
      characters += 'body' in line ? line.body.length : 0;
      any = true;
      if (lines.length < STORED_AT_ONCE && characters < STORED_CHARACTERS) continue;
      await addLines(db, backfillId, lines);
      lines = [];
      characters = 0;
    }
    if (!any) throw new ProblemError('bad-request', 'The body has no line: send a processed meeting a line.');
    if (lines.length > 0) await addLines(db, backfillId, lines);
  }

  api.get(
    '/backfills/:backfillId',
    {
      schema: {
        tags,
        summary: 'How far a backfill has come',
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

function read({ line, text }: NdjsonLine): BackfillLine {
  const faulty = (message: string) => ({ line, meetingId: null, errors: [{ path: '', message }] });
  if (text === null) return faulty('must be below 5 MiB: shorten its longest notes or the overview');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    return faulty(`is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = processedMeetingSchema.safeParse(json);
  if (!parsed.success) return { line, meetingId: null, errors: listFaults(parsed.error).faults };
  return { line, meetingId: parsed.data.meetingId, body: JSON.stringify(parsed.data) };
}
