import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { parseBody } from '../http/api';
import type { Webhooks } from '../webhooks/webhooks';

const chance = z.number().min(0).max(1).optional();
const milliseconds = z.number().int().nonnegative().optional();
const count = z.number().int().positive();

/** The value of `webhooks` in PATCH /sandbox/api/settings. */
export const webhooksShape = z.strictObject({
  targetUrl: z
    .url({ protocol: /^https?$/u, error: 'must be an http or https address, or null' })
    .nullable()
    .optional(),
  form: z.enum(['classic', 'generic']).optional(),
  customObjects: z.boolean().optional(),
  activities: z.boolean().optional(),
  properties: z.record(z.string(), z.array(z.string())).optional(),
  gatherMs: milliseconds,
  batchSize: count.max(100).optional(),
  maxConcurrentRequests: count.optional(),
  answerTimeoutMs: count.optional(),
  retries: z.number().int().nonnegative().optional(),
  retryDelayScale: z.number().nonnegative().optional(),
  misbehaviour: z
    .strictObject({
      seed: z.number().int().optional(),
      doubled: chance,
      lost: chance,
      late: chance,
      lateMs: milliseconds,
      outOfOrder: chance,
      propertyFirst: chance,
      sharedEventId: chance,
    })
    .optional(),
});

const waitShape = z.strictObject({ timeoutMs: z.coerce.number().int().positive().max(600_000).default(60_000) });
const filterShape = z.strictObject({ outcome: z.enum(['delivered', 'refused', 'no-answer']).optional() });

/**
 * Webhooks under /sandbox/api/webhooks: what waits and what was sent, and waiting until all are done, with or without
 * the delays.
 */
export function webhookControlRoutes(server: FastifyInstance, webhooks: Webhooks): void {
  const base = '/sandbox/api/webhooks';
  server.get(base, async () => webhooks.status());
  server.get(`${base}/deliveries`, async (request) => ({
    results: webhooks.deliveries(parseBody(filterShape, request.query)),
  }));
  server.get(`${base}/lost`, async () => ({ results: webhooks.lost() }));
  server.delete(`${base}/deliveries`, async (_request, reply) => {
    webhooks.clear();
    return reply.code(204).send();
  });
  server.post(`${base}/idle`, async (request) => statusAfter(webhooks, webhooks.idle(), request.query));
  server.post(`${base}/flush`, async (request) => statusAfter(webhooks, webhooks.flush(), request.query));
}

/** `idle` is false when the timeout passed first. The deliveries continue. */
async function statusAfter(webhooks: Webhooks, done: Promise<void>, query: unknown): Promise<object> {
  const { timeoutMs } = parseBody(waitShape, query);
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  const idle = await Promise.race([done.then(() => true), timeUp]);
  clearTimeout(timer);
  return { idle, ...webhooks.status() };
}
