import { measureNaive } from '../baseline';
import type { Figure } from '../figures';
import { callFigure, refusedFigure } from '../measure/calls';
import { temporalCosts, temporalFigures } from '../measure/temporal';
import type { BenchOptions } from '../options';
import { startRig } from '../rig';
import { runBackfill, type BackfillRun } from './backfill-run';

const TYPES = ['BackfillWorkflow', 'BulkSyncWorkflow', 'SyncMeetingWorkflow'];

/** A backfill of one account with HubSpot's limits. */
export async function measureBackfill({ meetings, naiveMeetings }: BenchOptions): Promise<Figure[]> {
  const rig = await startRig({ limited: true });
  try {
    const naive = await measureNaive(rig, rig.first, naiveMeetings);
    const before = await temporalCosts(rig.programs.temporal, TYPES);
    const runs: BackfillRun[] = [];
    const statements = await rig.statementsOf(async () => {
      runs.push(await runBackfill(rig, meetings, 'bulk'));
    });
    const after = await temporalCosts(rig.programs.temporal, TYPES);
    const costs = {
      events: after.events - before.events,
      actions: after.actions - before.actions,
      bytes: after.bytes - before.bytes,
    };
    return runs.flatMap(({ rate, calls }) => [
      {
        id: 'backfill.rate',
        name: "Backfill with HubSpot's limits",
        value: rate,
        unit: 'meetings/s',
        naive: naive.rate,
        better: 'more',
        limitUsed: calls.limitUsed,
      },
      callFigure('backfill.calls', 'Calls, a meeting in bulk', calls, meetings, naive.callsPerMeeting),
      refusedFigure('backfill.refused', 'Responses with 429, backfill', calls, naive.calls),
      {
        id: 'backfill.statements',
        name: 'SQL statements, a meeting in bulk',
        value: statements / meetings,
        unit: 'statements',
      },
      ...temporalFigures('backfill.temporal', 'a meeting in bulk', costs, meetings),
    ]);
  } finally {
    await rig.close();
  }
}
