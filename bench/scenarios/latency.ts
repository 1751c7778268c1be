import { measureNaive } from '../baseline';
import { latencyFigures, type Figure } from '../figures';
import type { BenchOptions } from '../options';
import { startRig } from '../rig';
import { runBackfill } from './backfill-run';
import { liveLatencies } from './live';

/** A usual answer of HubSpot from another continent, which the sandbox on the same machine does not have. */
const HUBSPOT_MS = 150;

/** A backfill and live meetings with HubSpot's limits, while every response comes later. */
export async function measureLatency({ meetings, liveMeetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: true });
  try {
    rig.programs.sandbox.faults.add({ action: { kind: 'delay', ms: HUBSPOT_MS } });
    const naive = await measureNaive(rig, rig.first, naiveMeetings);
    const idle = await liveLatencies(rig, rig.first, liveMeetings, 'idle');
    const { rate, calls } = await runBackfill(rig, meetings, 'bulk');
    const name = `${HUBSPOT_MS} ms of HubSpot's latency`;
    return [
      {
        id: 'slow.backfill.rate',
        name: `Backfill, ${name}`,
        value: rate,
        unit: 'meetings/s',
        naive: naive.rate,
        better: 'more',
        limitUsed: calls.limitUsed,
      },
      ...latencyFigures('slow.live.idle', `Acceptance to both activities, ${name}`, idle, {
        naive: naive.secondsPerMeeting,
      }),
    ];
  } finally {
    await rig.close();
  }
}
