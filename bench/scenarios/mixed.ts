import { setTimeout as sleep } from 'node:timers/promises';
import { measureNaive } from '../baseline';
import { latencyFigures, type Figure } from '../figures';
import type { BenchOptions } from '../options';
import { startRig, type Account, type Rig } from '../rig';
import { liveLatencies, liveLatency } from './live';

/** So that live meetings do not wait for one another. */
const EVERY_MS = 1_000;

/** Live meetings of both accounts while the first one has a backfill, compared with idle ones of the same run. */
export async function measureMixed({ meetings, liveMeetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: true });
  try {
    const naive = (await measureNaive(rig, rig.first, naiveMeetings)).secondsPerMeeting;
    const idle = await liveLatencies(rig, rig.first, liveMeetings, 'idle');
    await rig.backfill(rig.first, meetings, 'bulk');
    // The live ones of each second may overlap, so there is always an unfinished one.
    const ended = rig.settled('bulk-');
    const [same, other] = await Promise.all([during(rig, rig.first, ended), during(rig, rig.second, ended)]);
    const compared = { naive, idle };
    return [
      ...latencyFigures('live.sameAccount', 'Acceptance to both activities, beside a backfill', same, compared),
      ...latencyFigures(
        'live.otherAccount',
        "Acceptance to both activities, beside another account's backfill",
        other,
        compared,
      ),
    ];
  } finally {
    await rig.close();
  }
}

/** Posts a live meeting every second until the backfill has ended, and waits for all of them. At least one is posted. */
async function during(rig: Rig, account: Account, ended: Promise<void>): Promise<number[]> {
  const latencies: Promise<number>[] = [];
  const isOver = ended.then(() => true);
  do latencies.push(liveLatency(rig, account, latencies.length, `live-${account.portalId}-${latencies.length}`));
  while (
    // oxlint-disable-next-line no-await-in-loop -- a pace
    !(await Promise.race([isOver, sleep(EVERY_MS, false)]))
  );
  return await Promise.all(latencies);
}
