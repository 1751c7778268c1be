import type { Figure } from '../figures';
import { residentMemory, sampleMemory } from '../measure/memory';
import { tableFigures, tableSizes } from '../measure/tables';
import type { BenchOptions } from '../options';
import { startRig } from '../rig';
import { runBackfill } from './backfill-run';

/** Until then, caches and the compiled code of a new process still grow. */
const WARM_SHARE = 0.1;

/** The worker's memory during a large backfill without limits, and what the database has for each meeting afterwards. */
export async function measureMemory({ memoryMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: false });
  try {
    const url = rig.programs.metrics.worker;
    const { DATABASE_URL: databaseUrl } = rig.programs.environment;
    const sizes = await tableSizes(databaseUrl);
    const before = rig.timeline.complete;
    const stop = new AbortController();
    const sampling = sampleMemory(url, () => rig.timeline.complete - before, stop.signal);
    await runBackfill(rig, memoryMeetings, 'bulk');
    stop.abort();
    const samples = [...(await sampling), { done: memoryMeetings, bytes: await residentMemory(url) }];
    const warm = samples.find(({ done }) => done >= WARM_SHARE * memoryMeetings)?.bytes ?? Number.NaN;
    const last = samples.at(-1)?.bytes ?? Number.NaN;
    const most = Math.max(...samples.map(({ bytes }) => bytes));
    const count = memoryMeetings.toLocaleString('en');
    return [
      {
        id: 'memory.end',
        name: `Worker's memory after ${count} meetings`,
        value: last / 1e6,
        unit: 'MB',
        comparedWith: { name: `after a tenth of them`, ratio: last / warm },
      },
      { id: 'memory.most', name: `Worker's memory at most, ${count} meetings`, value: most / 1e6, unit: 'MB' },
      ...tableFigures(sizes, await tableSizes(databaseUrl), memoryMeetings),
    ];
  } finally {
    await rig.close();
  }
}
