import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool, types } from 'pg';
import { createSteps } from '../../../src/activities/steps';
import { NotSettledError } from '../../../src/activities/interceptors/retry-policy';
import { Gateway } from '../../../src/connection/open-crm';
import type { ActivityDependencies } from '../../../src/activities/dependencies';
import { Journal } from '../../../src/hubspot/journal/journal';
import { createLogger } from '../../../src/telemetry/log';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { listEngagements } from '../../../src/store/engagements/ledger';
import { replaceLinks } from '../../../src/store/meetings/links';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import type { Database } from '../../../src/store/schema';
import { changeSettings } from '../../../src/store/settings/settings';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { Tokens } from '../../../src/connection/tokens';
import { createTestDatabase, type TestDatabase } from '../../support/database';
import { meeting } from '../../support/meetings';
import { CHOICES, ModelHubSpot } from './model';
import { Attempt, steppedDatabase, type Fate } from './steps';
import { VirtualClock } from './virtual-clock';
import { TEST_ACTOR } from '../../support/actors';

const RUNS = Number(process.env['LEDGER_RUNS'] ?? 150);
/** Plays fewer stories on a busy machine, to stay below Jest's guard against hanging tests. */
const ENOUGH_MS = 200_000;
const PORTAL = 4711;

// As `openDatabase` does.
types.setTypeParser(types.builtins.INT8, Number);

let database: TestDatabase;
let pool: Pool;
let db: Kysely<Database>;
let clock: VirtualClock;
let workspaceId: string;
let joiningWorkspaceId: string;
let taskWorkspaceId: string;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = new Pool({ connectionString: database.url, options: VirtualClock.connectionOptions, max: 20 });
  pool.on('error', () => undefined);
  clock = await VirtualClock.install(pool);
  db = new Kysely<Database>({ dialect: new PostgresDialect({ pool }) });
  ({ workspaceId } = await createWorkspace(db, 'ledger'));
  ({ workspaceId: joiningWorkspaceId } = await createWorkspace(db, 'ledger-joining'));
  await changeSettings(db, joiningWorkspaceId, { joinCalendarMeeting: true }, TEST_ACTOR);
  ({ workspaceId: taskWorkspaceId } = await createWorkspace(db, 'ledger-tasks'));
  await changeSettings(db, taskWorkspaceId, { createTasks: 'all' }, TEST_ACTOR);
});
afterAll(async () => {
  await db.destroy();
  await database.drop();
});

type Move =
  | {
      readonly move: 'step';
      readonly attempt: number;
      readonly which: number;
      readonly fate: Fate;
      readonly choice: number;
    }
  | { readonly move: 'start'; readonly rewrite: boolean }
  | { readonly move: 'wait'; readonly ms: number }
  | { readonly move: 'repost' }
  /** Posts the meeting without its notes or its second step, or with them again. */
  | { readonly move: 'drop or bring back' };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    {
      weight: 20,
      arbitrary: fc.record({
        move: fc.constant('step' as const),
        attempt: fc.nat(2),
        which: fc.nat(3),
        fate: fc.oneof(
          { weight: 14, arbitrary: fc.constant('done' as const) },
          {
            weight: 2,
            arbitrary: fc.constantFrom('answer lost' as const, 'crash before' as const, 'crash after' as const),
          },
        ),
        choice: fc.nat(CHOICES - 1),
      }),
    },
    { weight: 2, arbitrary: fc.record({ move: fc.constant('start' as const), rewrite: fc.boolean() }) },
    {
      weight: 2,
      arbitrary: fc.record({
        move: fc.constant('wait' as const),
        ms: fc.constantFrom(1_000, 12_000, 16_000, 25_000, 61_000, 3 * 24 * 3_600_000),
      }),
    },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('repost' as const) }) },
    { weight: 1, arbitrary: fc.record({ move: fc.constant('drop or bring back' as const) }) },
  ),
  { minLength: 10, maxLength: 80, size: 'max' },
);

test('exactly one activity exists after any crash, overlap, lost or late response', async () => {
  const counts = { stories: 0, crashed: 0, overlapping: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('summary' as const, 'notes' as const), moves, async (kind, script) => {
      const story = await Story.begin(kind);
      for (const move of script) await story.play(move);
      counts.stories += 1;
      counts.crashed += story.crashes;
      counts.overlapping += story.overlaps;
      await story.end();
    }),
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: ENOUGH_MS,
      ...(process.env['LEDGER_SEED'] === undefined ? {} : { seed: Number(process.env['LEDGER_SEED']) }),
    },
  );
  // The generator has to reach these states for the test to prove anything.
  expect(counts.crashed).toBeGreaterThan(counts.stories / 10);
  expect(counts.overlapping).toBeGreaterThan(counts.stories / 10);
});

