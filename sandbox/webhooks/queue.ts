/** A delayed action. A flush runs it at once. */
interface Wait {
  timer: NodeJS.Timeout;
  run: () => void;
}

/** The events and requests to deliver: ready events, events that others overtake, and delayed ones. */
export class DeliveryQueue<Event, Batch> {
  private ready: Event[] = [];
  private retained: { event: Event; overtakenBy: number }[] = [];
  private repeats: Batch[] = [];
  private readonly waits = new Set<Wait>();

  constructor(private readonly wake: () => void) {}

  /** Adds an event at the end, followed by the retained events that enough others have overtaken. */
  push(event: Event): void {
    this.ready.push(event);
    const due = this.retained.filter((each) => (each.overtakenBy -= 1) <= 0);
    this.retained = this.retained.filter((each) => each.overtakenBy > 0);
    this.ready.push(...due.map((each) => each.event));
  }

  /** Retains an event until `overtakenBy` others have come, or no others remain. */
  retain(event: Event, overtakenBy: number): void {
    this.retained.push({ event, overtakenBy });
  }

  repeat(batch: Batch): void {
    this.repeats.push(batch);
  }

  later(delayMs: number, run: () => void): void {
    const wait: Wait = {
      run,
      timer: setTimeout(() => {
        this.waits.delete(wait);
        run();
        this.wake();
      }, delayMs),
    };
    this.waits.add(wait);
  }

  takeRepeat(): Batch | undefined {
    return this.repeats.shift();
  }

  /** Returns up to `most` events. Retained ones follow when no others remain. */
  take(most: number): Event[] {
    if (this.ready.length === 0) this.ready.push(...this.retained.splice(0).map((each) => each.event));
    return this.ready.splice(0, most);
  }

  /** Makes everything due that has a delay. */
  hurry(): void {
    for (const wait of this.waits) {
      clearTimeout(wait.timer);
      this.waits.delete(wait);
      wait.run();
    }
  }

  clear(): void {
    for (const wait of this.waits) clearTimeout(wait.timer);
    this.waits.clear();
    this.ready = [];
    this.retained = [];
    this.repeats = [];
  }

  /** Events and requests that are yet to be sent. */
  get size(): number {
    return this.ready.length + this.retained.length + this.repeats.length + this.waits.size;
  }
}
