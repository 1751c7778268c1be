import { Readable } from 'node:stream';
import { z } from 'zod';
import type { OwnLimits } from '../../config';
import type { FastifyBaseLogger } from 'fastify';
import type { BackfillAction, BackfillDocument } from '../../meeting/backfill';
import type { DbPool } from '../../store/database';
import { findBackfill } from '../../store/jobs/backfill-documents';
import { changeBackfill, countRunning, type BackfillKey } from '../../store/jobs/backfills';
import { announcedBytes } from '../admission';
import { Counts } from '../counts';
import type { Actor } from '../../store/audit/actor';
import { audited } from '../../store/audit/record-audit';
import type { HttpDependencies } from '../dependencies';
import { tooManyRequests } from '../limits';
import { READ_OR_WRITE } from '../plumbing/access-rules';
import { ProblemError } from '../plumbing/problems';
import { apiActor } from './auth';
import { backfillObject, BACKFILL_SECONDS, limitsInWords, receiveBackfill, tooLarge } from './backfill-upload';
import { problemAnswers, reasonDocument } from './schemas';
import type { Api } from './typed-api';

/** Limits the files of one workspace that this process reads at once. */
const UPLOADS_AT_ONCE = 2;

type BackfillDependencies = Pick<HttpDependencies, 'db' | 'config'>;

const tags = ['backfills'];
const isoTime = z.iso.datetime();
const count = z.number().int();
const backfill: z.ZodType<BackfillDocument> = z
  .object({
    backfillId: z.string(),
    state: z.enum(['running', 'done', 'stopped']),
    paused: z.boolean().meta({ description: 'No further syncs are started until it is resumed' }),
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
      .meta({
        description:
          'Meetings by status; 40 days after its end, the status at its end. Those whose sync has not started count as accepted',
      }),
    forecast: z
      .object({ meetingsPerMinute: z.number(), finishesAt: isoTime })
      .nullable()
      .meta({ description: 'At the rate of the last minutes; null when no sync finished in them' }),
    held: reasonDocument.nullable().meta({ description: 'Why it does not continue, and what to do' }),
    faults: z
      .array(z.object({ line: count, errors: z.array(z.object({ path: z.string(), message: z.string() })) }))
      .meta({
        description: 'Rejected lines, the first thousand, until 40 days after its end. All other lines are accepted',
      }),
    faultyLines: count,
    linesWithWarnings: count.meta({
      description:
        "Lines that were accepted without some of their values; see `warnings` of each meeting's status document",
    }),
  })
  .meta({ id: 'Backfill', description: 'A file of meetings and its progress' });

const uploadSchema = (limits: OwnLimits) => ({
  tags,
  summary: 'Post many meetings',
  description: `The body is NDJSON: one processed meeting per line, as in POST /api/v1/meetings. GET lists the rejected lines; the others are synced, after meetings that are posted alone. The file is stored before the response is sent. Posting the same file again changes nothing. ${limitsInWords(limits)}`,
  response: { 202: z.object({ backfillId: z.string() }), ...problemAnswers(400, 408, 413) },
});

const progressSchema = {
  tags,
  summary: 'Get the progress of a backfill',
  params: z.object({ backfillId: z.string() }),
  response: { 200: backfill, ...problemAnswers(404) },
};

const ACTIONS: Readonly<Record<BackfillAction, { readonly summary: string; readonly description: string }>> = {
  pause: {
    summary: 'Pause a backfill',
    description: 'No further syncs are started until it is resumed; those that were started continue.',
  },
  resume: { summary: 'Resume a paused backfill', description: 'Syncs start again within some seconds.' },
  stop: {
    summary: 'Stop a backfill',
    description: 'Deletes the meetings whose sync has not been started; those that were started continue.',
  },
};

const PARTICIPLES: Readonly<Record<BackfillAction, string>> = { pause: 'paused', resume: 'resumed', stop: 'stopped' };

const actionSchema = (action: BackfillAction) => ({
  tags,
  ...ACTIONS[action],
  params: z.object({ backfillId: z.string() }),
  response: { 200: backfill, ...problemAnswers(404, 409) },
});

