import type { FastifyRequest } from 'fastify';
import { isPlausiblySigned, isSignedByHubSpot } from '../../hubspot/webhooks/webhook-signature';
import type { LimitedHttpDependencies } from '../dependencies';
import { ProblemError } from './problems';

/**
 * Requires that HubSpot signed the request within the last five minutes. Webhooks and a card's `hubspot.fetch` have the
 * same signature and differ only in their URL, so the caller names the expected one.
 *
 * @param signed - `path`: below `PUBLIC_URL`, with the query; `body`: the raw bytes, empty for GET
 * @returns the signature
 * @throws {@link ProblemError} `bad-signature`, 401
 */
export async function requireHubSpotSignature(
  request: FastifyRequest,
  { path, body }: { readonly path: string; readonly body: string },
  { config, limits }: Pick<LimitedHttpDependencies, 'config' | 'limits'>,
): Promise<string> {
  const signed = {
    method: request.method,
    // The public URL, as HubSpot called it. A proxy in front may have changed Host.
    uri: `${config.publicUrl}${path}`,
    body,
    ...signatureHeaders(request),
  };
  if (!isSignedByHubSpot(signed, config.hubspot.clientSecret, Date.now()))
    throw await limits.refused('signature', request.ip, badSignature());
  return signed.signature ?? '';
}

/** Checks, before the body is read, whether the headers could be those of a request that HubSpot signed just now. */
export function mayBeSigned(request: FastifyRequest): boolean {
  return isPlausiblySigned(signatureHeaders(request), Date.now());
}

/** The problem of a request without a valid signature. */
export function badSignature(): ProblemError {
  return new ProblemError('bad-signature', 'The request is not signed by HubSpot (signature v3), or too old.');
}

function signatureHeaders({ headers }: FastifyRequest) {
  return {
    signature: headerOf(headers['x-hubspot-signature-v3']),
    timestamp: headerOf(headers['x-hubspot-request-timestamp']),
  };
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
