import { randomInt } from 'node:crypto';
import type { CrmEvent } from '../crm/events';
import { seededRandom } from '../http/faults';
import { DeliveryLog } from './delivery-log';
import type { Delivery } from './delivery-log';
import { webhooksOf } from './payloads';
import type { Chances, PayloadParts, WebhookEvent } from './payloads';
import { DeliveryQueue } from './queue';
import type { WebhookSettings } from './settings';
import { signatureV1, signatureV3 } from './signature';

export interface WebhookParts extends PayloadParts {
  settings: { webhooks: WebhookSettings };
  clientSecret: string;
  installed: (portalId: number) => boolean;
}

export interface WebhookStatus {
  /** Events and requests that wait, for their turn or for a delay. */
  waiting: number;
  /** Requests without an answer yet. */
  underWay: number;
  /** Events that were answered with 2xx, doubles counted. */
  delivered: number;
  /** Events that `misbehaviour.lost` swallowed. */
  lost: number;
  /** Events that were refused or unanswered to the end. */
  givenUp: number;
}

interface Batch {
  id: number;
  attempt: number;
  events: WebhookEvent[];
}

/**
 * Minutes before each repeat: HubSpot says ten over a day with varying delays, and no more. The sum is a day; each is
 * spread by up to a fifth either way.
 */
const REPEAT_AFTER_MINUTES = [1, 3, 8, 20, 45, 90, 150, 240, 360, 523];
const MINUTE = 60_000;

/** Tells the app's target URL what happens in the portals that have it installed, as well or as badly as it is told to. */
export class Webhooks {
  private readonly log = new DeliveryLog();
  private readonly queue = new DeliveryQueue<WebhookEvent, Batch>(() => this.pump());
  private readonly underWay = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private gathering: NodeJS.Timeout | null = null;
  private atRest: (() => void)[] = [];
  private hurried = false;
  private counts = { delivered: 0, lost: 0, givenUp: 0 };
  private nextBatch = 1;
  private readonly chance: Dice;

  constructor(private readonly parts: WebhookParts) {
    this.chance = new Dice(() => this.settings.misbehaviour.seed);
  }

  /** To be called with every change after its commit. */
  tell(event: CrmEvent): void {
    if (this.settings.targetUrl === null || this.ending.signal.aborted || !this.parts.installed(event.portalId)) return;
    const { propertyFirst, sharedEventId } = this.settings.misbehaviour;
    const chances: Chances = {
      propertyFirst: () => this.chance.strikes(propertyFirst),
      deletionFirst: () => this.chance.strikes(0.5),
      eventId: () => this.chance.eventId(sharedEventId),
    };
    for (const webhook of webhooksOf(event, this.settings, this.parts, chances)) this.enqueue(webhook);
  }

  /** Resolves when everything due was delivered, swallowed or given up; at once when nothing is due. */
  idle(): Promise<void> {
    if (this.quiet) return Promise.resolve();
    return new Promise((resolve) => {
      this.atRest.push(resolve);
    });
  }

  /** Waits for nothing any more: late events and repeats go out now, and repeats of repeats too. Resolves as `idle`. */
  flush(): Promise<void> {
    this.hurried = true;
    this.queue.hurry();
    this.pump();
    return this.idle();
  }

  status(): WebhookStatus {
    return { waiting: this.queue.size, underWay: this.underWay.size, ...this.counts };
  }

  /** Every POST with its outcome, oldest first. */
  deliveries(filter: { outcome?: Delivery['outcome'] | undefined } = {}): Delivery[] {
    return this.log.list(filter);
  }

  /** Events that were swallowed on purpose. */
  lost(): WebhookEvent[] {
    return this.log.lost();
  }

  /** Empties the log and the counts; what waits is still sent. */
  clear(): void {
    this.log.clear();
    this.counts = { delivered: 0, lost: 0, givenUp: 0 };
  }

  /** Drops what waits, cuts what is under way. */
  async close(): Promise<void> {
    this.ending.abort();
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.queue.clear();
    await Promise.all(this.underWay);
    this.rest();
  }

  private get settings(): WebhookSettings {
    return this.parts.settings.webhooks;
  }

  private get quiet(): boolean {
    return this.queue.size === 0 && this.underWay.size === 0;
  }

  private enqueue(event: WebhookEvent): void {
    const { lost, doubled, late, lateMs, outOfOrder } = this.settings.misbehaviour;
    // Every chance is taken for every event, so that one setting does not change what another strikes.
    const struck = {
      lost: this.chance.strikes(lost),
      doubled: this.chance.strikes(doubled),
      doubleLate: this.chance.strikes(0.5),
      late: this.chance.strikes(late),
      outOfOrder: this.chance.strikes(outOfOrder),
      overtakenBy: this.chance.below(5) + 1,
    };
    if (struck.lost) {
      this.counts.lost += 1;
      this.log.lose(event);
      return;
    }
    if (struck.late) this.queue.later(lateMs, () => this.queue.push(event));
    else if (struck.outOfOrder) this.queue.hold(event, struck.overtakenBy);
    else this.queue.push(event);
    if (struck.doubled && struck.doubleLate) this.queue.later(lateMs, () => this.queue.push(event));
    else if (struck.doubled) this.queue.push(event);
    this.gather();
  }

