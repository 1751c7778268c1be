import type { Account, Rig } from '../rig';

/** Posts meetings one after the other, each after HubSpot has both activities of the one before. @returns latencies in milliseconds */
export async function liveLatencies(rig: Rig, account: Account, meetings: number, prefix: string): Promise<number[]> {
  const latencies: number[] = [];
  for (let index = 0; index < meetings; index += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    latencies.push(await liveLatency(rig, account, index, `${prefix}-${index}`));
  }
  return latencies;
}

/** The time from the acceptance of a meeting until HubSpot has both activities, in milliseconds. */
export async function liveLatency(rig: Rig, account: Account, index: number, meetingId: string): Promise<number> {
  const acceptedAt = await rig.post(account, index, meetingId);
  return Math.max(0, (await rig.timeline.both(meetingId)) - acceptedAt);
}
