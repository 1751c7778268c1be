import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Misbehaviour, WebhookSettings } from '../../../../sandbox/webhooks/settings';
import type { ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import { insertApiKey } from '../../../../src/store/access/api-keys';
import { applyCrmChangeWorkflowId } from '../../../../src/temporal/names';
import { startFullStack, type FullStack } from '../../../e2e/full-stack';
import type { ExpectedLinks } from '../../../support/expected-links';
import { dueLinks, differencesFromCrm, presentLinks, type Compared } from './comparison';
import { Person } from './person';
import { People, type Change } from './changes';

const NO_LIMITS = {
  HUBSPOT_REQUESTS_PER_10_SECONDS: '5000',
  HUBSPOT_SEARCHES_PER_SECOND: '500',
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '5000',
};
const reconciliation = z.object({ state: z.enum(['running', 'done']), mended: z.object({ meetings: z.number() }) });

/** How HubSpot behaves in one run. */
export interface Behaviour {
  readonly form: WebhookSettings['form'];
  readonly mergeKeepsPrimaryId: boolean;
  /** Whether association reads keep returning archived records. */
  readonly staleAssociations: boolean;
  readonly misbehaviour: Partial<Misbehaviour>;
}

/** The server, the worker, and the sandbox that sends its webhooks to the server. */
export class ListeningWorld {
  readonly #stack: FullStack;
  readonly #apiKey: string;
  readonly #stop = new AbortController();
  readonly #handingOver: Promise<void>;
  #runs = 0;

  private constructor(stack: FullStack, apiKey: string) {
    this.#stack = stack;
    this.#apiKey = apiKey;
    this.#handingOver = this.#handOver();
  }

  static async start(): Promise<ListeningWorld> {
    const stack = await startFullStack({
      ownNamespace: true,
      env: NO_LIMITS,
    });
    await stack.connect();
    const key = await insertApiKey(stack.product.db, { workspaceId: stack.workspaceId, name: 'test' });
    if (key === null) throw new Error('no API key');
    return new ListeningWorld(stack, key.key);
  }

  /**
   * Begins a run with its own people and records. Deletes the meetings and the mirror of earlier runs.
   *
   * @param people - number of people
   */
  async begin(behaviour: Behaviour, people: number): Promise<Run> {
    const { sandbox, product } = this.#stack;
    const { db } = product;
    await this.settled();
    await db.deleteFrom('meetings').execute();
    await db.deleteFrom('crm_records').execute();
    await db.deleteFrom('crm_associations').execute();
    sandbox.requests.clear();
    sandbox.webhooks.clear();
    sandbox.settings.mergeKeepsPrimaryId = behaviour.mergeKeepsPrimaryId;
    sandbox.settings.staleAssociations = behaviour.staleAssociations;
    Object.assign(sandbox.settings.webhooks, {
      targetUrl: `${this.#stack.url}/webhooks/hubspot`,
      form: behaviour.form,
      misbehaviour: { ...sandbox.settings.webhooks.misbehaviour, ...NO_MISBEHAVIOUR, ...behaviour.misbehaviour },
    });
    return new Run(this, this.#stack, new People(`r${++this.#runs}`, people));
  }

  /** Requests a reconciliation over the API and waits until it is done. @returns the number of corrected meetings */
  async reconcile(): Promise<number> {
    const { reconciliationId } = z
      .object({ reconciliationId: z.string() })
      .parse(await this.#call('POST', '/api/v1/reconcile'));
    for (;;) {
      const { state, mended } = reconciliation.parse(await this.#call('GET', `/api/v1/reconcile/${reconciliationId}`));
      if (state === 'done') return mended.meetings;
      await sleep(25);
    }
  }

  /** The share of this run's calls with an error response, and the first ten of them. */
  errorAnswers(): { readonly share: number; readonly some: readonly string[] } {
    const calls = this.#stack.sandbox.requests.list();
    const errors = calls.filter(({ status }) => status !== null && status >= 400);
    return {
      share: errors.length / calls.length,
      some: errors.slice(0, 10).map(({ method, path, status }) => `${method} ${path} ${status}`),
    };
  }

  /** Waits until every webhook has arrived and all work that it caused is finished. */
  async settled(): Promise<void> {
    const { sandbox, changes, portalId } = this.#stack;
    for (;;) {
      await sandbox.webhooks.flush();
      if (await this.#hasInbox()) await changes.wake(portalId);
      else if (!(await this.#isRunning(applyCrmChangeWorkflowId(portalId))) && !(await this.#isSyncing())) return;
      await sleep(25);
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#handingOver;
    await this.#stack.close();
  }

  /** Runs the server's sweep without its pauses. */
  async #handOver(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#stack.starter.sweep(0);
      await sleep(25);
    }
  }

  async #call(method: string, path: string): Promise<unknown> {
    const response = await fetch(`${this.#stack.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.#apiKey}` },
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
    return await response.json();
  }

  async #hasInbox(): Promise<boolean> {
    const { db } = this.#stack.product;
    const event = await db.selectFrom('crm_events').select('id').where('done_at', 'is', null).executeTakeFirst();
    const unread = await db
      .selectFrom('crm_records')
      .select('record_id')
      .where('read_at', 'is', null)
      .executeTakeFirst();
    return event !== undefined || unread !== undefined;
  }

  async #isSyncing(): Promise<boolean> {
    const rows = await this.#stack.product.db
      .selectFrom('meetings')
      .select(['meeting_id', 'status', 'sync_requested_at'])
      .execute();
    if (rows.some((row) => row.sync_requested_at !== null || row.status === 'syncing')) return true;
    const documents = await Promise.all(rows.map((row) => this.#stack.status(row.meeting_id)));
    const running = await Promise.all(documents.map(({ workflow }) => this.#isRunning(workflow.id)));
    return running.includes(true);
  }

  async #isRunning(workflowId: string): Promise<boolean> {
    try {
      const { status } = await this.#stack.temporal.workflow.getHandle(workflowId).describe();
      return status.name === 'RUNNING';
    } catch {
      return false;
    }
  }
}

const NO_MISBEHAVIOUR: Partial<Misbehaviour> = {
  doubled: 0,
  lost: 0,
  late: 0,
  lateMs: 300,
  outOfOrder: 0,
  propertyFirst: 0,
  sharedEventId: 0,
};

/** One story: a CRM, its meetings, the changes to it, and the comparison of the result. */
export class Run {
  readonly #world: ListeningWorld;
  readonly #stack: FullStack;
  readonly #people: People;
  readonly #person: Person;
  #meetings: readonly ProcessedMeetingInput[] = [];
  /** The story's length when the meetings were posted. */
  #before = 0;

  constructor(world: ListeningWorld, stack: FullStack, people: People) {
    this.#world = world;
    this.#stack = stack;
    this.#people = people;
    this.#person = new Person(stack.sandbox.crm, people);
  }

  /** The number of changes applied since the meetings were posted; impossible ones do not count. */
  get changesDone(): number {
    return this.#person.story.length - this.#before;
  }

  /** Builds the CRM, without pauses. */
  prepare(changes: readonly Change[]): void {
    for (const change of changes) this.#person.do(change);
  }

  async play(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      this.#person.do(change);
      // Lets the server and the worker run, even when the pause is 0.
      await sleep(change.pauseMs);
    }
  }

  /** Posts the meetings. @param options - `wait`: whether to wait for their syncs; otherwise later changes overtake them */
  async meet(cast: readonly (readonly number[])[], { wait }: { readonly wait: boolean }): Promise<void> {
    this.#meetings = this.#people.meetings(cast);
    await Promise.all(this.#meetings.map((each) => this.#stack.post(each)));
    this.#person.story.push(`met: ${this.#meetings.map(peopleOf).join('; ')}`);
    this.#before = this.#person.story.length;
    if (wait) await this.#world.settled();
  }

  /** Computes the expected links now. The result translates them to the ids of later merges. */
  async dueLinks(): Promise<() => Map<string, ExpectedLinks['links']>> {
    const { sandbox } = this.#stack;
    const due = await dueLinks(this.#stack, this.#ids);
    return () => new Map([...due].map(([id, links]) => [id, presentLinks(sandbox, links)]));
  }

  get #ids(): string[] {
    return this.#meetings.map(({ meetingId }) => meetingId);
  }

  /** @throws an error with every difference from the CRM and the changes that led to it */
  async expectEqual(options: Compared = {}): Promise<void> {
    const found = await differencesFromCrm(this.#stack, this.#ids, options);
    if (found.length === 0) return;
    throw new Error(['Differences from the CRM:', ...found, 'after', ...this.#person.story].join('\n'));
  }
}

function peopleOf({ meetingId, participants }: ProcessedMeetingInput): string {
  return `${meetingId} ${participants.map((person) => person?.email).join(', ')}`;
}
