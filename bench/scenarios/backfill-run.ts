import { callsOf, type Calls } from '../measure/calls';
import type { Rig } from '../rig';

/** A backfill from its acceptance until no meeting of it is unfinished. */
export interface BackfillRun {
  readonly meetings: number;
  readonly seconds: number;
  /** Meetings a second. */
  readonly rate: number;
  readonly calls: Calls;
}

/**
 * Runs a backfill of the first account.
 *
 * @throws if HubSpot has not exactly two activities of every meeting afterwards
 */
export async function runBackfill(rig: Rig, meetings: number, prefix: string): Promise<BackfillRun> {
  const { sandbox } = rig.programs;
  const [completeBefore, duplicatesBefore] = [rig.timeline.complete, rig.timeline.duplicates];
  await rig.backfill(rig.first, meetings, prefix);
  sandbox.requests.clear();
  const from = performance.now();
  await rig.settled();
  const seconds = (performance.now() - from) / 1_000;
  const complete = rig.timeline.complete - completeBefore;
  const duplicates = rig.timeline.duplicates - duplicatesBefore;
  if (complete !== meetings || duplicates > 0)
    throw new Error(`${complete} of ${meetings} meetings are in HubSpot, with ${duplicates} activities too many`);
  return { meetings, seconds, rate: meetings / seconds, calls: callsOf(sandbox) };
}
