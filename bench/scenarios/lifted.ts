import { measureNaive } from '../baseline';
import type { Figure } from '../figures';
import type { BenchOptions } from '../options';
import { startRig, type Rig } from '../rig';
import { runBackfill } from './backfill-run';

/** Live meetings that are posted at once, at most. */
const MOST_AT_ONCE = 100;

/** A backfill and live meetings without limits: what the machine allows. */
export async function measureLifted({ meetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: false });
  try {
    const naive = await measureNaive(rig, rig.first, naiveMeetings);
    const { rate, calls } = await runBackfill(rig, meetings, 'bulk');
    const common = { unit: 'meetings/s', naive: naive.rate, better: 'more' } as const;
    return [
      {
        id: 'backfill.rateLifted',
        name: 'Backfill without limits',
        value: rate,
        ...common,
        limitUsed: calls.limitUsed,
      },
      {
        id: 'live.rateLifted',
        name: 'Live meetings without limits',
        value: await liveRate(rig, Math.min(MOST_AT_ONCE, meetings)),
        ...common,
      },
    ];
  } finally {
    await rig.close();
  }
}

async function liveRate(rig: Rig, atOnce: number): Promise<number> {
  const from = performance.now();
  const all = Array.from({ length: atOnce }, async (_, index) => {
    await rig.post(rig.first, index, `at-once-${index}`);
    return await rig.timeline.both(`at-once-${index}`);
  });
  const last = Math.max(...(await Promise.all(all)));
  return atOnce / ((last - from) / 1_000);
}
