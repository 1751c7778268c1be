import type { WebhookEvent } from './payloads';

/** One POST of events to the target URL. */
export interface Delivery {
  /** Stays the same over the repeats of a request. */
  id: number;
  /** 0 for the first try. */
  attempt: number;
  /** Milliseconds. */
  at: number;
  url: string;
  events: WebhookEvent[];
  /** Null when no answer came in time, or none at all. */
  status: number | null;
  outcome: 'delivered' | 'refused' | 'no-answer';
  /** Why there was no answer. */
  error: string | null;
  durationMs: number;
  /** When it is repeated; null when it was delivered or given up. */
  retryInMs: number | null;
  /** The last try that HubSpot makes has failed: the events never come. */
  givenUp: boolean;
}

const MOST = 10_000;

/** What was sent and what was swallowed, the last 10,000 of each. */
export class DeliveryLog {
  private entries: Delivery[] = [];
  private swallowed: WebhookEvent[] = [];

  add(delivery: Delivery): void {
    this.entries.push(delivery);
    if (this.entries.length > MOST) this.entries = this.entries.slice(-MOST / 2);
  }

  lose(event: WebhookEvent): void {
    this.swallowed.push(event);
    if (this.swallowed.length > MOST) this.swallowed = this.swallowed.slice(-MOST / 2);
  }

  /** Oldest first. */
  list(filter: { outcome?: string | undefined } = {}): Delivery[] {
    return this.entries.filter((entry) => filter.outcome === undefined || entry.outcome === filter.outcome);
  }

  lost(): WebhookEvent[] {
    return [...this.swallowed];
  }

  clear(): void {
    this.entries = [];
    this.swallowed = [];
  }
}
