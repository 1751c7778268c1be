import { z } from 'zod';
import { DELIVERY_STATES } from '../../../meeting/notices/outlet';
import { listDeliveries } from '../../../store/notices/delivery-lists';
import type { HttpDependencies } from '../../dependencies';
import { withCursor } from '../../meeting-list';
import { deliveryDocument } from '../../outlets/outlet-documents';
import { existingOutlet, redeliverOne, redeliverSince, testOutlet } from '../../outlets/outlets';
import { apiActing } from '../auth';
import { meetingQuery, problemAnswers } from '../schemas';
import type { Api } from '../typed-api';
import { delivery, deliveryPage, outletParams, outletTags } from './schemas';

const tags = outletTags;
const params = outletParams;

const deliveryQuery = z.strictObject({
  state: z
    .enum(DELIVERY_STATES, { error: `must be ${DELIVERY_STATES.join(', ')}` })
    .optional()
    .meta({ description: 'Only deliveries with this state' }),
  cursor: meetingQuery.shape.cursor,
  limit: meetingQuery.shape.limit,
});

const redelivery = z
  .strictObject(
    {
      since: z.iso
        .datetime({ error: 'must be a time such as 2026-11-06T10:00:00Z', offset: true })
        .meta({ description: 'What happened from then on', example: '2026-11-06T10:00:00Z' }),
    },
    { error: 'must be an object such as {"since": "2026-11-06T10:00:00Z"}' },
  )
  .meta({ id: 'Redelivery' });

const redelivered = z
  .object({ deliveries: z.number().int().meta({ description: 'How many are delivered again', example: 12 }) })
  .meta({ id: 'Redelivered', description: 'How many deliveries are tried again' });

const testSchema = {
  tags,
  summary: 'Send a test event',
  description: 'Of the type `outlet.test`, to this outlet only. Its delivery shows what became of it.',
  params,
  response: { 202: delivery, ...problemAnswers(404, 409) },
};

const listSchema = {
  tags,
  summary: 'List the deliveries of an outlet, newest first',
  description: 'Deliveries are kept for 30 days.',
  params,
  querystring: deliveryQuery,
  response: { 200: deliveryPage, ...problemAnswers(400, 404) },
};

const redeliverSinceSchema = {
  tags,
  summary: 'Deliver again what failed since a time',
  params,
  body: redelivery,
  response: { 202: redelivered, ...problemAnswers(400, 404, 409, 415) },
};

const redeliverSchema = {
  tags,
  summary: 'Deliver a notice again',
  description: 'Also if it was delivered before. It keeps its id.',
  params: params.extend({
    deliveryId: z
      .string()
      .meta({ description: 'The id of the delivery', example: '0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1' }),
  }),
  response: { 202: delivery, ...problemAnswers(404, 409) },
};

/** `/outlets/{id}/deliveries`: what became of notices. */
export function registerDeliveries(
  api: Api,
  deps: Pick<HttpDependencies, 'db' | 'secrets' | 'outbound' | 'mailer'>,
): void {
  const { db } = deps;
  const config = { access: 'admin' } as const;
  api.post('/outlets/:id/test', { config, schema: testSchema }, async ({ workspaceId, params: { id } }, reply) =>
    reply.code(202).send(deliveryDocument(await testOutlet(deps, workspaceId, id))),
  );
  api.get('/outlets/:id/deliveries', { config, schema: listSchema }, async ({ workspaceId, params: to, query }) => {
    const { state, ...page } = query;
    const { id: outletId } = await existingOutlet(db, workspaceId, to.id);
    const { deliveries, ...cursors } = await withCursor(() => listDeliveries(db, outletId, { state }, page));
    return { deliveries: deliveries.map(deliveryDocument), ...cursors };
  });
  api.post('/outlets/:id/redeliver', { config, schema: redeliverSinceSchema }, async (request, reply) => {
    const since = new Date(request.body.since);
    const count = await redeliverSince(deps, apiActing(request), { outletId: request.params.id, since });
    return reply.code(202).send({ deliveries: count });
  });
  api.post(
    '/outlets/:id/deliveries/:deliveryId/redeliver',
    { config, schema: redeliverSchema },
    async (request, reply) => {
      const { id: outletId, deliveryId } = request.params;
      const again = await redeliverOne(deps, apiActing(request), { outletId, deliveryId });
      return reply.code(202).send(deliveryDocument(again));
    },
  );
}
