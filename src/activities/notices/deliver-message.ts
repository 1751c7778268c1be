import { createHash } from 'node:crypto';
import { afterFailure } from '../../meeting/notices/attempts';
import { digestTimes } from '../../meeting/notices/digest-times';
import { gatheredAt, pauseAfterMessage } from '../../meeting/notices/gather';
import { addressOf } from '../../outbound/outlet-secrets';
import type { SecretBox } from '../../secrets';
import {
  dueDeliveries,
  pauseOutlet,
  recordDelivered,
  recordFailed,
  type DueDelivery,
} from '../../store/notices/deliveries';
import { deferToNextDigest, hadDigestSince } from '../../store/notices/digests';
import { messageFacts } from '../../store/notices/message-facts';
import type { OutletRow } from '../../store/notices/outlets';
import type { Logger } from 'pino';
import { sendMessage, type SenderDependencies } from './send-message';

export interface MessageDependencies extends SenderDependencies {
  readonly secrets: SecretBox;
  readonly log: Logger;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
}

type OutletForPeople = OutletRow & { readonly kind: 'slack' | 'email' };

/** Whether an outlet gets messages, and not each notice. */
export function isForPeople(outlet: OutletRow): outlet is OutletForPeople {
  return outlet.kind !== 'webhook';
}

/** More notices than an outlet gets in a day. All that is due goes into one message. */
const READ_AT_ONCE = 20_000;

/**
 * Delivers what is due at an outlet of people as one message: at once, when no more notices come, or as the digest of the
 * day.
 *
 * @returns null when nothing is due now
 * @throws `KeyMissingError`
 */
export async function deliverMessage(
  dependencies: MessageDependencies,
  outlet: OutletForPeople,
): Promise<{ readonly delivered: number; readonly failed: number } | null> {
  const { db } = dependencies;
  const due = await dueDeliveries(db, outlet.id, READ_AT_ONCE);
  // A person waits for a test.
  const tests = due.filter(({ notice }) => notice.event === 'outlet.test');
  if (tests.length > 0) return await send(dependencies, outlet, tests, { isTest: true });
  if (due.length === 0 || (await isTooEarly(dependencies, outlet, due))) return null;
  return await send(dependencies, outlet, due, { isTest: false });
}

/** Whether more notices may come for the same message, or the day has had its digest. Then they are due later. */
async function isTooEarly(
  { db, timeScale }: MessageDependencies,
  { id, daily, workspace_id: workspaceId }: OutletRow,
  due: readonly DueDelivery[],
): Promise<boolean> {
  const now = new Date();
  if (daily) {
    const { timeZone } = await messageFacts(db, workspaceId, [], false);
    const { latest, next } = digestTimes(now, timeZone);
    if (!(await hadDigestSince(db, id, latest))) return false;
    await deferToNextDigest(db, id, next);
    return true;
  }
  // What failed before has waited long enough.
  const times = due.flatMap(({ attempts, notice }) => (attempts === 0 ? [notice.at.getTime()] : []));
  if (times.length < due.length) return false;
  const waitMs = gatheredAt({ firstAt: Math.min(...times), lastAt: Math.max(...times), timeScale }) - now.getTime();
  if (waitMs <= 0) return false;
  await pauseOutlet(db, id, waitMs);
  return true;
}

async function send(
  dependencies: MessageDependencies,
  outlet: OutletForPeople,
  due: readonly DueDelivery[],
  { isTest }: { readonly isTest: boolean },
): Promise<{ readonly delivered: number; readonly failed: number }> {
  const { db, secrets, timeScale, log } = dependencies;
  const { id: outletId, workspace_id: workspaceId } = outlet;
  const message = { ...outlet, daily: outlet.daily && !isTest, address: addressOf(secrets, outlet) };
  const notices = due.map(({ notice: { event, at, data } }) => ({ event, at, data: recordOf(data) }));
  const ids = due.map(({ id }) => id);
  const result = await sendMessage(dependencies, message, notices, messageIdOf(ids));
  if (result.error === null) {
    const pauseMs = isTest || outlet.daily || result.status === null ? 0 : pauseAfterMessage(timeScale);
    await recordDelivered(db, outletId, ids, result, { timeScale, pauseMs });
    return { delivered: due.length, failed: 0 };
  }
  const off = await recordFailed(db, outletId, due, result, (failed) => afterFailure(result, { ...failed, timeScale }));
  const { error, status } = result;
  log.debug({ workspaceId, outletId, error, status }, 'a message about notices was not delivered');
  if (off !== null) log.warn({ workspaceId, outletId, cause: off }, 'an outlet was switched off');
  return { delivered: 0, failed: due.length };
}

/** The same for the same notices: a mail with more of them is another mail, which a mailbox must not drop as a copy. */
function messageIdOf(ids: readonly string[]): string {
  return `notices-${createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 32)}`;
}

function recordOf(data: unknown): Readonly<Record<string, unknown>> {
  return typeof data === 'object' && data !== null ? { ...data } : {};
}
