import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Misbehaviour, WebhookSettings } from '../../../../sandbox/webhooks/settings';
import type { ProcessedMeetingInput } from '../../../../src/meeting/schema';
import { createApiKey } from '../../../../src/store/api-keys';
import { applyCrmChangeWorkflowId } from '../../../../src/temporal/names';
import { startFullStack, type FullStack } from '../../../e2e/full-stack';
import type { ExpectedLinks } from '../../../support/expected-links';
import { dueLinks, faultsOf, presentLinks, type Compared } from './comparison';
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
  /** Association reads go on naming archived records. */
  readonly staleAssociations: boolean;
  readonly misbehaviour: Partial<Misbehaviour>;
}

/** The server on a port, the worker and the sandbox, whose webhooks go there: as in a customer's account. */
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
    const key = await createApiKey(stack.product.db, { workspaceId: stack.workspaceId, name: 'test', madeBy: null });
    if (key === null) throw new Error('no API key');
    return new ListeningWorld(stack, key.key);
  }

  /**
   * A run with people and records of its own; what earlier runs left is forgotten here, and no change touches it.
   *
   * @param people - how many there are
   */
  async begin(behaviour: Behaviour, people: number): Promise<Run> {
    const { sandbox, product } = this.#stack;
    const { db } = product;
    await this.atRest();
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

  /** Asks for a reconciliation as a caller does, and waits until it says that it is done. @returns meetings mended */
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

  /** The share of this run's calls that HubSpot answered with an error, and the first few of these. */
  errorAnswers(): { readonly share: number; readonly some: readonly string[] } {
    const calls = this.#stack.sandbox.requests.list();
    const errors = calls.filter(({ status }) => status !== null && status >= 400);
    return {
      share: errors.length / calls.length,
      some: errors.slice(0, 10).map(({ method, path, status }) => `${method} ${path} ${status}`),
    };
  }

  /** Waits until every webhook has come, and nothing that followed from one is waiting or under way. */
  async atRest(): Promise<void> {
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

  /** As the server's sweep does, without its pauses. */
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

/** One story: a CRM, meetings, changes, and what came of them. */
export class Run {
  readonly #world: ListeningWorld;
  readonly #stack: FullStack;
  readonly #people: People;
  readonly #person: Person;
  #meetings: readonly ProcessedMeetingInput[] = [];
  /** As long as the story was when they met. */
  #before = 0;

  constructor(world: ListeningWorld, stack: FullStack, people: People) {
    this.#world = world;
    this.#stack = stack;
    this.#people = people;
    this.#person = new Person(stack.sandbox.crm, people);
  }

  /** How many changes were done since the meetings: not all that are asked for can be. */
  get deeds(): number {
    return this.#person.story.length - this.#before;
  }

  /** Lets a CRM come into being, at once. */
  prepare(changes: readonly Change[]): void {
    for (const change of changes) this.#person.do(change);
  }

  async play(changes: readonly Change[]): Promise<void> {
    for (const change of changes) {
      this.#person.do(change);
      // Even without a pause of its own, the server and the worker have their turn.
      await sleep(change.pauseMs);
    }
  }

  /** Posts meetings as pipelines do. @param options - `wait`: until they are synced; else what comes next overtakes them */
  async meet(cast: readonly (readonly number[])[], { wait }: { readonly wait: boolean }): Promise<void> {
    this.#meetings = this.#people.meetings(cast);
    await Promise.all(this.#meetings.map((each) => this.#stack.post(each)));
    this.#person.story.push(`met: ${this.#meetings.map(peopleOf).join('; ')}`);
    this.#before = this.#person.story.length;
    if (wait) await this.#world.atRest();
  }

  /** The links that section 6 gives now, under the ids that their records have later. */
  async dueLinks(): Promise<() => Map<string, ExpectedLinks['links']>> {
    const { sandbox } = this.#stack;
    const due = await dueLinks(this.#stack, this.#ids);
    return () => new Map([...due].map(([id, links]) => [id, presentLinks(sandbox, links)]));
  }

  get #ids(): string[] {
    return this.#meetings.map(({ meetingId }) => meetingId);
  }

  /** @throws with everything that is not as the CRM has it, and with what led there */
  async expectEqual(options: Compared = {}): Promise<void> {
    const faults = await faultsOf(this.#stack, this.#ids, options);
    if (faults.length === 0) return;
    throw new Error(['Not as the CRM has it:', ...faults, 'after', ...this.#person.story].join('\n'));
  }
}

function peopleOf({ meetingId, participants }: ProcessedMeetingInput): string {
  return `${meetingId} ${participants.map((person) => person?.email).join(', ')}`;
}
