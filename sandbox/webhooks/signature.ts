import { createHash, createHmac } from 'node:crypto';

/** The escapes that HubSpot decodes in the URI before it signs; no others are decoded ("Validating requests"). */
const DECODED: Readonly<Record<string, string>> = {
  '%3A': ':',
  '%2F': '/',
  '%3F': '?',
  '%40': '@',
  '%21': '!',
  '%24': '$',
  '%27': "'",
  '%28': '(',
  '%29': ')',
  '%2A': '*',
  '%2C': ',',
  '%3B': ';',
};

export interface WebhookToSign {
  method: string;
  /** The complete address of the call: scheme, host, path and query. */
  uri: string;
  body: string;
  /** `X-HubSpot-Request-Timestamp` in milliseconds. */
  timestamp: number;
}

/** `X-HubSpot-Signature-v3`: base64 of the HMAC-SHA256 over method, URI, body and timestamp. */
export function signatureV3(secret: string, request: WebhookToSign): string {
  const uri = request.uri.replaceAll(/%[0-9A-F]{2}/gu, (escape) => DECODED[escape] ?? escape);
  return createHmac('sha256', secret)
    .update(`${request.method}${uri}${request.body}${request.timestamp}`)
    .digest('base64');
}

/** The `X-HubSpot-Signature` of CRM webhooks, version v1: hex SHA-256 over secret and body. */
export function signatureV1(secret: string, body: string): string {
  return createHash('sha256').update(`${secret}${body}`).digest('hex');
}
