import type { FastifyRequest } from 'fastify';
import type { Config } from '../config';
import { isSignedByHubSpot } from '../hubspot/webhook-signature';
import { ProblemError } from './problems';

/**
 * Lets only requests pass that HubSpot signed within the last five minutes, webhooks and a card's `hubspot.fetch` alike:
 * the address tells them apart, so the caller names the one that it expects.
 *
 * @param signed - `path`: below `PUBLIC_URL`, with the query; `body`: the bytes as they came, empty for GET
 * @returns the signature
 * @throws {@link ProblemError} `bad-signature`, 401
 */
export function requireHubSpotSignature(
  request: FastifyRequest,
  { path, body }: { readonly path: string; readonly body: string },
  config: { readonly publicUrl: string; readonly hubspot: Pick<Config['hubspot'], 'clientSecret'> },
): string {
  const signed = {
    method: request.method,
    // The public address, as HubSpot called it: a proxy in front may have changed Host.
    uri: `${config.publicUrl}${path}`,
    body,
    signature: headerOf(request.headers['x-hubspot-signature-v3']),
    timestamp: headerOf(request.headers['x-hubspot-request-timestamp']),
  };
  if (!isSignedByHubSpot(signed, config.hubspot.clientSecret, Date.now()))
    throw new ProblemError('bad-signature', 'The request is not signed by HubSpot (signature v3), or too old.');
  return signed.signature ?? '';
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
