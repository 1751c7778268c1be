import { Webhook } from 'standardwebhooks';
import { keptAnswer, type AttemptResult } from '../meeting/notices/attempts';
import type { OutgoingNotice } from '../meeting/notices/payload';
import type { OutboundHttp, PostOutcome } from './outbound-http';

/**
 * Sends a notice by the Standard Webhooks specification (https://www.standardwebhooks.com).
 *
 * @param receiver - `secrets`: each signs, so that the receiver can change to the new one at any time
 */
export async function sendWebhook(
  http: Pick<OutboundHttp, 'post'>,
  receiver: { readonly url: string; readonly secrets: readonly string[] },
  { id, payload }: OutgoingNotice,
  now = new Date(),
): Promise<AttemptResult> {
  const body = JSON.stringify(payload);
  const signatures = receiver.secrets.map((secret) => new Webhook(secret).sign(id, now, body));
  const outcome = await http.post(receiver.url, {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(now.getTime() / 1_000)),
      'webhook-signature': signatures.join(' '),
    },
    body,
  });
  return attemptOf(outcome);
}

/** What a POST says about a delivery. Pure. @param now - for a time in `Retry-After` */
export function attemptOf(outcome: PostOutcome, now = new Date()): AttemptResult {
  if (outcome.outcome === 'delivered') return { error: null, status: outcome.status, answer: keptAnswer(outcome.body) };
  if (outcome.cause !== 'http_status') {
    const error = outcome.cause === 'refused_address' ? 'address_not_allowed' : outcome.cause;
    return { error, status: null, answer: outcome.detail };
  }
  const { status, body, retryAfter } = outcome;
  const answer = keptAnswer(body);
  if (status === 410) return { error: 'gone', status, answer };
  if (status >= 300 && status < 400) return { error: 'redirect', status, answer };
  return { error: 'refused', status, answer, retryAfterMs: retryAfterMs(retryAfter, now) };
}

/** Reads `Retry-After`: seconds or a time (RFC 9110). @returns 0 for none, and for what is neither */
function retryAfterMs(header: string | null, now: Date): number {
  if (header === null) return 0;
  if (/^\d{1,9}$/.test(header.trim())) return Number(header) * 1_000;
  const ms = Date.parse(header) - now.getTime();
  return Number.isNaN(ms) ? 0 : Math.max(0, ms);
}
