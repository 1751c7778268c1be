import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Misbehaviour } from '../../../sandbox/webhooks/settings';
import { BEGINNINGS, casts, changes, EVERYTHING } from './random/changes';
import { ListeningWorld, type Behaviour, type Run } from './random/world';

/**
 * Every `npm test` makes a short run with a new seed. `CRM_CHANGES=3000` makes a long run, with about that many changes
 * in each of the first two tests. The run prints its seed when it begins; `CRM_SEED` repeats it.
 */
const CHANGES = Number(process.env['CRM_CHANGES'] ?? 40);
const SEED = Number(process.env['CRM_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
/** Average number of changes in a story of one or two rounds. */
const CHANGES_A_STORY = 40;
const STORIES = Math.max(1, Math.round(CHANGES / CHANGES_A_STORY));
/** Limits for one story, which takes about ten seconds, and for shrinking a failed one. */
const STORY_MS = 45_000;
const SHRINK_MS = 60_000;

let world: ListeningWorld;
beforeAll(async () => {
  // Printed first and unbuffered, so that a run that hangs can be repeated.
  process.stderr.write(`random CRM changes: CRM_SEED=${SEED} CRM_CHANGES=${CHANGES}\n`);
  world = await ListeningWorld.start();
});
afterAll(() => world.close());

const behaving = (misbehaviour: Partial<Misbehaviour>): fc.Arbitrary<Behaviour> =>
  fc.record({
    form: fc.constantFrom('classic' as const, 'generic' as const),
    mergeKeepsPrimaryId: fc.boolean(),
    staleAssociations: fc.boolean(),
    misbehaviour: fc.nat(1e6).map((seed) => ({ seed, ...misbehaviour })),
  });
/** HubSpot guarantees neither order nor single or prompt delivery. */
const UNRULY = { doubled: 0.2, late: 0.2, outOfOrder: 0.2, propertyFirst: 0.3, sharedEventId: 0.1 };

const PEOPLE = 14;
const before = changes(BEGINNINGS, { minLength: 8, maxLength: 25 });
const cast = casts(PEOPLE, { minLength: 3, maxLength: 6 });
const rounds = fc.array(changes(EVERYTHING, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 2 });
/** Whether the first syncs end before the first change. Otherwise changes overtake them. */
const synced = fc.boolean();

/** Plays stories until one fails, then shrinks it for a minute, which may be too short for the shortest one. */
async function check<Story>(
  what: string,
  stories: number,
  arbitrary: fc.Arbitrary<Story>,
  play: (story: Story) => Promise<Run>,
): Promise<void> {
  let failedAt = Infinity;
  let done = 0;
  const property = fc.asyncProperty(arbitrary, async (story) => {
    if (performance.now() > failedAt + SHRINK_MS) return;
    try {
      done += (await play(story)).changesDone;
    } catch (error) {
      failedAt = Math.min(failedAt, performance.now());
      throw error;
    }
  });
  await fc.assert(property, { numRuns: stories, seed: SEED + what.length });
  process.stderr.write(`random CRM changes: ${what}: ${done} changes in ${stories} stories\n`);
}

/** Jest's timeout, five times the usual duration, for busy machines. */
const limit = (stories: number) => 5 * (stories * STORY_MS + 2 * SHRINK_MS);

test(
  'links, activities and mirror follow the webhooks of any CRM changes',
  () =>
    check(
      'by webhooks alone',
      STORIES,
      fc.record({ how: behaving(UNRULY), before, cast, rounds, synced }),
      async (story) => {
        const run = await world.begin(story.how, PEOPLE);
        run.prepare(story.before);
        await run.meet(story.cast, { wait: story.synced });
        for (const round of story.rounds) {
          await run.play(round);
          await world.settled();
          await run.expectEqual();
        }
        return run;
      },
    ),
  limit(STORIES),
);

const losing = behaving({ ...UNRULY, lost: 0.3 });

test(
  'links, activities and mirror are correct after a reconciliation, despite lost webhooks',
  () =>
    check('reconciled', STORIES, fc.record({ how: losing, before, cast, rounds, synced }), async (story) => {
      const run = await world.begin(story.how, PEOPLE);
      run.prepare(story.before);
      await run.meet(story.cast, { wait: story.synced });
      for (const round of story.rounds) {
        await run.play(round);
        // Late webhooks still arrive meanwhile.
        await world.reconcile();
        await run.expectEqual({ mirror: false });
        await world.settled();
        await run.expectEqual();
      }
      return run;
    }),
  limit(STORIES),
);

const takenAway = changes({ dissociate: 3, rename: 1 }, { minLength: 5, maxLength: 30 });
// No merges of companies: the survivor keeps one domain, and may no longer match any participant.
const merged = changes({ merge: 2, rename: 1 }, { minLength: 0, maxLength: 6 }).map((all) =>
  all.filter(({ type }) => type !== 'companies'),
);

test(
  'an association that is taken away takes no link away, not even when its records are merged',
  () =>
    check(
      'associations taken away',
      Math.ceil(STORIES / 4),
      fc.record({ how: losing, before, cast, takenAway, merged }),
      async (story) => {
        const run = await world.begin(story.how, PEOPLE);
        run.prepare(story.before);
        await run.meet(story.cast, { wait: true });
        const kept = await run.dueLinks();
        for (const round of [story.takenAway, story.merged]) {
          await run.play(round);
          await world.reconcile();
          await world.settled();
          await run.expectEqual({ kept: kept() });
        }
        return run;
      },
    ),
  limit(Math.ceil(STORIES / 4)),
);

const MANY = 60;
const large = fc.record({
  how: behaving({ doubled: 0.1, lost: 0.1 }),
  before: changes(BEGINNINGS, { minLength: 150, maxLength: 150 }),
  cast: casts(MANY, { minLength: 40, maxLength: 40 }),
  changes: changes({ merge: 2, create: 4, associate: 4, delete: 2 }, { minLength: 200, maxLength: 200 }),
});

test(
  '40 synced meetings, 200 changes, a tenth of the webhooks lost and a tenth doubled: once reconciled, the links are exact',
  () =>
    check('of 40 meetings', Math.ceil(STORIES / 10), large, async (story) => {
      const run = await world.begin(story.how, MANY);
      run.prepare(story.before);
      await run.meet(story.cast, { wait: true });
      await run.play(story.changes);
      expect(await world.reconcile()).toBeGreaterThan(0);
      await run.expectEqual({ mirror: false });
      await world.settled();
      await run.expectEqual();
      // HubSpot certifies apps with at most 5 % error responses.
      const { share, some } = world.errorAnswers();
      expect({ share, some }).toEqual({ share: expect.closeTo(0, 1), some });
      return run;
    }),
  limit(Math.ceil(STORIES / 10)) + 60_000,
);
