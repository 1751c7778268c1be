import type { FastifyInstance } from 'fastify';
import { isSignedByHubSpot } from '../hubspot/webhook-signature';
import { readWebhookEvents } from '../hubspot/webhook-events';
import { putEvents } from '../store/crm-events';
import type { HttpDependencies } from './dependencies';
import { ProblemError } from './problems';

/** A hundred events, with room: HubSpot sends no more in one request. */
const BODY_LIMIT = 1024 * 1024;

/**
 * `POST /webhooks/hubspot`: checks the signature on the raw body, puts the events into the inbox and answers. HubSpot
 * repeats what is not answered with 2xx within five seconds, so nothing else is waited for.
 */
export async function registerWebhooks(
  app: FastifyInstance,
  { config, db, log }: Pick<HttpDependencies, 'config' | 'db' | 'log'>,
): Promise<void> {
  await app.register((scope, _options, done) => {
    // Parsed and written again, a body has another signature: it is kept as it came.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, parsed) => parsed(null, body));
    scope.post('/webhooks/hubspot', { bodyLimit: BODY_LIMIT, schema: { hide: true } }, async (request, reply) => {
      const body = typeof request.body === 'string' ? request.body : '';
      const signed = {
        method: request.method,
        // The public address, as HubSpot called it: a proxy in front may have changed Host.
        uri: `${config.publicUrl}${request.url}`,
        body,
        signature: headerOf(request.headers['x-hubspot-signature-v3']),
        timestamp: headerOf(request.headers['x-hubspot-request-timestamp']),
      };
      if (!isSignedByHubSpot(signed, config.hubspot.clientSecret, Date.now()))
        throw new ProblemError('bad-signature', 'The request is not signed by HubSpot (signature v3), or too old.');
      const events = readWebhookEvents(parse(body));
      const added = await putEvents(db, events);
      log.debug({ events: events.length, added }, 'webhook received');
      return reply.code(200).send();
    });
    done();
  });
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    throw new ProblemError('invalid-json', 'The body is not JSON.');
  }
}
