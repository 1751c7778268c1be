import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import { planChaos } from './plan';
import { startChaos, type Chaos } from './chaos';
import { CONFIDENTIAL, World } from './world';

/** A short run with one seed belongs to every `npm test`; `npm run chaos` makes a long one with a new seed, or with yours. */
const MEETINGS = Number(process.env['CHAOS_MEETINGS'] ?? 20);
const SHORT = process.env['CHAOS_MEETINGS'] === undefined;
const SEED = Number(process.env['CHAOS_SEED'] ?? (SHORT ? 7 : Math.floor(Math.random() * 1e6)));

test(
  `Everything around it fails, and ${MEETINGS} meetings stand in HubSpot exactly once`,
  async () => {
    // On standard error, and at once: a run that hangs has said by then how to repeat it.
    process.stderr.write(`chaos: CHAOS_SEED=${SEED} CHAOS_MEETINGS=${MEETINGS}\n`);
    const plan = planChaos(SEED, MEETINGS);
    const chaos = await startChaos(plan, SEED);
    try {
      const world = new World(chaos.sandbox, SEED, MEETINGS);
      await chaos.connect();
      await Promise.all(world.meetings.map((each) => chaos.post(each)));
      await meanwhile(chaos, world, plan.events);
      await chaos.rest();
      // Once more, now that every sync has ended; all of them in a long run.
      const again = world.meetings.filter((_, index) => MEETINGS > 50 || index % 3 === 0);
      await Promise.all(again.map(({ meetingId }) => chaos.resync(meetingId)));
      const parked = await chaos.rest();
      for (const document of parked) expect(document.reason?.action).toMatch(/\w/);

      // What was parked waits for a person, who comes when HubSpot works again.
      await chaos.calm();
      await Promise.all(parked.map(({ meetingId }) => chaos.resync(meetingId)));
      expect(await chaos.rest()).toEqual([]);

      chaos.report(parked.length);
      const documents = await Promise.all(world.meetings.map(({ meetingId }) => chaos.status(meetingId)));
      expect(documents.map(({ meetingId, status }) => `${meetingId} ${status}`)).toEqual(
        world.meetings.map(({ meetingId }) => `${meetingId} synced`),
      );
      expect([...world.meetings.flatMap((_, index) => world.faultsOf(index)), ...world.strays()]).toEqual([]);
      expect(await chaos.ledgerFaults()).toEqual([]);

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

/** What the plan's people and failures do, each once HubSpot has seen so many requests, or has nothing left to see. */
async function meanwhile(chaos: Chaos, world: World, events: ReturnType<typeof planChaos>['events']): Promise<void> {
  for (const event of events) {
    const resting = new AbortController();
    const atRest = chaos.rest(resting.signal).catch(() => undefined);
    while (chaos.sandbox.requests.list().length < event.atRequest) {
      const rested = await Promise.race([atRest.then(() => true), delay(20, false)]);
      if (rested) break;
    }
    resting.abort();
    const meeting = 'meeting' in event ? world.meetings[event.meeting] : undefined;
    if (event.kind === 'kill') chaos.kill(event.worker);
    else if (event.kind === 'away') void chaos.away(event.server, event.ms);
    else if (meeting === undefined) throw new Error('the plan names a meeting that is none');
    else if (event.kind === 'resync') await chaos.resync(meeting.meetingId);
    else await chaos.post(event.kind === 'change' ? world.change(event.meeting) : meeting);
  }
}
