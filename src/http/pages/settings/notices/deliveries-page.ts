import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../../languages/text';
import { listDeliveries } from '../../../../store/notices/delivery-lists';
import type { HttpDependencies } from '../../../dependencies';
import { timeZoneOf } from '../../../meeting-filters';
import { withCursor } from '../../../meeting-list';
import { existingOutlet, redeliverOne, redeliverSince, revealSecret, rotateSecret } from '../../../outlets/outlets';
import { secretView } from '../../layout/common-views';
import { setFlash } from '../../layout/flash';
import { formOptions, pageOptions } from '../../layout/guard';
import { basePath, renderPage } from '../../layout/render';
import { sessionOf } from '../../layout/session';
import { settingsPath } from '../settings-nav';
import { renderSettings } from '../settings-page';
import { deliveriesModel } from './delivery-models';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'secrets' | 'outbound' | 'mailer'>;
type OutletRequest = FastifyRequest<{ Params: { id: string }; Querystring: { cursor?: string } }>;
type DeliveryRequest = FastifyRequest<{ Params: { id: string; deliveryId: string } }>;

const SHOWN_AT_ONCE = 50;
/** Deliveries are not kept for longer. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** `/settings/notices/{id}/deliveries`: what became of an outlet's notices, and the secret of a webhook. */
export function registerDeliveryPages(pages: FastifyInstance, deps: Dependencies): void {
  const form = formOptions(pages, 'admin');
  const home = `${settingsPath('notices')}/:id`;
  pages.get(`${home}/deliveries`, pageOptions('admin'), async (request: OutletRequest, reply) => {
    return await showDeliveries(deps, request, reply);
  });
  pages.post(`${home}/deliveries/:deliveryId/redeliver`, form, async (request: DeliveryRequest, reply) => {
    const { id, deliveryId } = request.params;
    await redeliverOne(deps, sessionOf(request), { outletId: id, deliveryId });
    return back(deps, reply, id, t('It is delivered again.'));
  });
  pages.post(`${home}/redeliver`, form, async (request: OutletRequest, reply) => {
    const { id } = request.params;
    const since = new Date(Date.now() - KEPT_MS);
    const count = await redeliverSince(deps, sessionOf(request), { outletId: id, since });
    const words = t(
      '{count, plural, =0 {Nothing has failed.} one {# notice is delivered again.} other {# notices are delivered again.}}',
      { count },
    );
    return back(deps, reply, id, words);
  });
  pages.post(`${home}/secret`, form, async (request: OutletRequest, reply) => {
    const { secret } = await revealSecret(deps, sessionOf(request), request.params.id);
    return await showSecret(
      deps,
      { secret, sentence: t('Your program verifies each request with it.') },
      request,
      reply,
    );
  });
  pages.post(`${home}/rotate-secret`, form, async (request: OutletRequest, reply) => {
    const { secret } = await rotateSecret(deps, sessionOf(request), request.params.id);
    const sentence = t(
      'The secret from before signs, too, for 24 hours, so that you can change your program meanwhile.',
    );
    return await showSecret(deps, { secret, sentence }, request, reply);
  });
}

async function showDeliveries(
  { db, ...deps }: Dependencies,
  request: OutletRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const outlet = await existingOutlet(db, workspaceId, request.params.id);
  const { cursor } = request.query;
  const page = await withCursor(() => listDeliveries(db, outlet.id, {}, { cursor, limit: SHOWN_AT_ONCE }));
  const path = `${settingsPath('notices')}/${outlet.id}/deliveries`;
  const model = deliveriesModel(outlet, page, { path, timeZone: await timeZoneOf(db, workspaceId) });
  return await renderSettings({ db, ...deps }, { id: 'notices', template: 'deliveries', model }, request, reply);
}

async function showSecret(
  deps: Dependencies,
  { secret, sentence }: { readonly secret: string; readonly sentence: string },
  request: OutletRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const model = {
    heading: t('Secret of the webhook'),
    sentences: [sentence],
    label: t('Secret'),
    secret,
    done: `${settingsPath('notices')}/${request.params.id}/deliveries`,
  };
  const view = { view: secretView(model), title: t('Secret of the webhook'), section: 'settings' } as const;
  return await renderPage(deps, view, request, reply);
}

function back({ config: { publicUrl } }: Dependencies, reply: FastifyReply, id: string, words: string): FastifyReply {
  setFlash(reply, publicUrl, { kind: 'success', message: words, action: '' });
  return reply.redirect(`${basePath(publicUrl)}${settingsPath('notices')}/${id}/deliveries`, 303);
}
