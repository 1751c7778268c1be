import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { APP_ID } from '../crm/derived-properties';
import { ApiError } from '../errors';
import { correlationId, parseBody } from '../http/api';
import type { Parts } from '../http/api';
import { signatureV3 } from '../webhooks/signature';

/** HubSpot's own limit for `hubspot.fetch`, in milliseconds. */
const TIMEOUT_MS = 15_000;

const fetchShape = z.strictObject({
  url: z.url({ protocol: /^https?$/u, error: 'must be an http or https address' }),
  /** The user who views the card (`@default` the account's first user). */
  userEmail: z.string().optional(),
  method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
  /** Sent as JSON. HubSpot's types require an object, but a card that was changed in the browser may send anything. */
  body: z.unknown().optional(),
});

/**
 * `POST /sandbox/api/portals/{portal}/ui-extension-fetch`: imitates HubSpot's proxy for a card's `hubspot.fetch`. It
 * adds the caller (`userId`, `portalId`, `userEmail`, `appId`) to the address, signs the request (v3), and replaces
 * every response from 300 to 599 by its own 502, as HubSpot's proxy for local development does and says of the real
 * one. HubSpot does not document what happens to parameters of the same name that the card sent itself: here they stay,
 * before HubSpot's.
 */
export function uiExtensionRoutes(server: FastifyInstance, parts: Parts): void {
  server.post<{ Params: { portal: string } }>(
    '/sandbox/api/portals/:portal/ui-extension-fetch',
    async (request, reply) => {
      const { url, userEmail, method, body } = parseBody(fetchShape, request.body);
      const portalId = Number(request.params.portal);
      const user = parts.crm.catalogue.users(portalId)[0];
      if (user === undefined) throw new ApiError(404, `There is no portal ${request.params.portal}`);
      if (!parts.tokens.installed(portalId)) {
        throw new ApiError(403, 'The app is not installed in this portal, so that it has no cards there');
      }
      const called = new URL(url);
      called.searchParams.append('userId', String(user.id));
      called.searchParams.append('portalId', String(portalId));
      called.searchParams.append('userEmail', userEmail ?? user.email);
      called.searchParams.append('appId', String(APP_ID));
      const timestamp = Date.now();
      const payload = body === undefined || method === 'GET' ? '' : JSON.stringify(body);
      const signed = { method, uri: called.href, body: payload, timestamp };
      const answer = await fetch(called, {
        method,
        ...(payload === '' ? {} : { body: payload }),
        redirect: 'manual',
        signal: AbortSignal.timeout(TIMEOUT_MS),
        headers: {
          ...(payload === '' ? {} : { 'content-type': 'application/json' }),
          'x-hubspot-signature-v3': signatureV3(parts.clientSecret, signed),
          'x-hubspot-request-timestamp': String(timestamp),
        },
      });
      const responseBody = parsed(await answer.text());
      if (answer.ok) return reply.code(answer.status).send(responseBody);
      return reply.code(502).send({
        status: 'error',
        category: 'BAD_GATEWAY',
        message: 'The app server answered with a status that cannot be passed on',
        correlationId: correlationId(),
        context: { appServerStatusCode: [String(answer.status)], requestUri: [url] },
        responseBody,
      });
    },
  );
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