/** `/backfills`: many meetings at once. */
export function registerBackfills(api: Api, deps: BackfillDependencies): void {
  void api.register((scope: Api, _options, done) => {
    registerUpload(scope, deps);
    done();
  });

  api.get(
    '/backfills/:backfillId',
    { config: { access: READ_OR_WRITE }, schema: progressSchema },
    async ({ workspaceId, params: { backfillId } }) => {
      return await presentBackfill(deps.db, { workspaceId, backfillId });
    },
  );

  for (const action of ['pause', 'resume', 'stop'] as const)
    api.post(
      `/backfills/:backfillId/${action}`,
      { config: { access: 'meetings:write' }, schema: actionSchema(action) },
      async (request) => {
        const { workspaceId, params } = request;
        return await actOnBackfill(deps.db, { workspaceId, ...params }, action, {
          actor: apiActor(request),
          log: request.log,
        });
      },
    );
}

/** @throws `ProblemError` for an unknown backfill */
export async function presentBackfill(db: DbPool, key: BackfillKey): Promise<BackfillDocument> {
  const document = await findBackfill(db, key);
  if (document === null) throw new ProblemError('not-found', `This workspace has no backfill "${key.backfillId}".`);
  return document;
}

/**
 * Pauses, resumes or stops a running backfill.
 *
 * @throws `ProblemError` for an unknown backfill, and for one that has ended
 */
export async function actOnBackfill(
  db: DbPool,
  key: BackfillKey,
  action: BackfillAction,
  { actor, log }: { readonly actor: Actor; readonly log: FastifyBaseLogger },
): Promise<BackfillDocument> {
  const { workspaceId, backfillId } = key;
  const changed = await audited(
    db,
    actor,
    (transaction) => changeBackfill(transaction, key, action),
    (isDone) => (isDone ? { workspaceId, action: `backfill.${action}`, object: backfillObject(backfillId) } : null),
  );
  const document = await presentBackfill(db, key);
  if (!changed)
    throw new ProblemError(
      'backfill-ended',
      `The backfill ${document.state === 'stopped' ? 'was stopped' : 'is done'}, so it cannot be ${PARTICIPLES[action]}.`,
    );
  log.info({ ...key }, `a backfill was ${PARTICIPLES[action]}`);
  return document;
}

function registerUpload(scope: Api, { db, config: { ownLimits } }: BackfillDependencies): void {
  const uploads = new Counts();
  // The file is read as a stream, of any content type, because a file of meetings does not fit into memory.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, payload, ready) => ready(null, payload));
  scope.post(
    '/backfills',
    {
      config: { access: 'meetings:write', ownBounds: true, bodySeconds: BACKFILL_SECONDS },
      schema: uploadSchema(ownLimits),
    },
    async (request, reply) => {
      const { workspaceId, body } = request;
      const file = body instanceof Readable ? body : Readable.from([]);
      if ((announcedBytes(request) ?? 0) > ownLimits.backfillBytes) throw tooLarge(ownLimits);
      if (!uploads.begin(workspaceId, UPLOADS_AT_ONCE)) throw tooManyUploads();
      try {
        if ((await countRunning(db, workspaceId)) >= ownLimits.backfillsAtOnce) throw tooManyBackfills(ownLimits);
        const backfillId = await receiveBackfill(db, { workspaceId, actor: apiActor(request) }, file, ownLimits);
        return await reply.code(202).header('location', `/api/v1/backfills/${backfillId}`).send({ backfillId });
      } finally {
        uploads.end(workspaceId);
      }
    },
  );
}

function tooManyUploads(): ProblemError {
  const detail = `${UPLOADS_AT_ONCE} files of this workspace are being received: send them one after the other.`;
  return tooManyRequests(detail, 10);
}

function tooManyBackfills({ backfillsAtOnce }: OwnLimits): ProblemError {
  return tooManyRequests(`This workspace has ${backfillsAtOnce} backfills that are not done yet.`, 60);
}
