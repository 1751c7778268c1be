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
  /** Events and requests that wait for their turn or for a delay. */
  waiting: number;
  /** Requests without a response yet. */
  underWay: number;
  /** Events with a 2xx response, including duplicates. */
  delivered: number;
  /** Events that `misbehaviour.lost` dropped. */
  lost: number;
  /** Events that were refused or unanswered at the last try. */
  givenUp: number;
}

interface Batch {
  id: number;
  attempt: number;
  events: WebhookEvent[];
}

/**
 * Minutes before each repeat. HubSpot only says ten over a day with varying delays. The sum is a day, and each delay
 * varies by up to a fifth either way.
 */
const REPEAT_AFTER_MINUTES = [1, 3, 8, 20, 45, 90, 150, 240, 360, 523];
const MINUTE = 60_000;

/**
 * Reports changes in portals that have the app installed to the app's target URL, with the losses, delays and duplicates
 * that the settings ask for.
 */
export class Webhooks {
  private readonly log = new DeliveryLog();
  private readonly queue = new DeliveryQueue<WebhookEvent, Batch>(() => this.pump());
  private readonly underWay = new Set<Promise<void>>();
  private readonly ending = new AbortController();
  private gathering: NodeJS.Timeout | null = null;
  private idleCallers: (() => void)[] = [];
  private hurried = false;
  private counts = { delivered: 0, lost: 0, givenUp: 0 };
  private nextBatch = 1;
  private readonly chance: Dice;

  constructor(private readonly parts: WebhookParts) {
    this.chance = new Dice(() => this.settings.misbehaviour.seed);
  }

  /** Call it with every change after the change's commit. */
  report(event: CrmEvent): void {
    if (this.settings.targetUrl === null || this.ending.signal.aborted || !this.parts.installed(event.portalId)) return;
    const { propertyFirst, sharedEventId } = this.settings.misbehaviour;
    const chances: Chances = {
      propertyFirst: () => this.chance.strikes(propertyFirst),
      deletionFirst: () => this.chance.strikes(0.5),
      eventId: () => this.chance.eventId(sharedEventId),
    };
    for (const webhook of webhooksOf(event, this.settings, this.parts, chances)) this.enqueue(webhook);
  }

  /** Resolves when every due event is delivered, lost or given up; immediately when none is due. */
  idle(): Promise<void> {
    if (this.quiet) return Promise.resolve();
    return new Promise((resolve) => {
      this.idleCallers.push(resolve);
    });
  }

  /** Skips all delays: late events and repeats are sent now, and further repeats too. Resolves as `idle` does. */
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

  /** Returns events that were deliberately lost. */
  lost(): WebhookEvent[] {
    return this.log.lost();
  }

  /** Empties the log and the counts. Waiting events are still sent. */
  clear(): void {
    this.log.clear();
    this.counts = { delivered: 0, lost: 0, givenUp: 0 };
  }

  /** Drops waiting events and aborts requests that are under way. */
  async close(): Promise<void> {
    this.ending.abort();
    if (this.gathering !== null) clearTimeout(this.gathering);
    this.queue.clear();
    await Promise.all(this.underWay);
    this.resolveIdle();
  }

  private get settings(): WebhookSettings {
    return this.parts.settings.webhooks;
  }

  private get quiet(): boolean {
    return this.queue.size === 0 && this.underWay.size === 0;
  }

  private enqueue(event: WebhookEvent): void {
    const { lost, doubled, late, lateMs, outOfOrder } = this.settings.misbehaviour;
    // Draws every chance for every event, so that one setting does not change the outcome of another.
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
    else if (struck.outOfOrder) this.queue.retain(event, struck.overtakenBy);
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

  /** Starts as many requests as may be under way, and resolves `idle` when all is done. */
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
    if (this.quiet) this.resolveIdle();
  }

  private fresh(): Batch | null {
    const events = this.queue.take(this.settings.batchSize);
    return events.length === 0 ? null : { id: this.nextBatch++, attempt: 0, events };
  }

  private resolveIdle(): void {
    this.hurried = false;
    for (const resolve of this.idleCallers.splice(0)) resolve();
  }

  private async send(batch: Batch): Promise<void> {
    const url = this.settings.targetUrl;
    // The target was removed while these waited.
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
        // A redirect is a response that is not 2xx.
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
      // Read the body to its end, so that the connection can be reused.
      await response.text();
      return { status: response.status, error: null };
    } catch (error) {
      return { status: null, error: reasonOf(error) };
    }
  }

  private delayBefore(attempt: number): number {
    if (this.hurried) return 0;
    const minutes = REPEAT_AFTER_MINUTES[attempt] ?? REPEAT_AFTER_MINUTES.at(-1) ?? 0;
    // Not from the seeded generator: how often a delivery fails must not change other misbehaviour.
    const spread = 0.8 + Math.random() * 0.4;
    return Math.round(minutes * MINUTE * spread * this.settings.retryDelayScale);
  }
}

/** Seeded random decisions, which restart whenever the seed changes. */
class Dice {
  private seed: number | null = null;
  private random: () => number = Math.random;
  // Starts at random, so that a restarted sandbox does not report new events under old ids.
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

  /** Returns 32 bits without an order, as HubSpot's ids are. `shared` is the probability of repeating the last one. */
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
