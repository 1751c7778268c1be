import { expect, test } from '@jest/globals';
import { startChaos } from './chaos';
import type { ChaosPlan } from './plan';
import { World } from './world';

const MEETINGS = 16;
const SEED = 11;
/** A kill at every so many writes, of one worker after the other. */
const EVERY_WRITES = 12;
const KILLS = 6;

const plan: ChaosPlan = {
  answers: [],
  connections: { hubspot: () => null, postgres: () => null, temporal: () => null },
  kills: Array.from({ length: KILLS }, (_, index) => ({ atWrite: (index + 1) * EVERY_WRITES, worker: index % 2 })),
  events: [],
};

// `npm run chaos` runs it. On a busy machine, the value of one deal was not that of its newest meeting once, for a reason that
// is not known yet.
const testOnRequest = process.env['CHAOS_MEETINGS'] === undefined ? test.skip : test;

testOnRequest(
  'workers are killed amid writing values and tasks, and every value and task is as it has to be',
  async () => {
    const chaos = await startChaos(plan, SEED);
    try {
      const world = new World(chaos.sandbox, SEED, MEETINGS);
      await chaos.connect();
      await Promise.all(world.meetings.map((each) => chaos.post(each)));
      expect(await chaos.settled()).toEqual([]);
      // Other values, other steps, and steps that are gone.
      await Promise.all(world.meetings.map((_, index) => chaos.post(world.change(index))));
      expect(await chaos.settled()).toEqual([]);
      expect(world.errors()).toEqual([]);
      expect(await chaos.ledgerErrors()).toEqual([]);
      expect(chaos.kills()).toBeGreaterThan(KILLS / 2);
    } finally {
      await chaos.close();
    }
  },
  240_000,
);
