import { Client, type Connection } from '@temporalio/client';
import type { Duration } from '@temporalio/common';
import { NativeConnection } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import { loadConfig } from '../../src/config';
import { createLogger } from '../../src/telemetry/log';
import { postedMeetingSchema, type ProcessedMeetingInput } from '../../src/meeting/intake/schema';
import type { ReconciliationDocument } from '../../src/meeting/reconciliation';
import type { StatusDocument, SyncStatus } from '../../src/meeting/status';
import { BackfillDispatcher } from '../../src/dispatch/backfill-dispatcher';
import { CrmChangeDispatcher } from '../../src/dispatch/crm-change-dispatcher';
import { readWebhookEvents } from '../../src/hubspot/webhooks/webhook-events';
import { ReconciliationDispatcher } from '../../src/dispatch/reconciliation-dispatcher';
import { openProduct, type Product } from '../../src/runtime/container';
import { putEvents } from '../../src/store/inbox/crm-events';
import { applyCrmChangeWorkflowId, reconcileWorkflowId } from '../../src/temporal/names';
import { acceptMeeting, dueSyncRequests, findSyncRequest } from '../../src/store/meetings/meetings';
import { requeue, theMeeting } from '../../src/store/meetings/requeue';
import { findReconciliation } from '../../src/store/jobs/reconciliations';
import { listPasses } from '../../src/store/meetings/sync-passes';
import { statusDocument } from '../../src/store/meetings/status-documents';
import { createWorkspace } from '../../src/store/access/workspaces';
import { NoticeDispatcher } from '../../src/dispatch/notice-dispatcher';
import { SyncDispatcher } from '../../src/dispatch/sync-dispatcher';
import { connectToSandbox } from './connect';
import { createWorkers, runWorkers, type WorkerSet } from '../../src/worker';
import { createTestDatabase } from './database';
import { shared } from './shared';
import { connectToTemporal, quietRuntime, takeNamespace, temporalAddress, testTaskQueue } from './temporal';
import { TEST_ACTOR } from './actors';

/** A workspace and its HubSpot account. */
export interface Account {
  readonly workspaceId: string;
  readonly portalId: number;
}

/** The product with a real database, a real Temporal server and the sandbox, for integration tests. */
export interface Stack {
  readonly sandbox: Sandbox;
  /** `postgres://…` */
  readonly databaseUrl: string;
  readonly product: Product;
  readonly starter: SyncDispatcher;
  readonly reconciler: ReconciliationDispatcher;
  readonly backfiller: BackfillDispatcher;
  readonly changes: CrmChangeDispatcher;
  readonly notifier: NoticeDispatcher;
  /** Adds webhook events to the inbox as the server does, and waits until they and the affected meetings are processed. */
  apply(...events: readonly object[]): Promise<void>;
  readonly temporal: Client;
  readonly taskQueue: string;
  readonly workers: WorkerSet;
  /** Starts the workers of one more process. */
  moreWorkers(): Promise<WorkerSet>;
  readonly workspaceId: string;
  readonly apiKey: string;
  readonly portalId: number;
  /** Connects the workspace to the sandbox's first portal, as the OAuth flow would. */
  connect(options?: { scopes?: string[]; expiresInSeconds?: number }): Promise<void>;
  /** Posts a meeting as the API does and waits until its sync has ended or waits. */
  sync(meeting: ProcessedMeetingInput): Promise<StatusDocument>;
  /** Posts a meeting and does not wait. */
  post(meeting: ProcessedMeetingInput): Promise<void>;
  resync(meetingId: string): Promise<StatusDocument>;
  status(meetingId: string): Promise<StatusDocument>;
  /** Runs a reconciliation as the API does, and waits until it is done. */
  reconcile(): Promise<ReconciliationDocument | null>;
  /** Waits until the meeting's status is one of these. */
  until(meetingId: string, ...statuses: SyncStatus[]): Promise<StatusDocument>;
  close(): Promise<void>;
}

