import type { Sandbox } from '../../sandbox/sandbox';
import { recordingUrlOf } from '../customers';

const MEETING_TYPE = '0-47';
const NOTE_TYPE = '0-46';
const RECORDING = new RegExp(`${recordingUrlOf('').replaceAll('.', String.raw`\.`)}(?<meetingId>[\\w-]+)`);

/** Watches the sandbox for the activities of meetings of `meetingWith`. Times are of `performance.now()`. */
export class Timeline {
  readonly #created = new Map<string, Set<string>>();
  readonly #complete = new Map<string, number>();
  readonly #waiting = new Map<string, (at: number) => void>();
  readonly #stop: () => void;
  /** Activities beyond the two of each meeting. */
  duplicates = 0;

  constructor({ events }: Sandbox) {
    this.#stop = events.on((event) => {
      if (event.kind !== 'created' || (event.typeId !== MEETING_TYPE && event.typeId !== NOTE_TYPE)) return;
      const { meetingId } = RECORDING.exec(JSON.stringify(event.values))?.groups ?? {};
      if (meetingId !== undefined) this.#note(meetingId, event.typeId);
    });
  }

  /** The number of meetings that have both activities. */
  get complete(): number {
    return this.#complete.size;
  }

  /** Waits until HubSpot has both activities of a meeting. @returns when it had them */
  async both(meetingId: string): Promise<number> {
    const at = this.#complete.get(meetingId);
    if (at !== undefined) return at;
    const { promise, resolve } = Promise.withResolvers<number>();
    this.#waiting.set(meetingId, resolve);
    return await promise;
  }

  close(): void {
    this.#stop();
  }

  #note(meetingId: string, typeId: string): void {
    const created = this.#created.get(meetingId) ?? new Set();
    if (created.has(typeId)) this.duplicates += 1;
    this.#created.set(meetingId, created.add(typeId));
    if (created.size < 2 || this.#complete.has(meetingId)) return;
    const at = performance.now();
    this.#complete.set(meetingId, at);
    this.#waiting.get(meetingId)?.(at);
  }
}
