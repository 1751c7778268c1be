import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Transform, type Readable } from 'node:stream';
import { callerOf } from './address';
import { InFlight, LARGE_BODY_BYTES, type Sender } from './plumbing/in-flight';
import type { Limits } from './limits';
import { brokenOff, unknownRoute } from './plumbing/errors';
import { ProblemError } from './plumbing/problems';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Seconds within which a body must be complete; {@link BODY_SECONDS} when absent. */
    bodySeconds?: number;
    /** The route reads its body as a stream and limits it itself. */
    ownBounds?: boolean;
  }
  interface FastifyRequest {
    /** Resolves when the answer is sent or the caller has disconnected. */
    ended: Promise<void>;
    /** Waits for the turn to process a large body; resolves at once for others. */
    turn: () => Promise<void>;
  }
}

/** The default. Webhooks get less time, meetings more, and backfills much more. */
const BODY_SECONDS = 15;
/** After the answer, the rest of a body is read and discarded for this long, so that the caller sees the answer. */
const DRAIN_MS = 5_000;

/**
 * Checks bodies before they are read: their headers must be supported, and there must be room. After that, a body has
 * to be complete within the time of its route.
 */
export function admitBodies(app: FastifyInstance, limits: Limits): void {
  const inFlight = new InFlight();
  app.decorateRequest('ended');
  app.decorateRequest('turn');

  app.addHook('onRequest', (request, reply, done) => {
    const ended = Promise.withResolvers<void>();
    request.ended = ended.promise;
    request.turn = () => Promise.resolve();
    reply.raw.once('close', ended.resolve);
    reply.raw.once('finish', ended.resolve);
    if (!hasBody(request)) return done();
    void drainAfter(request, ended.promise);
    // No route reads this body, so refuse it here.
    return done(request.is404 ? unknownRoute(app, request) : unreadableHeader(request));
  });

  app.addHook('preParsing', async (request, _reply: FastifyReply, payload) => {
    if (!hasBody(request)) return payload;
    const sender = senderOf(request);
    const { ownBounds = false, bodySeconds = BODY_SECONDS } = request.routeOptions.config;
    const announced = announcedBytes(request);
    const most = request.routeOptions.bodyLimit ?? 0;
    const bytes = Math.min(announced ?? most, most);
    if (!ownBounds && bytes > LARGE_BODY_BYTES && sender.kind === 'workspace') {
      await inFlight.queue(sender, request.ended);
      request.turn = async () => await inFlight.turn(request.ended);
    }
    inFlight.take(sender, ownBounds ? LARGE_BODY_BYTES : bytes, request.ended);
    return timed(payload, bodySeconds, request.ended, (received) => {
      if (announced === null && sender.kind === 'workspace' && !ownBounds) void limits.count(sender.id, received);
    });
  });
}

/** API requests are authenticated by now; other senders are only known by address. */
function senderOf({ workspaceId, ip }: { readonly workspaceId?: string; readonly ip: string }): Sender {
  if (workspaceId === undefined || workspaceId === '') return { kind: 'address', id: callerOf(ip) };
  return { kind: 'workspace', id: workspaceId };
}

/** The length that a request announces; null when its body comes in chunks. */
export function announcedBytes({ headers }: FastifyRequest): number | null {
  if (headers['transfer-encoding'] !== undefined) return null;
  return Number(headers['content-length'] ?? 0);
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

/** The problem of headers that make a body unreadable. */
function unreadableHeader({ headers }: FastifyRequest): ProblemError | undefined {
  const { 'content-encoding': encoding = '', 'transfer-encoding': transfer = 'chunked' } = headers;
  if (!['', 'identity'].includes(encoding.trim().toLowerCase()))
    return new ProblemError(
      'unsupported-media-type',
      `The header "Content-Encoding: ${shown(encoding)}" is not understood: send the body as it is.`,
      { headers: { 'accept-encoding': 'identity' } },
    );
  if (transfer.trim().toLowerCase() !== 'chunked')
    return new ProblemError(
      'unsupported-media-type',
      `The header "Transfer-Encoding: ${shown(transfer)}" is not understood: only chunked is.`,
    );
  for (const [, charset = ''] of (headers['content-type'] ?? '').matchAll(/;\s*charset\s*=\s*"?([^\s;"]*)/gi))
    if (!/^utf-?8$/i.test(charset))
      return new ProblemError(
        'unsupported-media-type',
        `The charset "${shown(charset)}" is not understood: send the body as UTF-8.`,
      );
  return undefined;
}

function shown(header: string): string {
  return header.slice(0, 60).replaceAll(/[^\x20-\x7e]/g, '?');
}

/** Fails a body that is not complete in time, or breaks off. */
function timed(payload: Readable, seconds: number, ended: Promise<void>, onEnd: (bytes: number) => void): Readable {
  let received = 0;
  const body = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      received += chunk.length;
      done(null, chunk);
    },
  });
  // The reader gets errors through the stream. Without a reader, as after a refusal, they must not crash the process.
  body.on('error', () => undefined);
  void ended.then(() => clearTimeout(timer));
  const timer = setTimeout(() => {
    payload.unpipe(body);
    const detail = `The body was not complete within ${seconds} seconds.`;
    body.destroy(new ProblemError('request-timeout', detail, { headers: { connection: 'close' } }));
  }, seconds * 1_000);
  const brokeOff = () => {
    clearTimeout(timer);
    if (!payload.readableEnded) body.destroy(brokenOff());
  };
  payload.once('end', () => {
    clearTimeout(timer);
    onEnd(received);
  });
  payload.once('error', brokeOff);
  payload.once('close', brokeOff);
  body.once('close', () => clearTimeout(timer));
  return payload.pipe(body);
}

async function drainAfter({ raw }: FastifyRequest, ended: Promise<void>): Promise<void> {
  await ended;
  if (raw.complete || raw.destroyed) return;
  const timer = setTimeout(() => raw.destroy(), DRAIN_MS);
  timer.unref();
  raw.once('end', () => clearTimeout(timer));
  raw.once('close', () => clearTimeout(timer));
  raw.resume();
}