/** For tests that are not about limits, which must not wait for them: HubSpot allows five searches per second. */
const NO_LIMITS = { tenSecondly: null, searchPerSecond: null, associationsTenSecondly: null };
const NO_BUDGETS = {
  HUBSPOT_REQUESTS_PER_10_SECONDS: '100000',
  HUBSPOT_SEARCHES_PER_SECOND: '100000',
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '100000',
};

let nextEventId = 1;

/** Starts a new stack without a connection. Call `close` in `afterAll` or `afterEach`. */
export async function startStack(
  options: {
    sandbox?: SandboxOptions;
    env?: Record<string, string>;
    timeScale?: number;
    ownNamespace?: boolean;
    databaseSettings?: Readonly<Record<string, string>>;
    /** How long a batch waits for inputs at most, in milliseconds (`@default 10`); a server waits for a second. */
    longestLingerMs?: number;
    /** `@default 0`: steps are cancelled as soon as the stack closes. */
    shutdownGraceTime?: Duration;
  } = {},
): Promise<Stack> {
  quietRuntime();
  const [sandbox, database] = await Promise.all([
    startSandbox({ seed: 'empty', searchLagMs: 0, limits: NO_LIMITS, ...options.sandbox }),
    createTestDatabase(options.databaseSettings),
  ]);
  const config = loadConfig({
    DATABASE_URL: database.url,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_AUTHORIZE_URL: `${sandbox.url}/oauth/authorize`,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    OUTBOUND_PRIVATE_ADDRESSES: 'loopback',
    SYNC_TIME_SCALE: String(options.timeScale ?? 0.01),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...NO_BUDGETS,
    ...options.env,
  });
  const log = createLogger(config.logLevel, 'test');
  const product = openProduct(config, log, { longestLingerMs: options.longestLingerMs ?? 10 });
  const connection: Connection = await connectToTemporal();
  const native = await NativeConnection.connect({ address: temporalAddress() });
  const namespace = options.ownNamespace === true ? await takeNamespace() : 'default';
  const temporal = new Client({ connection, namespace });
  const taskQueue = testTaskQueue();
  const changes = new CrmChangeDispatcher({
    db: product.db,
    temporal,
    log,
    timeScale: config.syncTimeScale,
    taskQueue,
  });
  const backfiller = new BackfillDispatcher({
    db: product.db,
    temporal,
    log,
    timeScale: config.syncTimeScale,
    taskQueue,
  });
  const reconciler = new ReconciliationDispatcher({
    db: product.db,
    temporal,
    log,
    timeScale: config.syncTimeScale,
    taskQueue,
  });
  const notifier = new NoticeDispatcher({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const starter = new SyncDispatcher({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const startWorkers = async (): Promise<WorkerSet> =>
    await createWorkers(product, {
      workflowBundle: { codePath: shared('workflowBundle') },
      connection: native,
      namespace,
      taskQueue,
      shutdownGraceTime: options.shutdownGraceTime ?? 0,
    });
  const workers = await startWorkers();
  const started = [{ workers, run: runWorkers(workers) }];
  // The worker of a stack records no heartbeats. This row makes pages show it as alive.
  const dayAhead = new Date(Date.now() + 86_400_000);
  await product.db.insertInto('processes').values({ id: taskQueue, polls: true, seen_at: dayAhead }).execute();
  // A unique name per stack, because workflow ids of tests that share a namespace must differ.
  const { workspaceId, apiKey } = await createWorkspace(product.db, `t-${randomBytes(6).toString('hex')}`);
  const portalId = sandbox.portals.list()[0]?.id ?? 0;

  const status = async (meetingId: string): Promise<StatusDocument> => {
    const document = await statusDocument(product.db, workspaceId, meetingId, {
      temporalUiUrl: null,
      namespace,
    });
    if (document === null) throw new Error(`no meeting ${meetingId}`);
    return document;
  };
  const until = async (meetingId: string, ...statuses: SyncStatus[]): Promise<StatusDocument> => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      const document = await status(meetingId);
      if (statuses.includes(document.status)) return document;
      // oxlint-disable-next-line no-await-in-loop -- polling
      await sleep(25);
    }
  };
  const settled = async (meetingId: string): Promise<StatusDocument> => {
    const handle = temporal.workflow.getHandle((await status(meetingId)).workflow.id);
    const ended = handle.result().then(
      () => true,
      () => true,
    );
    // Stop polling when the run ends, because a loop that continues would slow down all later tests.
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      const isOver = await Promise.race([ended, sleep(25, false)]);
      // oxlint-disable-next-line no-await-in-loop -- polling
      const document = await status(meetingId);
      if (isOver || document.status === 'waiting') return document;
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (document.status === 'needs_attention' && (await isPassOver(meetingId))) return document;
    }
  };
  /** The history ends a pass right after the status is stored. A run that was cut off never ends its pass there. */
  const isPassOver = async (meetingId: string): Promise<boolean> => {
    const [pass] = await listPasses(product.db, { workspaceId, meetingId });
    return pass === undefined || pass.endedAt !== null;
  };
  /** Repeats until Temporal has accepted the request: it may time out on a busy machine, and most tests run no sweep. */
  const handOver = async (meetingId: string): Promise<void> => {
    do await starter.start(workspaceId, meetingId);
    while ((await findSyncRequest(product.db, { workspaceId, meetingId })) !== null);
  };
  const post = async (meeting: ProcessedMeetingInput): Promise<void> => {
    const taken = postedMeetingSchema.parse(meeting);
    await acceptMeeting(product.db, { workspaceId, ...taken });
    await handOver(taken.meeting.meetingId);
  };

  const processInbox = async (): Promise<void> => {
    // A signal may time out on a busy machine.
    while (!(await changes.wake(portalId)));
    await temporal.workflow.getHandle(applyCrmChangeWorkflowId(portalId)).result();
  };

  return {
    sandbox,
    databaseUrl: database.url,
    product,
    starter,
    reconciler,
    backfiller,
    changes,
    notifier,
    temporal,
    taskQueue,
    workers,
    async moreWorkers() {
      const more = await startWorkers();
      started.push({ workers: more, run: runWorkers(more) });
      return more;
    },
    workspaceId,
    apiKey,
    portalId,
    status,
    until,
    post,
    async apply(...events) {
      const common = { portalId, subscriptionId: 1, occurredAt: Date.now(), changeSource: 'CRM_UI', attemptNumber: 0 };
      await putEvents(
        product.db,
        readWebhookEvents(events.map((event, index) => ({ eventId: nextEventId + index, ...common, ...event }))),
      );
      nextEventId += events.length;
      await processInbox();
      const dueNow = async () => await dueSyncRequests(product.db, { limit: 1_000, olderThanMs: 0 });
      const due = await dueNow();
      // As in `handOver`, repeat until Temporal has accepted them all.
      do await starter.sweep(0);
      while ((await dueNow()).length > 0);
      await Promise.all(due.map(({ meetingId }) => settled(meetingId)));
    },
    async connect({ scopes, expiresInSeconds } = {}) {
      await connectToSandbox(product, sandbox, { workspaceId, portalId, scopes, expiresInSeconds });
    },
    async sync(meeting) {
      await post(meeting);
      return await settled(meeting.meetingId);
    },
    async resync(meetingId) {
      await requeue(product.db, theMeeting({ workspaceId, meetingId }), 'resync');
      await handOver(meetingId);
      return await settled(meetingId);
    },
    async reconcile() {
      let id = await reconciler.start(workspaceId, TEST_ACTOR);
      // oxlint-disable-next-line no-await-in-loop -- until Temporal accepts it
      while (id === null) id = await reconciler.start(workspaceId, TEST_ACTOR);
      const reconciliation = temporal.workflow.getHandle(reconcileWorkflowId(workspaceId));
      const done = reconciliation.result().then(() => true);
      // The server sweeps in the meantime.
      do await starter.sweep(0);
      while (!(await Promise.race([done, sleep(25, false)])));
      return await findReconciliation(product.db, workspaceId, id);
    },
    async close() {
      for (const { live } of started.map((each) => each.workers)) if (live.getState() === 'RUNNING') live.shutdown();
      await Promise.all(started.map(({ run }) => run));
      await Promise.all([connection.close(), native.close(), product.db.destroy(), sandbox.close()]);
      await database.drop();
    },
  };
}