test('each of two steps with one text has exactly one task after any crash, overlap, lost or late response', async () => {
  const counts = { stories: 0, crashed: 0, overlapping: 0 };
  await fc.assert(
    fc.asyncProperty(moves, async (script) => {
      const story = await Story.begin('tasks');
      for (const move of script) await story.play(move);
      counts.stories += 1;
      counts.crashed += story.crashes;
      counts.overlapping += story.overlaps;
      await story.end();
    }),
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: ENOUGH_MS,
      ...(process.env['LEDGER_SEED'] === undefined ? {} : { seed: Number(process.env['LEDGER_SEED']) }),
    },
  );
  expect(counts.crashed).toBeGreaterThan(counts.stories / 10);
  expect(counts.overlapping).toBeGreaterThan(counts.stories / 10);
});

test("after any crash or overlap, our part is in the calendar meeting once, and the person's text stays", async () => {
  const counts = { stories: 0, crashed: 0, overlapping: 0 };
  await fc.assert(
    fc.asyncProperty(moves, async (script) => {
      const story = await Story.begin('joined');
      for (const move of script) await story.play(move);
      counts.stories += 1;
      counts.crashed += story.crashes;
      counts.overlapping += story.overlaps;
      await story.end();
    }),
    {
      numRuns: RUNS,
      interruptAfterTimeLimit: ENOUGH_MS,
      ...(process.env['LEDGER_SEED'] === undefined ? {} : { seed: Number(process.env['LEDGER_SEED']) }),
    },
  );
  expect(counts.crashed).toBeGreaterThan(counts.stories / 10);
  expect(counts.overlapping).toBeGreaterThan(counts.stories / 10);
});

const AGENDA = '<p>Agenda</p>';

type Kind = 'summary' | 'notes' | 'joined' | 'tasks';

let stories = 0;

/** One activity of a meeting, from its first attempt to the final check. */
class Story {
  readonly #hubspot = new ModelHubSpot();
  readonly #attempts: Attempt[] = [];
  readonly #meetingId = `m-${++stories}`;
  #versions = 0;
  #isDropped = false;
  crashes = 0;
  overlaps = 0;

  /** `joined`: a summary written into a meeting of the calendar. */
  private constructor(readonly kind: Kind) {}