  private gather(): void {
    this.gathering ??= setTimeout(() => {
      this.gathering = null;
      this.pump();
    }, this.settings.gatherMs);
  }

  /** Sends as much as may be under way, and tells those who wait for rest. */
  private pump(): void {
    if (this.ending.signal.aborted) return;
    while (this.underWay.size < this.settings.maxConcurrentRequests) {
      const batch = this.queue.takeRepeat() ?? this.fresh();
      if (batch === null) break;
      const sending: Promise<void> = this.send(batch).finally(() => {
        this.underWay.delete(sending);
        this.pump();
      });
      this.underWay.add(sending);
    }
    if (this.quiet) this.rest();
  }

  private fresh(): Batch | null {
    const events = this.queue.take(this.settings.batchSize);
    return events.length === 0 ? null : { id: this.nextBatch++, attempt: 0, events };
  }

  private rest(): void {
    this.hurried = false;
    for (const resolve of this.atRest.splice(0)) resolve();
  }

  private async send(batch: Batch): Promise<void> {
    const url = this.settings.targetUrl;
    // The target was taken away while these waited.
    if (url === null) return;
    const events = batch.events.map((event) => ({ ...event, attemptNumber: batch.attempt }));
    const at = Date.now();
    const answer = await this.post(url, JSON.stringify(events), at);
    if (this.ending.signal.aborted) return;
    const delivered = answer.status !== null && answer.status >= 200 && answer.status < 300;
    const givenUp = !delivered && batch.attempt >= this.settings.retries;
    const retryInMs = delivered || givenUp ? null : this.delayBefore(batch.attempt);
    if (delivered) this.counts.delivered += events.length;
    if (givenUp) this.counts.givenUp += events.length;
    this.log.add({
      id: batch.id,
      attempt: batch.attempt,
      at,
      url,
      events,
      ...answer,
      outcome: delivered ? 'delivered' : answer.status === null ? 'no-answer' : 'refused',
      durationMs: Date.now() - at,
      retryInMs,
      givenUp,
    });
    if (retryInMs === null) return;
    const again = { ...batch, attempt: batch.attempt + 1 };
    if (retryInMs === 0) this.queue.repeat(again);
    else this.queue.later(retryInMs, () => this.queue.repeat(again));
  }

  private async post(
    url: string,
    body: string,
    timestamp: number,
  ): Promise<{ status: number | null; error: string | null }> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        // A redirect is an answer that is not 2xx.
        redirect: 'manual',
        headers: {
          'content-type': 'application/json',
          'x-hubspot-request-timestamp': String(timestamp),
          'x-hubspot-signature-v3': signatureV3(this.parts.clientSecret, { method: 'POST', uri: url, body, timestamp }),
          'x-hubspot-signature': signatureV1(this.parts.clientSecret, body),
          'x-hubspot-signature-version': 'v1',
        },
        body,
        signal: AbortSignal.any([this.ending.signal, AbortSignal.timeout(this.settings.answerTimeoutMs)]),
      });
      // Read to the end, so that the connection can carry the next request.
      await response.text();
      return { status: response.status, error: null };
    } catch (error) {
      return { status: null, error: reasonOf(error) };
    }
  }

  private delayBefore(attempt: number): number {
    if (this.hurried) return 0;
    const minutes = REPEAT_AFTER_MINUTES[attempt] ?? REPEAT_AFTER_MINUTES.at(-1) ?? 0;
    // Not from the seeded chances: how often an answer fails must not change what else goes wrong.
    const spread = 0.8 + Math.random() * 0.4;
    return Math.round(minutes * MINUTE * spread * this.settings.retryDelayScale);
  }
}

/** Seeded chances, begun anew whenever the seed is another one. */
class Dice {
  private seed: number | null = null;
  private random: () => number = Math.random;
  // Counted from anywhere: a sandbox that starts again must not tell new events under old ids.
  private lastEvent = randomInt(2 ** 32);

  constructor(private readonly seedNow: () => number) {}

  private fraction(): number {
    const seed = this.seedNow();
    if (seed !== this.seed) {
      this.seed = seed;
      this.random = seededRandom(seed);
    }
    return this.random();
  }

  strikes(chance: number): boolean {
    return this.fraction() < chance;
  }

  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** 32 bits without an order, as HubSpot's are; `shared` is the chance of the last one again. */
  eventId(shared: number): number {
    if (!this.strikes(shared)) this.lastEvent = (this.lastEvent + 1) % 2 ** 32;
    return Math.imul(this.lastEvent, 0x9e_37_79_b1) >>> 0;
  }
}

function reasonOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'name' in error && error.name === 'TimeoutError') {
    return 'no answer in time';
  }
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
