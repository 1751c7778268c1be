import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { FaultAction } from '../../../sandbox/http/faults';
import { RecordSettlement } from '../../../src/activities/fields/settle-record';
import type { FieldMapping } from '../../../src/meeting/fields/mapping';
import { processedMeetingSchema, type ProcessedMeeting } from '../../../src/meeting/intake/schema';
import { settingsSchema } from '../../../src/meeting/settings';
import { candidatesOf, type KnownProperties } from '../../../src/planning/fields/candidates-of';
import { knownProperties } from '../../../src/planning/fields/known-properties';
import type { ValuesCrm } from '../../../src/planning/fields/record-values';
import {
  saveCandidates,
  wantRecords,
  withdrawCandidates,
  type WantedRecord,
} from '../../../src/store/fields/candidates';
import { claimFieldRecords, endFieldClaim } from '../../../src/store/fields/claims';
import { acceptReview, refuseReview } from '../../../src/store/fields/review-decisions';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

/**
 * Every `npm test` makes a short run with a new seed, which it prints when it begins. `FIELD_STORIES=500` makes a long run;
 * `FIELD_SEED` repeats one.
 */
const STORIES = Number(process.env['FIELD_STORIES'] ?? 25);
const SEED = Number(process.env['FIELD_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const STORY_MS = 5_000;

const mapping = (field: string, property: string, policy: FieldMapping['policy'] = 'ours'): FieldMapping => ({
  field,
  objectType: 'contacts',
  property,
  policy,
});
const MAPPINGS = [
  mapping('role', 'jobtitle'),
  mapping('status', 'hs_lead_status'),
  mapping('count', 'num_notes'),
  mapping('city', 'city', 'review'),
];
const settings = settingsSchema.parse({ fieldMappings: MAPPINGS });

let stack: Stack;
let real: ValuesCrm;
let properties: KnownProperties;
let contacts = 0;
beforeAll(async () => {
  process.stderr.write(`random values: FIELD_SEED=${SEED} FIELD_STORIES=${STORIES}\n`);
  stack = await startStack({});
  await stack.connect();
  const { crm } = await stack.product.gateway.connect(stack.workspaceId);
  real = crm;
  const known = (await knownProperties(crm, new Set(['contacts']), MAPPINGS)).get('contacts');
  if (known === undefined) throw new Error('the sandbox has no properties of contacts');
  properties = known;
});
afterAll(() => stack.close());

/** What disturbs one settlement. `kill…`: the process ends before or after HubSpot applied the write. */
type Disturbance = FaultAction['kind'] | 'kill-before' | 'kill-after' | null;
type Step = { readonly disturbance: Disturbance } & (
  | { readonly do: 'meeting' | 'remove'; readonly nth: number }
  | { readonly do: 'edit'; readonly property: 'jobtitle' | 'hs_lead_status' | 'city' }
  /** A person decides about the suggestion for the city, if there is one. */
  | { readonly do: 'decide'; readonly decision: 'accept' | 'refuse' }
);
interface PostedValues {
  readonly role: string | null;
  readonly status: string | null;
  readonly city?: string | null;
}

class KilledError extends Error {
  override readonly name = 'KilledError';
}

const ACTIONS: Partial<Record<FaultAction['kind'], FaultAction>> = {
  'apply-then-cut': { kind: 'apply-then-cut' },
  'apply-then-500': { kind: 'apply-then-500' },
  cut: { kind: 'cut' },
  'empty-200': { kind: 'empty-200' },
  'html-502': { kind: 'html-502' },
  'rate-limit-429': { kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING' },
};

/** One contact, its meetings, and the people who edit it. */
class Story {
  readonly #contactId: string;
  readonly #meetings: readonly PostedValues[];
  readonly #present = new Set<number>();
  readonly #edited = new Map<string, string>();
  #edits = 0;
  #wanted: WantedRecord | null = null;
  /** Suggested cities that a person accepted, and those that a person refused. */
  readonly #accepted = new Set<string>();
  readonly #refused = new Set<string>();

  constructor(meetings: readonly PostedValues[]) {
    contacts += 1;
    this.#contactId = stack.sandbox.crm.create('contacts', { email: `x${contacts}@acme.example` }).id;
    this.#meetings = meetings;
  }

  async step(step: Step): Promise<void> {
    if (step.do === 'edit') return this.#edit(step.property);
    if (step.do === 'decide') return await this.#decide(step.decision, step.disturbance);
    const nth = step.nth % this.#meetings.length;
    const key = { workspaceId: stack.workspaceId, meetingId: `${this.#contactId}-${nth}` };
    const record = { objectType: 'contacts', id: this.#contactId };
    const { db } = stack.product;
    const wanted =
      step.do === 'remove'
        ? await withdrawCandidates(db, key, stack.portalId)
        : await saveCandidates(db, key, stack.portalId, {
            startedAt: this.#meeting(nth).startedAt,
            linked: [record],
            candidates: candidatesOf(this.#meeting(nth), {
              links: [record],
              mappings: MAPPINGS,
              properties: new Map([['contacts', properties]]),
            }),
          });
    if (step.do === 'remove') this.#present.delete(nth);
    else this.#present.add(nth);
    this.#wanted = wanted[0] ?? this.#wanted;
    await this.#settle(step.disturbance);
  }

  /** Settles without disturbances until nothing is due. */
  async end(): Promise<void> {
    for (let tries = 0; !(await this.#settle(null)); tries += 1) {
      if (tries > 100) throw new Error('the record is never settled');
      // oxlint-disable-next-line no-await-in-loop -- until HubSpot counts as reachable again
      await sleep(20);
    }
  }

  get values(): Record<string, string> {
    const found = stack.sandbox.crm.get('contacts', this.#contactId)?.properties ?? {};
    return { jobtitle: found['jobtitle'] ?? '', hs_lead_status: found['hs_lead_status'] ?? '' };
  }

  get updatedAt(): unknown {
    return stack.sandbox.crm.get('contacts', this.#contactId)?.updatedAt;
  }

  /** A person's last edit, else the value of the newest meeting that has one which fits. */
  get expected(): Record<string, string> {
    const newest = [...this.#present].toSorted((one, other) => other - one).map((nth) => this.#meetings[nth]);
    const role = newest.find((posted) => posted !== undefined && posted.role !== null)?.role ?? '';
    const status = newest.find((posted) => OPTIONS.some((option) => option === posted?.status))?.status ?? '';
    return {
      jobtitle: this.#edited.get('jobtitle') ?? role,
      hs_lead_status: this.#edited.get('hs_lead_status') ?? status,
    };
  }

  /** Checks the property that people decide about: nothing that no person accepted, and one suggestion of the newest. */
  async checkReviews(): Promise<void> {
    const city = stack.sandbox.crm.get('contacts', this.#contactId)?.properties['city'] ?? '';
    expect(['', this.#edited.get('city'), ...this.#accepted]).toContain(city);
    const newest = [...this.#present].toSorted((one, other) => other - one).map((nth) => this.#meetings[nth]?.city);
    const due = newest.find((value) => typeof value === 'string') ?? null;
    const open = (await this.#openReviews()).map(({ proposed }) => proposed);
    const isDecided = due === null || due === city || this.#accepted.has(due) || this.#refused.has(due);
    if (open.length > 0 || !isDecided) expect(open).toEqual([due]);
  }

  async #openReviews() {
    return await stack.product.db
      .selectFrom('field_reviews')
      .selectAll()
      .where((where) => where.and({ record_id: this.#contactId, property: 'city', state: 'open' }))
      .execute();
  }

  async #decide(decision: 'accept' | 'refuse', disturbance: Disturbance): Promise<void> {
    const { db } = stack.product;
    const { workspaceId, portalId } = stack;
    const [open] = await this.#openReviews();
    if (open === undefined) return;
    const { id, meeting_id: meetingId, object_type: objectType, record_id: recordId, property, proposed } = open;
    const review = { id, meetingId, objectType, recordId, property, portalId };
    const deciding = { workspaceId, review, actor: TEST_ACTOR };
    if (decision === 'accept') await acceptReview(db, deciding, null);
    else await refuseReview(db, deciding);
    (decision === 'accept' ? this.#accepted : this.#refused).add(proposed ?? '');
    const wanted = await wantRecords(db, workspaceId, portalId, [{ objectType, id: recordId }]);
    this.#wanted = wanted[0] ?? this.#wanted;
    await this.#settle(disturbance);
  }

  #edit(property: 'jobtitle' | 'hs_lead_status' | 'city'): void {
    this.#edits += 1;
    const value = property === 'hs_lead_status' ? 'UNQUALIFIED' : `By a person ${this.#edits}`;
    this.#edited.set(property, value);
    stack.sandbox.crm.update('contacts', this.#contactId, { [property]: value });
  }

  #meeting(nth: number): ProcessedMeeting {
    const { role, status, city = null } = this.#meetings[nth] ?? { role: null, status: null };
    return processedMeetingSchema.parse({
      ...meeting({ meetingId: `${this.#contactId}-${nth}` }),
      startedAt: new Date(Date.UTC(2026, 9, 1) + nth * 3_600_000).toISOString(),
      endedAt: new Date(Date.UTC(2026, 9, 1) + nth * 3_600_000 + 60_000).toISOString(),
      fields: [
        { key: 'count', value: 3 },
        ...(role === null ? [] : [{ key: 'role', value: role }]),
        ...(status === null ? [] : [{ key: 'status', value: status }]),
        ...(city === null ? [] : [{ key: 'city', value: city }]),
      ],
    });
  }

  /** One attempt of a pass. @returns whether the record is settled */
  async #settle(disturbance: Disturbance): Promise<boolean> {
    const { db } = stack.product;
    const { workspaceId, portalId } = stack;
    const wanted = this.#wanted;
    if (wanted === null) return true;
    const token = `pass-${Math.random()}`;
    const { claimed } = await claimFieldRecords(db, { workspaceId, portalId }, [wanted], token);
    const [record] = claimed;
    if (record === undefined) return true;
    const action = disturbance === null ? undefined : ACTIONS[disturbance as FaultAction['kind']];
    if (action !== undefined)
      stack.sandbox.faults.add({ match: { method: 'POST', pattern: '/contacts/batch/update$' }, times: 1, action });
    const crm = killing(disturbance);
    const at = { workspaceId, portalId, record };
    const settlement = new RecordSettlement({ db, crm, settings, at, token, properties });
    try {
      const isDone = (await settlement.run()) === true;
      await endFieldClaim(db, at, token, isDone);
      return isDone;
    } catch (error) {
      // A killed process leaves its claim, which runs out.
      if (!(error instanceof KilledError)) await endFieldClaim(db, at, token, false);
      else await expireClaims();
      return false;
    } finally {
      stack.sandbox.faults.clear();
    }
  }
}

function killing(disturbance: Disturbance): ValuesCrm {
  if (disturbance !== 'kill-before' && disturbance !== 'kill-after') return real;
  return {
    values: (objectType, names) => {
      const objects = real.values(objectType, names);
      return {
        read: objects.read,
        update: async (update) => {
          if (disturbance === 'kill-after') await objects.update(update);
          throw new KilledError();
        },
      };
    },
  };
}

async function expireClaims(): Promise<void> {
  await stack.product.db
    .updateTable('field_records')
    .set({ claimed_until: new Date(0) })
    .execute();
}

const OPTIONS = ['NEW', 'OPEN', 'IN_PROGRESS', 'CONNECTED'] as const;
const disturbances = fc.option(
  fc.constantFrom<Exclude<Disturbance, null>>(
    'apply-then-cut',
    'apply-then-500',
    'cut',
    'empty-200',
    'html-502',
    'rate-limit-429',
    'kill-before',
    'kill-after',
  ),
  { freq: 2 },
);
const posted = fc.record({
  role: fc.option(fc.constantFrom('CEO', 'CTO', 'CFO', 'COO')),
  status: fc.option(fc.constantFrom(...OPTIONS, 'no such option')),
  city: fc.option(fc.constantFrom('Olot', 'Vic', 'Girona', 'Reus')),
});
const steps = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ do: fc.constant('meeting' as const), nth: fc.nat(7), disturbance: disturbances }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('remove' as const), nth: fc.nat(7), disturbance: disturbances }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: fc.constant('edit' as const),
        property: fc.constantFrom('jobtitle' as const, 'hs_lead_status' as const, 'city' as const),
        disturbance: fc.constant(null),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        do: fc.constant('decide' as const),
        decision: fc.constantFrom('accept' as const, 'accept' as const, 'refuse' as const),
        disturbance: disturbances,
      }),
    },
  ),
  { minLength: 1, maxLength: 20 },
);

async function play(meetings: readonly PostedValues[], story: readonly Step[]): Promise<Story> {
  const run = new Story(meetings);
  for (const step of story) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await run.step(step);
  }
  await run.end();
  return run;
}

test(
  'every value is the newest meeting’s, and no person’s edit is lost, through edits, failures and kills',
  async () => {
    const property = fc.asyncProperty(
      fc.array(posted, { minLength: 8, maxLength: 8 }),
      steps,
      async (meetings, story) => {
        const run = await play(meetings, story);
        expect(run.values).toEqual(run.expected);
        await run.checkReviews();
      },
    );
    await fc.assert(property, { numRuns: STORIES, seed: SEED });
  },
  STORIES * STORY_MS + 60_000,
);

test('forty meetings out of order, of whose writes a fifth are applied and cut off', async () => {
  const meetings = Array.from({ length: 40 }, (_, nth): PostedValues => ({
    role: nth === 38 ? null : `Role ${nth}`,
    status: nth < 36 ? (OPTIONS[nth % OPTIONS.length] ?? null) : 'no such option',
  }));
  const order = meetings.map((_, nth) => (nth * 17 + 5) % 40);
  const run = new Story(meetings);
  for (const [index, nth] of order.entries()) {
    const disturbance = index % 5 === 0 ? 'apply-then-cut' : null;
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await run.step({ do: 'meeting', nth, disturbance });
  }
  await run.end();
  expect(run.values).toEqual({ jobtitle: 'Role 39', hs_lead_status: 'CONNECTED' });
  const { updatedAt } = run;
  for (const nth of order.slice(0, 10)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await run.step({ do: 'meeting', nth, disturbance: null });
  }
  expect(run.values).toEqual(run.expected);
  expect(run.updatedAt).toBe(updatedAt);
}, 120_000);
