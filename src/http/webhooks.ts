import type { FastifyInstance, FastifyRequest } from 'fastify';
import { readWebhookEvents } from '../hubspot/webhooks/webhook-events';
import { putEvents } from '../store/inbox/crm-events';
import { takeDelivery } from '../store/inbox/taken-deliveries';
import type { WebhookOutcome } from '../telemetry/metrics';
import type { LimitedHttpDependencies } from './dependencies';
import { badSignature, mayBeSigned, requireHubSpotSignature } from './plumbing/hubspot-signature';
import { ProblemError } from './plumbing/problems';
import { NotJsonError, parseStrictJson, storableJson } from './strict-json';

const PATH = '/webhooks/hubspot';

/** Room for more than a hundred events, the most that HubSpot sends in one request. */
const BODY_LIMIT = 1024 * 1024;
/** HubSpot waits five seconds for the answer. The sender is only known once the body is complete. */
const BODY_SECONDS = 5;

/**
 * `POST /webhooks/hubspot`: checks the signature on the raw body, puts the events into the inbox and answers. HubSpot
 * repeats a delivery that is not answered with 2xx within five seconds, so the events are processed afterwards. Each
 * signature is accepted once, to stop replays within its five-minute window.
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
   * HubSpot signs a card's `hubspot.fetch` with the same secret as webhooks, and any user of any account can choose its
   * address, method and body. HubSpot appends a query to those calls, and never to webhooks.
   */
  const refuseOtherAddresses = (request: FastifyRequest): void => {
    if (request.url === PATH) return;
    metrics.securityEvent('webhook_with_query');
    log.warn({ event: 'security', kind: 'webhook_with_query' }, 'refused a webhook whose address HubSpot does not use');
    throw new ProblemError('not-found', `Webhooks are posted to ${PATH} without a query.`);
  };
  await app.register((scope, _options, done) => {
    // The signature covers the raw body, so it must not be parsed and serialised again.
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
        config: { bodySeconds: BODY_SECONDS, access: 'hubspot' },
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
            throw new ProblemError(
              'bad-signature',
              'This request was accepted before. HubSpot signs each repeat again.',
            );
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

/** The outcome of a webhook, by the status of its response. */
export function webhookOutcome(status: number): WebhookOutcome {
  if (status < 300) return 'taken';
  if (status === 429 || status === 503) return 'turned_away';
  if (status === 401 || status === 404) return 'refused';
  return status < 500 ? 'malformed' : 'failed';
}

/**
 * HubSpot sends an array, even for one event ("Configure webhooks"). A card's `hubspot.fetch` can only send an object.
 */
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
