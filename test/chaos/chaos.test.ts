import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { planChaos } from './plan';
import { startChaos, type Chaos } from './chaos';
import { CONFIDENTIAL, World } from './world';

/** `npm test` makes a short run with a fixed seed, `npm run chaos` a long one with a random seed or CHAOS_SEED. */
const MEETINGS = Number(process.env['CHAOS_MEETINGS'] ?? 20);
const SHORT = process.env['CHAOS_MEETINGS'] === undefined;
const SEED = Number(process.env['CHAOS_SEED'] ?? (SHORT ? 7 : Math.floor(Math.random() * 1e6)));

test(
  `${MEETINGS} meetings are in HubSpot exactly once although everything around the product fails`,
  async () => {
    // Printed before the run, so that a run that hangs can be repeated.
    process.stderr.write(`chaos: CHAOS_SEED=${SEED} CHAOS_MEETINGS=${MEETINGS}\n`);
    const plan = planChaos(SEED, MEETINGS);
    const chaos = await startChaos(plan, SEED);
    try {
      const world = new World(chaos.sandbox, SEED, MEETINGS);
      await chaos.connect();
      await Promise.all(world.meetings.map((each) => chaos.post(each)));
      await meanwhile(chaos, world, plan.events);
      await chaos.settled();
      // Resync after every sync has ended: all meetings in a long run, a third in a short one.
      const again = world.meetings.filter((_, index) => MEETINGS > 50 || index % 3 === 0);
      await Promise.all(again.map(({ meetingId }) => chaos.resync(meetingId)));
      const needAttention = await chaos.settled();
      for (const document of needAttention) expect(document.reason?.action).toMatch(/\w/);

      // A person resyncs those that need attention after the faults have ended.
      await chaos.endFaults();
      await Promise.all(needAttention.map(({ meetingId }) => chaos.resync(meetingId)));
      expect(await chaos.settled()).toEqual([]);

      chaos.report(needAttention.length);
      const documents = await Promise.all(world.meetings.map(({ meetingId }) => chaos.status(meetingId)));
      expect(documents.map(({ meetingId, status }) => `${meetingId} ${status}`)).toEqual(
        world.meetings.map(({ meetingId }) => `${meetingId} synced`),
      );
      expect(world.errors()).toEqual([]);
      expect(await chaos.ledgerErrors()).toEqual([]);

      const histories = await chaos.histories();
      expect(histories.length).toBeGreaterThanOrEqual(MEETINGS);
      expect(chaos.tokens.size).toBeGreaterThan(0);
      for (const text of [chaos.workerOutput(), ...histories]) {
        expect(chaos.tokens.foundIn(text)).toEqual([]);
        expect(text).not.toContain(CONFIDENTIAL);
        expect(text).not.toMatch(/person\d+@people\.example/);
      }
    } finally {
      await chaos.close();
    }
  },
  MEETINGS * 6_000 + 120_000,
);

/** Runs the events of the plan. Each waits until HubSpot has received its number of requests, or no sync is running. */
async function meanwhile(chaos: Chaos, world: World, events: ReturnType<typeof planChaos>['events']): Promise<void> {
  for (const event of events) {
    const waiting = new AbortController();
    const settled = chaos.settled(waiting.signal).catch(() => undefined);
    while (chaos.sandbox.requests.list().length < event.atRequest) {
      const isSettled = await Promise.race([settled.then(() => true), delay(20, false)]);
      if (isSettled) break;
    }
    waiting.abort();
    const meeting = 'meeting' in event ? world.meetings[event.meeting] : undefined;
    if (event.kind === 'kill') chaos.kill(event.worker);
    else if (event.kind === 'away') void chaos.away(event.server, event.ms);
    else if (meeting === undefined) throw new Error('the plan has an unknown meeting');
    else if (event.kind === 'resync') await chaos.resync(meeting.meetingId);
    else await chaos.post(event.kind === 'change' ? world.change(event.meeting) : meeting);
  }
}
