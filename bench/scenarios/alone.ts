import { measureNaive } from '../baseline';
import { latencyFigures, type Figure } from '../figures';
import { callFigure, callsOf } from '../measure/calls';
import { temporalCosts, temporalFigures } from '../measure/temporal';
import type { BenchOptions } from '../options';
import { startRig } from '../rig';
import { liveLatencies } from './live';

/** Live meetings that are posted at once, at most. */
const MOST_AT_ONCE = 100;

/** Live meetings with HubSpot's limits: one after the other, then up to a hundred at once. */
export async function measureAlone({ meetings, liveMeetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: true });
  try {
    const { sandbox, temporal } = rig.programs;
    const naive = await measureNaive(rig, rig.first, naiveMeetings);
    let latencies: number[] = [];
    const before = await temporalCosts(temporal, ['SyncMeetingWorkflow']);
    const statements = await rig.statementsOf(async () => {
      latencies = await liveLatencies(rig, rig.first, liveMeetings, 'alone');
      await rig.settled();
    });
    const calls = callsOf(sandbox);
    const after = await temporalCosts(temporal, ['SyncMeetingWorkflow']);
    const costs = {
      events: after.events - before.events,
      actions: after.actions - before.actions,
      bytes: after.bytes - before.bytes,
    };

    const atOnce = Math.min(MOST_AT_ONCE, meetings);
    sandbox.requests.clear();
    await Promise.all(
      Array.from({ length: atOnce }, async (_, index) => await rig.post(rig.first, index, `at-once-${index}`)),
    );
    await rig.settled();
    const together = callsOf(sandbox);
    return [
      callFigure('live.calls', 'Calls, a live meeting alone', calls, liveMeetings, naive.callsPerMeeting),
      callFigure('live.callsAtOnce', `Calls, a meeting of ${atOnce} at once`, together, atOnce, naive.callsPerMeeting),
      ...latencyFigures('live.idle', 'Acceptance to both activities, idle', latencies, {
        naive: naive.secondsPerMeeting,
      }),
      {
        id: 'live.statements',
        name: 'SQL statements, a live meeting',
        value: statements / liveMeetings,
        unit: 'statements',
      },
      ...temporalFigures('live.temporal', 'a live meeting', costs, liveMeetings),
    ];
  } finally {
    await rig.close();
  }
}