  static async begin(kind: Kind): Promise<Story> {
    const story = new Story(kind);
    if (kind === 'joined')
      story.#hubspot.addCalendarMeeting({
        hs_i_cal_uid: story.#meetingId,
        hs_timestamp: '2026-11-03T09:00:00Z',
        hs_meeting_body: AGENDA,
      });
    await story.#post();
    const links = ['201', '202'].map((id) => ({ objectType: 'contacts', id, via: 'participant' as const, from: null }));
    await replaceLinks(db, story.#key, PORTAL, links);
    story.#start(false);
    return story;
  }

  async play(move: Move): Promise<void> {
    switch (move.move) {
      case 'wait':
        return await clock.advance(move.ms);
      case 'repost':
        return await this.#post();
      case 'drop or bring back':
        this.#isDropped = !this.#isDropped && this.kind !== 'summary' && this.kind !== 'joined';
        return await this.#post();
      case 'start': {
        const alive = this.#attempts.filter((attempt) => attempt.alive);
        // An attempt that Temporal timed out may still run beside the next one.
        if (alive.length > 2) return;
        this.overlaps += alive.length > 0 ? 1 : 0;
        this.#start(move.rewrite);
        return;
      }
      case 'step': {
        const alive = this.#attempts.filter((attempt) => attempt.alive);
        const attempt = alive[move.attempt % Math.max(1, alive.length)];
        await attempt?.advance(move.which, move.fate, move.choice);
        this.crashes += attempt !== undefined && !attempt.alive && attempt.result === null ? 1 : 0;
        if (alive.length === 0) this.#start(false);
      }
    }
  }

  /** Ends the running attempts without further faults, retries the activity, and checks HubSpot. */
  async end(): Promise<void> {
    for (const attempt of this.#attempts) await finish(attempt);
    let last = this.#attempts.at(-1);
    for (let tries = 0; tries < 40 && !succeeded(last); tries += 1) {
      const error = last?.result !== null && last !== undefined && 'error' in (last.result ?? {}) ? last.result : null;
      await clock.advance(error instanceof NotSettledError ? error.lookAgainMs : 5_000);
      last = this.#start(false);
      await finish(last);
    }
    // By then HubSpot has applied every late request, and one more sync has nothing to correct.
    await clock.advance(120_000);
    await finish(this.#start(false));

    const objectType = { notes: 'notes', tasks: 'tasks', summary: 'meetings', joined: 'meetings' }[this.kind];
    const records = this.#hubspot.live(objectType);
    const live = records.map((record) => record.id);
    expect(live).toHaveLength((this.kind === 'tasks' ? 2 : 1) - (this.#isDropped ? 1 : 0));
    if (this.kind === 'joined') {
      const body = records[0]?.properties['hs_meeting_body'] ?? '';
      expect(body.startsWith(`${AGENDA}<p>━━━`)).toBe(true);
      expect(body.match(/━━━ Meeting Summary/g)).toHaveLength(1);
      expect(body).toContain('Version ');
    }
    const rows = await listEngagements(db, this.#key, PORTAL);
    const known = rows.map((row) => `${row.state} ${row.hubspot_id}`);
    expect(known.toSorted()).toEqual(live.map((id) => `written ${id}`).toSorted());
  }

  get #key() {
    const workspace = this.kind === 'joined' ? joiningWorkspaceId : workspaceId;
    return { workspaceId: this.kind === 'tasks' ? taskWorkspaceId : workspace, meetingId: this.#meetingId };
  }

  /** Stores a new version with another start time, so that earlier requests no longer match it. */
  async #post(): Promise<void> {
    this.#versions += 1;
    const minute = String(this.#versions % 40).padStart(2, '0');
    const steps = this.#isDropped ? ['a'] : ['a', 'b'];
    const changed = meeting({
      meetingId: this.#meetingId,
      calendarEventId: this.#meetingId,
      // A calendar meeting is matched by its start, so its start stays.
      ...(this.kind === 'joined' ? {} : { startedAt: `2026-11-03T10:${minute}:00+01:00` }),
      summary: {
        overview: `Version ${this.#versions}.`,
        topics: [],
        // One text, so that only the ledger distinguishes the two.
        nextSteps: this.kind === 'tasks' ? steps.map((id) => ({ id, text: `Version ${this.#versions}` })) : [],
      },
      ...(this.#isDropped ? { smartCategories: [] } : {}),
    });
    const { workspaceId: id } = this.#key;
    await acceptMeeting(db, { workspaceId: id, meeting: processedMeetingSchema.parse(changed) });
  }

  #start(rewrite: boolean): Attempt {
    const attempt = new Attempt();
    const write = createSteps(dependenciesFor(this.#hubspot, attempt));
    const kind = this.kind;
    const activity = kind === 'notes' ? write.writeNotes : kind === 'tasks' ? write.writeTasks : write.writeSummary;
    attempt.run(() => activity({ ...this.#key, rewrite }));
    this.#attempts.push(attempt);
    return attempt;
  }
}

function dependenciesFor(hubspot: ModelHubSpot, attempt: Attempt): ActivityDependencies {
  const crm = hubspot.crmFor(attempt);
  const connect: Gateway['connect'] = () =>
    Promise.resolve({ crm, portalId: PORTAL, uiDomain: 'app.hubspot.example', timeZone: 'UTC', scopes: [] });
  const gateway: Gateway = Object.create(Gateway.prototype, { connect: { value: connect } });
  const tokens: Tokens = Object.create(Tokens.prototype);
  const journal: Journal = Object.create(Journal.prototype);
  const log = createLogger('silent', 'test');
  const metrics = { securityEvent: () => undefined, onTimeline: () => undefined, sync: () => undefined };
  return { db: steppedDatabase(pool, attempt), gateway, tokens, journal, log, metrics, timeScale: 1 };
}

async function finish(attempt: Attempt): Promise<void> {
  await attempt.settle();
  while (attempt.alive) await attempt.advance(0, 'done', 0);
}

function succeeded(attempt: Attempt | undefined): boolean {
  return attempt?.result !== null && attempt?.result !== undefined && 'value' in attempt.result;
}
