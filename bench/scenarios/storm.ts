import { measureNaive } from '../baseline';
import type { Figure } from '../figures';
import { refusedFigure } from '../measure/calls';
import type { BenchOptions } from '../options';
import { startRig } from '../rig';
import { runBackfill } from './backfill-run';

const REFUSED = 0.15;

/** A backfill while HubSpot refuses requests at random, as it does when other apps use the account's limit too. */
export async function measureStorm({ meetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: true });
  try {
    const { faults } = rig.programs.sandbox;
    const calm = await runBackfill(rig, meetings, 'calm');
    faults.seed(1);
    faults.add({ probability: REFUSED, action: { kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING' } });
    const naive = await measureNaive(rig, rig.second, naiveMeetings);
    const storm = await runBackfill(rig, meetings, 'storm');
    const name = `${REFUSED * 100} % of the requests refused at random`;
    return [
      {
        id: 'storm.rate',
        name: `Backfill, ${name}`,
        value: storm.rate,
        unit: 'meetings/s',
        naive: naive.rate,
        better: 'more',
        limitUsed: storm.calls.limitUsed,
        comparedWith: { name: 'without refusals', ratio: storm.rate / calm.rate },
      },
      refusedFigure('storm.refused', `Responses with 429, ${name}`, storm.calls, naive.calls),
    ];
  } finally {
    await rig.close();
  }
}
