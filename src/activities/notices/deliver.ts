import type { Logger } from 'pino';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterFailure, PROBING_AFTER_FAILURES, type AttemptResult } from '../../meeting/notices/attempts';
import { outgoingNotice } from '../../meeting/notices/payload';
import { KeyMissingError, type SecretBox } from '../../secrets';
import { findConnection } from '../../store/connections/connections';
import type { DbPool } from '../../store/database';
import {
  dueDeliveries,
  endOfRun,
  pauseOutlet,
  recordDelivered,
  recordFailed,
  type DueDelivery,
} from '../../store/notices/deliveries';
import { meetingTexts } from '../../store/notices/meeting-texts';
import { outletToDeliver, type OutletRow } from '../../store/notices/outlets';
import type { Mailer } from '../../outbound/mailer';
import type { OutboundHttp } from '../../outbound/outbound-http';
import { addressOf, signingSecrets } from '../../outbound/outlet-secrets';
import { sendWebhook } from '../../outbound/webhook';
import { deliverMessage, isForPeople } from './deliver-message';

export interface DeliveryDependencies {
  readonly db: DbPool;
  readonly secrets: SecretBox;
  readonly outbound: Pick<OutboundHttp, 'post'>;
  /** Null without a mail server. */
  readonly mailer: Pick<Mailer, 'send'> | null;
  readonly log: Logger;
  /** The URL of the pages, without a trailing slash. */
  readonly publicUrl: string;
  /** Multiplies our own delays (`SYNC_TIME_SCALE`). */
  readonly timeScale: number;
}

/** What a run of deliveries did. Contains only counts. */
export interface DeliveredNotices {
  readonly delivered: number;
  readonly failed: number;
  /** In how many milliseconds the next delivery is due; null when none waits. */
  readonly nextInMs: number | null;
}

/** A run begins deliveries for this long, so that other outlets get its slot. The last ones may take 15 s more. */
const TURN_MS = 20_000;
const READ_AT_ONCE = 20;
/** Notices leave in order. A receiver that answers slowly gets the next one after this time, up to so many at once. */
const NEXT_AFTER_MS = 250;
const UNDER_WAY = 8;
/** Without the key that opens the address, until the operator adds it back. */
const WITHOUT_KEY_MS = 5 * 60_000;

/** Delivers what is due at one outlet, for up to 20 seconds. Never throws for what a receiver does. */
export async function deliverDue(
  dependencies: DeliveryDependencies,
  outletId: string,
  stop: AbortSignal,
): Promise<DeliveredNotices> {
  const { db, log, timeScale } = dependencies;
  const until = performance.now() + TURN_MS;
  const counts = { delivered: 0, failed: 0 };
  try {
    while (performance.now() < until && !stop.aborted) {
      // oxlint-disable-next-line no-await-in-loop -- one batch after the other
      const sent = await deliverNext(dependencies, outletId, stop);
      if (sent === null) break;
      counts.delivered += sent.delivered;
      counts.failed += sent.failed;
    }
  } catch (error) {
    if (!(error instanceof KeyMissingError)) throw error;
    log.error({ outletId, error: error.message }, 'the address of an outlet cannot be opened');
    await pauseOutlet(db, outletId, WITHOUT_KEY_MS * timeScale);
  }
  return { ...counts, nextInMs: await endOfRun(db, outletId) };
}

/** @returns null when nothing is due */
async function deliverNext(
  dependencies: DeliveryDependencies,
  outletId: string,
  stop: AbortSignal,
): Promise<Omit<DeliveredNotices, 'nextInMs'> | null> {
  const { db } = dependencies;
  const outlet = await outletToDeliver(db, outletId);
  if (outlet === null) return null;
  if (isForPeople(outlet)) return await deliverMessage(dependencies, outlet);
  const due = await dueDeliveries(db, outletId, isProbing(outlet.failures) ? 1 : READ_AT_ONCE);
  if (due.length === 0) return null;
  return await new WebhookRun(dependencies, outlet).send(due, stop);
}

