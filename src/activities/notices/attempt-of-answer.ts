import { keptAnswer, type AttemptResult } from '../../meeting/notices/attempts';
import type { MailOutcome } from '../../outbound/mailer';
import type { PostOutcome } from '../../outbound/outbound-http';
import { attemptOf } from '../../outbound/webhook';

/**
 * Answers of Slack's incoming webhooks to a URL that no longer exists, and Discord's code for the same. They come with the
 * status 403 or 404, which alone may be a mistake that passes.
 */
const NO_SUCH_WEBHOOK =
  /^(?:no_service|no_team|invalid_token|channel_not_found|channel_is_archived)\b|"code":\s*10015\b/;

/** What the answer of an incoming webhook means for a delivery: Slack's, or that of a chat that understands the same. Pure. */
export function attemptOfSlack(outcome: PostOutcome, now = new Date()): AttemptResult {
  const attempt = attemptOf(outcome, now);
  const isGone = attempt.error === 'refused' && NO_SUCH_WEBHOOK.test(attempt.answer ?? '');
  return isGone ? { ...attempt, error: 'gone' } : attempt;
}

/** What the mail server's answer means for a delivery. Pure. */
export function attemptOfMail(outcome: MailOutcome): AttemptResult {
  if (outcome.outcome === 'delivered') return { error: null, status: 250, answer: keptAnswer(outcome.answer) };
  const { cause, status, detail } = outcome;
  return { error: cause === 'mail_server' ? 'mail_server' : 'refused', status, answer: keptAnswer(detail) };
}
