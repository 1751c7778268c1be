import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readWebhookEvents } from '../hubspot/webhook-events';
import { putEvents } from '../store/crm-events';
import { takeDelivery } from '../store/taken-deliveries';
import type { WebhookOutcome } from '../telemetry/metrics';
import type { LimitedHttpDependencies } from './dependencies';
import { badSignature, mayBeSigned, requireHubSpotSignature } from './hubspot-signature';
import { ProblemError } from './problems';
import { NotJsonError, parseStrictJson, storableJson } from './strict-json';

const PATH = '/webhooks/hubspot';

/** A hundred events, with room: HubSpot sends no more in one request. */
const BODY_LIMIT = 1024 * 1024;
/** HubSpot itself waits five seconds for the answer. Nobody knows before the end who sends a body. */
const BODY_SECONDS = 5;

/**
 * `POST /webhooks/hubspot`: checks the signature on the raw body, puts the events into the inbox and answers. HubSpot
 * repeats what is not answered with 2xx within five seconds, so nothing else is waited for: the work begins meanwhile.
 * A signature is good for one delivery that was taken: within its five minutes it could be played back.
 */
export async function registerWebhooks(
  app: FastifyInstance,
  {
    config,
    db,
    changes,
    metrics,
    limits,
    log,
  }: Pick<LimitedHttpDependencies, 'config' | 'db' | 'changes' | 'metrics' | 'limits' | 'log'>,
): Promise<void> {
  /**
   * HubSpot signs a card's `hubspot.fetch` with the same secret as its webhooks, and lets any user of any account choose
   * address, method and body. It always appends a query to those, and never to a webhook's address.
   */
  const refuseOtherAddresses = (request: FastifyRequest): void => {
    if (request.url === PATH) return;
    metrics.securityEvent('webhook_with_query');
    log.warn({ event: 'security', kind: 'webhook_with_query' }, 'refused a webhook whose address HubSpot does not use');
    throw new ProblemError('not-found', `Webhooks are posted to ${PATH} without a query.`);
  };
  await app.register((scope, _options, done) => {
    // Parsed and written again, a body has another signature: it is kept as it came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.addHook('onResponse', async (_request, reply) => {
      metrics.webhook(webhookOutcome(reply.statusCode));
    });
    scope.post(
      PATH,
      {
        bodyLimit: BODY_LIMIT,
        schema: { hide: true },
        config: { bodySeconds: BODY_SECONDS },
        onRequest: async (request) => {
          refuseOtherAddresses(request);
          if (!mayBeSigned(request)) throw await limits.refused('signature', request.ip, badSignature());
        },
      },
      async (request, reply) => {
        const body = typeof request.body === 'string' ? request.body : '';
        const signature = await requireHubSpotSignature(request, { path: PATH, body }, { config, limits });
        const events = readWebhookEvents(eventsIn(body));
        const added = await db.transaction().execute(async (transaction) => {
          if (!(await takeDelivery(transaction, signature)))
            throw new ProblemError('bad-signature', 'This very request was taken before; HubSpot signs a repeat anew.');
          return await putEvents(transaction, events);
        });
        changes.wakeSoon(events.map((event) => event.portalId));
        log.debug({ events: events.length, added }, 'webhook received');
        return reply.code(200).send();
      },
    );
    done();
  });
}

/** What became of a webhook, by the status of its answer. */
export function webhookOutcome(status: number): WebhookOutcome {
  if (status < 300) return 'taken';
  if (status === 429 || status === 503) return 'turned_away';
  if (status === 401 || status === 404) return 'refused';
  return status < 500 ? 'malformed' : 'failed';
}

/** HubSpot sends an array, even of one event ("Configure webhooks"); a card's `hubspot.fetch` can send an object only. */
function eventsIn(body: string): unknown[] {
  const parsed = parse(body);
  if (!Array.isArray(parsed)) throw new ProblemError('bad-request', 'The body is not an array of events.');
  return parsed;
}

function parse(body: string): unknown {
  try {
    return parseStrictJson(storableJson(body));
  } catch (error) {
    if (error instanceof NotJsonError) throw new ProblemError('invalid-json', `The body ${error.message}.`);
    throw error;
  }
}
