import type { WebhookEvent } from './payloads';

/** One POST of events to the target URL. */
export interface Delivery {
  /** The same for all repeats of a request. */
  id: number;
  /** 0 for the first try. */
  attempt: number;
  /** Milliseconds. */
  at: number;
  url: string;
  events: WebhookEvent[];
  /** Null when no response came, or none in time. */
  status: number | null;
  outcome: 'delivered' | 'refused' | 'no-answer';
  /** Why there was no response. */
  error: string | null;
  durationMs: number;
  /** When it is repeated; null when it was delivered or given up. */
  retryInMs: number | null;
  /** HubSpot's last try has failed: the events are never delivered. */
  givenUp: boolean;
}

const MOST = 10_000;

/** Sent and deliberately lost events, the last 10,000 of each. */
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
