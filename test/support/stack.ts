import { Client, type Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import { loadConfig } from '../../src/config';
import { createLogger } from '../../src/log';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../src/meeting/schema';
import type { ReconciliationDocument } from '../../src/meeting/reconciliation';
import type { StatusDocument, SyncStatus } from '../../src/meeting/status';
import { Backfiller } from '../../src/backfiller';
import { CrmChangeStarter } from '../../src/crm-change-starter';
import { readWebhookEvents } from '../../src/hubspot/webhook-events';
import { Reconciler } from '../../src/reconciler';
import { openProduct, type Product } from '../../src/product';
import { putEvents } from '../../src/store/crm-events';
import { applyCrmChangeWorkflowId, reconcileWorkflowId } from '../../src/temporal/names';
import { saveConnection } from '../../src/store/connections';
import { acceptMeeting, dueSyncRequests, findSyncRequest, requestSync } from '../../src/store/meetings';
import { findReconciliation } from '../../src/store/reconciliations';
import { statusDocument } from '../../src/store/status-documents';
import { createWorkspace } from '../../src/store/workspaces';
import { SyncStarter } from '../../src/sync-starter';
import { workerOptions } from '../../src/worker';
import { createTestDatabase } from './database';
import { shared } from './shared';
import { connectToTemporal, quietRuntime, takeNamespace, temporalAddress, testTaskQueue } from './temporal';

/** The product over a real database, a real Temporal and the sandbox: what an integration test works with. */
export interface Stack {
  readonly sandbox: Sandbox;
  readonly product: Product;
  readonly starter: SyncStarter;
  readonly reconciler: Reconciler;
  readonly backfiller: Backfiller;
  readonly changes: CrmChangeStarter;
  /** Puts webhook events into the inbox as the server does, and works them off with the meetings that they touch. */
  apply(...events: readonly object[]): Promise<void>;
  readonly temporal: Client;
  readonly taskQueue: string;
  readonly workspaceId: string;
  readonly portalId: number;
  /** Connects the workspace to the sandbox's first portal, as the OAuth flow would. */
  connect(options?: { scopes?: string[]; expiresInSeconds?: number }): Promise<void>;
  /** Posts a meeting as the API does and waits until its sync rests. */
  sync(meeting: ProcessedMeetingInput): Promise<StatusDocument>;
  /** Posts a meeting and does not wait. */
  post(meeting: ProcessedMeetingInput): Promise<void>;
  resync(meetingId: string): Promise<StatusDocument>;
  status(meetingId: string): Promise<StatusDocument>;
  /** Compares everything with HubSpot, as the API does when it is asked to, and waits until that is done. */
  reconcile(): Promise<ReconciliationDocument | null>;
  /** Waits until the meeting's status is one of these. */
  until(meetingId: string, ...statuses: SyncStatus[]): Promise<StatusDocument>;
  close(): Promise<void>;
}

/** Tests of anything else than limits must not wait for them: HubSpot's allow five searches a second. */
const NO_LIMITS = { tenSecondly: null, searchPerSecond: null, associationsTenSecondly: null };
const NO_BUDGETS = {
  HUBSPOT_REQUESTS_PER_10_SECONDS: '100000',
  HUBSPOT_SEARCHES_PER_SECOND: '100000',
  HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '100000',
};

let nextEventId = 1;

/** Starts a stack of its own; `close` it in `afterAll` or `afterEach`. Not connected yet. */
export async function startStack(
  options: { sandbox?: SandboxOptions; env?: Record<string, string>; timeScale?: number; ownNamespace?: boolean } = {},
): Promise<Stack> {
  quietRuntime();
  const [sandbox, database] = await Promise.all([
    startSandbox({ seed: 'empty', searchLagMs: 0, limits: NO_LIMITS, ...options.sandbox }),
    createTestDatabase(),
  ]);
  const config = loadConfig({
    DATABASE_URL: database.url,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_AUTHORIZE_URL: `${sandbox.url}/oauth/authorize`,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    SYNC_TIME_SCALE: String(options.timeScale ?? 0.01),
    LOG_LEVEL: process.env['TEST_LOG_LEVEL'] ?? 'silent',
    ...NO_BUDGETS,
    ...options.env,
  });
  const log = createLogger(config.logLevel, 'test');
  const product = openProduct(config, log, { longestLingerMs: 10 });
  const connection: Connection = await connectToTemporal();
  const native = await NativeConnection.connect({ address: temporalAddress() });
  const namespace = options.ownNamespace === true ? await takeNamespace() : 'default';
  const temporal = new Client({ connection, namespace });
  const taskQueue = testTaskQueue();
  const changes = new CrmChangeStarter({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const backfiller = new Backfiller({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const reconciler = new Reconciler({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const starter = new SyncStarter({ db: product.db, temporal, log, timeScale: config.syncTimeScale, taskQueue });
  const worker = await Worker.create({
    ...workerOptions(product),
    workflowBundle: { codePath: shared('workflowBundle') },
    connection: native,
    namespace,
    taskQueue,
    shutdownGraceTime: 0,
  });
  const running = worker.run();
  // Its worker sends no heartbeats: pages take it for alive all the same.
  const dayAhead = new Date(Date.now() + 86_400_000);
  await product.db.insertInto('processes').values({ id: taskQueue, polls: true, seen_at: dayAhead }).execute();
  // One workspace name a stack: workflow ids of tests that share the namespace must differ.
  const { workspaceId } = await createWorkspace(product.db, `t-${randomBytes(6).toString('hex')}`);
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
    // Polling ends with the run: a loop that went on would slow down all tests after this one.
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      const isOver = await Promise.race([ended, sleep(25, false)]);
      // oxlint-disable-next-line no-await-in-loop -- polling
      const document = await status(meetingId);
      if (isOver || document.status === 'needs_attention' || document.status === 'waiting') return document;
    }
  };
  /** Until Temporal has it: on a busy machine it may not answer in time, and no sweeper runs beside most tests. */
  const handOver = async (meetingId: string): Promise<void> => {
    do await starter.start(workspaceId, meetingId);
    while ((await findSyncRequest(product.db, { workspaceId, meetingId })) !== null);
  };
  const post = async (meeting: ProcessedMeetingInput): Promise<void> => {
    const parsed = processedMeetingSchema.parse(meeting);
    await acceptMeeting(product.db, { workspaceId, meeting: parsed });
    await handOver(parsed.meetingId);
  };

  const workOff = async (): Promise<void> => {
    // Temporal may not take a signal in time on a busy machine.
    while (!(await changes.wake(portalId)));
    await temporal.workflow.getHandle(applyCrmChangeWorkflowId(portalId)).result();
  };

  return {
    sandbox,
    product,
    starter,
    reconciler,
    backfiller,
    changes,
    temporal,
    taskQueue,
    workspaceId,
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
      await workOff();
      const dueNow = async () => await dueSyncRequests(product.db, { limit: 1_000, olderThanMs: 0 });
      const due = await dueNow();
      // As in `handOver`: until Temporal has them all.
      do await starter.sweep(0);
      while ((await dueNow()).length > 0);
      await Promise.all(due.map(({ meetingId }) => settled(meetingId)));
    },
    async connect({ scopes, expiresInSeconds } = {}) {
      const issued = sandbox.tokens.issue({ scopes, expiresInSeconds });
      await saveConnection(product.db, {
        workspaceId,
        portalId,
        hubDomain: 'northwind.example',
        uiDomain: new URL(sandbox.url).host,
        timeZone: 'Europe/Madrid',
        accountType: 'STANDARD',
        userId: issued.grant.userId,
        userEmail: 'admin@northwind.example',
        scopes: issued.grant.scopes,
        tokens: product.tokens.seal(workspaceId, {
          accessToken: issued.accessToken,
          refreshToken: issued.refreshToken,
          expiresInSeconds: issued.expiresIn,
          portalId,
          userId: null,
          scopes: null,
        }),
      });
    },
    async sync(meeting) {
      await post(meeting);
      return await settled(processedMeetingSchema.parse(meeting).meetingId);
    },
    async resync(meetingId) {
      await requestSync(product.db, workspaceId, meetingId);
      await handOver(meetingId);
      return await settled(meetingId);
    },
    async reconcile() {
      let id = await reconciler.start(workspaceId);
      // oxlint-disable-next-line no-await-in-loop -- until Temporal takes it
      while (id === null) id = await reconciler.start(workspaceId);
      const reconciliation = temporal.workflow.getHandle(reconcileWorkflowId(workspaceId));
      const done = reconciliation.result().then(() => true);
      // As the sweeper of a running product does meanwhile.
      do await starter.sweep(0);
      while (!(await Promise.race([done, sleep(25, false)])));
      return await findReconciliation(product.db, workspaceId, id);
    },
    async close() {
      worker.shutdown();
      await running;
      await Promise.all([connection.close(), native.close(), product.db.destroy(), sandbox.close()]);
      await database.drop();
    },
  };
}