function isProbing(failures: number): boolean {
  return failures >= PROBING_AFTER_FAILURES;
}

/** Sends some notices to a webhook, in order. */
class WebhookRun {
  readonly #dependencies: DeliveryDependencies;
  readonly #outlet: OutletRow;
  readonly #receiver: Parameters<typeof sendWebhook>[1];
  #failuresInARow: number;
  #off = false;
  readonly #counts = { delivered: 0, failed: 0 };

  /** @throws `KeyMissingError` */
  constructor(dependencies: DeliveryDependencies, outlet: OutletRow) {
    const { secrets } = dependencies;
    this.#dependencies = dependencies;
    this.#outlet = outlet;
    this.#receiver = { url: addressOf(secrets, outlet), secrets: signingSecrets(secrets, outlet) };
    this.#failuresInARow = outlet.failures;
  }

  async send(due: readonly DueDelivery[], stop: AbortSignal): Promise<{ delivered: number; failed: number }> {
    const payload = await this.#payloads(due);
    const underWay = new Set<Promise<void>>();
    for (const [index, delivery] of due.entries()) {
      // The first one of a probe is sent. After failures in a row the rest waits.
      if (this.#off || stop.aborted || (index > 0 && isProbing(this.#failuresInARow))) break;
      const sending: Promise<void> = this.#sendOne(delivery, payload(delivery)).finally(() => underWay.delete(sending));
      underWay.add(sending);
      // oxlint-disable-next-line no-await-in-loop -- in order
      await Promise.race([sending, sleep(NEXT_AFTER_MS, undefined, { ref: false })]);
      // oxlint-disable-next-line no-await-in-loop -- as above
      while (underWay.size >= UNDER_WAY) await Promise.race(underWay);
    }
    await Promise.all(underWay);
    return this.#counts;
  }

  async #payloads(due: readonly DueDelivery[]) {
    const { db, publicUrl } = this.#dependencies;
    const { workspace_id: workspaceId, includes_text: includesText } = this.#outlet;
    const connection = await findConnection(db, workspaceId);
    const meetingIds = due.flatMap(({ notice }) => meetingIdOf(notice.data) ?? []);
    const texts = await meetingTexts(db, workspaceId, includesText ? meetingIds : []);
    return ({ notice }: DueDelivery) =>
      outgoingNotice(notice, {
        publicUrl,
        uiDomain: connection?.ui_domain ?? null,
        texts: texts.get(meetingIdOf(notice.data) ?? '') ?? null,
      });
  }

  async #sendOne(delivery: DueDelivery, notice: ReturnType<typeof outgoingNotice>): Promise<void> {
    const { outbound, db, timeScale } = this.#dependencies;
    const result = await sendWebhook(outbound, this.#receiver, notice);
    if (result.error === null) {
      this.#failuresInARow = 0;
      this.#counts.delivered += 1;
      await recordDelivered(db, this.#outlet.id, [delivery.id], result, { timeScale });
      return;
    }
    this.#failuresInARow += 1;
    this.#counts.failed += 1;
    this.#off ||= (await this.#fail(delivery, result)) !== null;
  }

  async #fail(delivery: DueDelivery, result: AttemptResult) {
    const { db, timeScale, log } = this.#dependencies;
    const { id: outletId, workspace_id: workspaceId } = this.#outlet;
    const off = await recordFailed(db, outletId, [delivery], result, (failed) =>
      afterFailure(result, { ...failed, timeScale }),
    );
    const { error, status } = result;
    log.debug({ workspaceId, outletId, deliveryId: delivery.id, error, status }, 'a notice was not delivered');
    if (off !== null) log.warn({ workspaceId, outletId, cause: off }, 'an outlet was switched off');
    return off;
  }
}

function meetingIdOf(data: unknown): string | null {
  if (typeof data !== 'object' || data === null || !('meetingId' in data)) return null;
  return typeof data.meetingId === 'string' ? data.meetingId : null;
}
