import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { z } from 'zod';
import { HUBSPOT_LIMITS, type SandboxLimits } from '../sandbox/settings';
import { loadConfig } from '../src/config';
import { openProduct, type Product } from '../src/runtime/container';
import { createWorkspace } from '../src/store/access/workspaces';
import { createLogger } from '../src/telemetry/log';
import { connectToSandbox } from '../test/support/connect';
import { startPrograms, type Programs } from '../test/support/programs';
import { countStatements, NOT_COUNTED, statementsBetween, totalOf } from '../test/support/statements';
import { createCustomers, meetingWith } from './customers';
import { Timeline } from './measure/timeline';

const NO_LIMITS: SandboxLimits = {
  tenSecondly: null,
  searchPerSecond: null,
  associationsTenSecondly: null,
  daily: null,
};
const NO_BUDGETS = {
  HUBSPOT_REQUESTS_PER_10_SECONDS: '100000',
  HUBSPOT_SEARCHES_PER_SECOND: '100000',
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '100000',
};
const IDLE_MS = 3_000;

/** A workspace with its own HubSpot account, whose contacts are known. */
export interface Account {
  readonly workspaceId: string;
  readonly portalId: number;
  readonly apiKey: string;
  /** Addresses of its contacts. */
  readonly people: readonly string[];
  readonly accessToken: string;
}

/** A server and a worker as processes of their own, with a sandbox and two connected accounts. */
export interface Rig {
  readonly programs: Programs;
  readonly timeline: Timeline;
  readonly first: Account;
  readonly second: Account;
  /** Posts a meeting to the API. @returns when it was accepted, by `performance.now()` */
  post(account: Account, index: number, meetingId: string): Promise<number>;
  /** Posts a backfill of meetings with these numbers, and returns once it is accepted. */
  backfill(account: Account, meetings: number, prefix: string): Promise<void>;
  /** Waits until no meeting is unfinished whose id begins with the prefix. `@default` all meetings */
  settled(prefix?: string): Promise<void>;
  /** Runs some work. @returns the SQL statements that it took, without those of idle processes */
  statementsOf(work: () => Promise<void>): Promise<number>;
  close(): Promise<void>;
}

/** @param limited - whether HubSpot's limits apply */
export async function startRig({ limited }: { readonly limited: boolean }): Promise<Rig> {
  const programs = await startPrograms(
    { SYNC_TIME_SCALE: '1', CALLS_PER_SECOND: '100000', ...(limited ? {} : NO_BUDGETS) },
    { limits: limited ? HUBSPOT_LIMITS : NO_LIMITS },
  );
  const { sandbox, environment } = programs;
  const product = openProduct(loadConfig(environment), createLogger('silent', 'bench'));
  const timeline = new Timeline(sandbox);
  const first = await connect(
    product,
    programs,
    { workspaceId: 'default', apiKey: programs.apiKey },
    programs.portalId,
  );
  const second = await connect(
    product,
    programs,
    await createWorkspace(product.db, 'Second'),
    sandbox.portals.create().id,
  );

  const rig: Rig = {
    programs,
    timeline,
    first,
    second,
    async post(account, index, meetingId) {
      await call(programs, account, '/api/v1/meetings', JSON.stringify(meetingWith(account.people, index, meetingId)));
      return performance.now();
    },
    async backfill(account, meetings, prefix) {
      const lines = Array.from({ length: meetings }, (_, index) =>
        JSON.stringify(meetingWith(account.people, index, `${prefix}-${index}`)),
      );
      await call(programs, account, '/api/v1/backfills', lines.join('\n'));
    },
    async settled(prefix = '') {
      const isUnfinished = sql<{ unfinished: boolean }>`
        select exists (
            select from meetings where starts_with(meeting_id, ${prefix}) and status in ('accepted', 'syncing', 'waiting')
          )
          or exists (select from backfill_lines where body is not null) as unfinished ${sql.raw(NOT_COUNTED)}
      `;
      while ((await isUnfinished.execute(product.db)).rows[0]?.unfinished !== false) await sleep(100);
    },
    async statementsOf(work) {
      const count = () => countStatements(environment.DATABASE_URL);
      const [idleFrom, idleAt] = [await count(), performance.now()];
      await sleep(IDLE_MS);
      const [before, from] = [await count(), performance.now()];
      const idle = totalOf(statementsBetween(idleFrom, before)) / (from - idleAt);
      await work();
      return totalOf(statementsBetween(before, await count())) - idle * (performance.now() - from);
    },
    async close() {
      timeline.close();
      printWarnings(programs.output());
      await product.db.destroy();
      await programs.stop();
    },
  };
  await warmUp(rig);
  return rig;
}

async function connect(
  product: Product,
  { sandbox }: Programs,
  { workspaceId, apiKey }: Pick<Account, 'workspaceId' | 'apiKey'>,
  portalId: number,
): Promise<Account> {
  const people = createCustomers(sandbox, portalId);
  await connectToSandbox(product, sandbox, { workspaceId, portalId });
  const { accessToken } = await product.tokens.access(workspaceId);
  return { workspaceId, portalId, apiKey, people, accessToken };
}

async function call({ url }: Programs, { apiKey }: Account, path: string, body: string): Promise<void> {
  const response = await fetch(url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
    body,
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
}

const WARNING = 40;
const logLine = z.object({ level: z.number(), msg: z.string(), error: z.unknown() });

/** Prints the distinct warnings and errors of a log to stderr: with many of them, the figures are not of a healthy run. */
function printWarnings(log: string): void {
  const lines = log.split('\n').flatMap((line) => {
    if (!line.startsWith('{')) return [];
    const { data } = logLine.safeParse(JSON.parse(line));
    return data === undefined || data.level < WARNING
      ? []
      : [`${data.msg}: ${JSON.stringify(data.error)}`.slice(0, 300)];
  });
  for (const [line, { length }] of Map.groupBy(lines, (each) => each))
    process.stderr.write(`bench: ${length} × ${line}\n`);
}

/** What a process or an account does once, such as reading association types, is no part of the figures. */
async function warmUp(rig: Rig): Promise<void> {
  await Promise.all([rig.post(rig.first, 0, 'warm-up-first'), rig.post(rig.second, 0, 'warm-up-second')]);
  await rig.settled();
  rig.programs.sandbox.requests.clear();
}
