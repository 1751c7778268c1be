import { setTimeout as sleep } from 'node:timers/promises';
import { deliverDue, type DeliveryDependencies } from '../activities/notices/deliver';
import { noticeStoppedService } from '../store/notices/service-paused';
import { countWorkers } from '../store/processes/processes';
import { sweepUntil } from './polling-loop';

const WATCH_EVERY_MS = 10_000;
/** Deployments replace workers. A gap of less than this is not worth a notice. */
const STOPPED_FOR_MS = 2 * 60_000;

/**
 * Watches whether a worker runs. If none does, no workflow delivers that notice, so the server sends it, with all that waits
 * at the same outlets.
 */
export class ServiceWatch {
  readonly #dependencies: DeliveryDependencies;

  constructor(dependencies: DeliveryDependencies) {
    this.#dependencies = dependencies;
  }

  /** Watches until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    await sweepUntil(signal, this.#dependencies.log, 'the workers', async () => {
      await this.sweep(signal);
      await sleep(WATCH_EVERY_MS, undefined, { signal }).catch(() => undefined);
    });
  }

  /** Looks once. */
  async sweep(signal: AbortSignal): Promise<void> {
    const { db, timeScale } = this.#dependencies;
    const { alive, lastSeenAt } = await countWorkers(db);
    if (alive > 0 || lastSeenAt === null) return;
    if (Date.now() - lastSeenAt.getTime() < STOPPED_FOR_MS * timeScale) return;
    const outletIds = await noticeStoppedService(db, lastSeenAt);
    const deliveries = outletIds.map((outletId) => deliverDue(this.#dependencies, outletId, signal));
    // One outlet's failure must not begin the next sweep while the others are still being delivered to.
    await Promise.allSettled(deliveries);
    await Promise.all(deliveries);
  }
}
