import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';
import { sql } from 'kysely';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox';
import { loadConfig } from '../../src/config';
import { createLogger } from '../../src/telemetry/log';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../src/meeting/intake/schema';
import type { StatusDocument } from '../../src/meeting/status';
import { openProduct } from '../../src/runtime/container';
import { saveConnection } from '../../src/store/connections/connections';
import { acceptMeeting } from '../../src/store/meetings/meetings';
import { requeue, theMeeting } from '../../src/store/meetings/requeue';
import { statusDocument } from '../../src/store/meetings/status-documents';
import { changeSettings } from '../../src/store/settings/settings';
import { createWorkspace } from '../../src/store/access/workspaces';
import { SyncDispatcher } from '../../src/dispatch/sync-dispatcher';
import { TEST_ACTOR } from '../support/actors';
import { createTestDatabase } from '../support/database';
import { FaultProxy } from '../support/proxy';
import { connectToTemporal, takeNamespace, temporalAddress } from '../support/temporal';
import { WorkerFleet } from '../support/worker-fleet';
import type { ChaosPlan } from './plan';
import { TokenWatch } from './secrets';
import { MAPPINGS } from './world';

/** Shortens our delays. The resulting 3 s for a create to take effect exceed the plan's longest delay. */
const TIME_SCALE = 0.05;
/** Time-out of a request. */
const REQUEST_TIMEOUT_MS = 2_000;
const TOKEN_SECONDS = 20;

/** The product with real workers, behind proxies that fail according to the plan. */
export type Chaos = Awaited<ReturnType<typeof startChaos>>;

export async function startChaos(plan: ChaosPlan, seed: number) {
  const [database, namespace, sandbox] = await Promise.all([
    createTestDatabase(),
    takeNamespace(),
    startSandbox({
      seed: 'empty',
      searchLagMs: 0,
      accessTokenSeconds: TOKEN_SECONDS,
      randomSeed: seed,
      limits: { tenSecondly: null, searchPerSecond: null, associationsTenSecondly: null },
    }),
  ]);
  const tokens = new TokenWatch();
  const { connections } = plan;
  const proxies = {
    hubspot: await FaultProxy.start({ target: hostOf(sandbox.url), faults: connections.hubspot, watch: tokens.watch }),
    postgres: await FaultProxy.start({ target: hostOf(database.url), faults: connections.postgres }),
    temporal: await FaultProxy.start({ target: hostOf(`tcp://${temporalAddress()}`), faults: connections.temporal }),
  };
  const environment = {
    DATABASE_URL: database.url,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    HUBSPOT_REQUESTS_PER_10_SECONDS: '2000',
    HUBSPOT_SEARCHES_PER_SECOND: '200',
    HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS: '2000',
    ENCRYPTION_KEYS: `chaos:${randomBytes(32).toString('base64')}`,
    SYNC_TIME_SCALE: String(TIME_SCALE),
  };
  // The test itself bypasses the proxies, except when it sends a request to Temporal.
  const config = loadConfig({ ...environment, LOG_LEVEL: 'silent' });
  const log = createLogger('silent', 'chaos');
  const product = openProduct(config, log);
  const { workspaceId } = await createWorkspace(product.db, `chaos-${randomBytes(4).toString('hex')}`);
  await changeSettings(product.db, workspaceId, { createTasks: 'all', fieldMappings: MAPPINGS }, TEST_ACTOR);
  const temporalThroughProxy = Connection.lazy({ address: `127.0.0.1:${proxies.temporal.port}`, interceptors: [] });
  const starter = new SyncDispatcher({
    db: product.db,
    temporal: new Client({ connection: temporalThroughProxy, namespace }),
    log,
    timeScale: TIME_SCALE,
  });
  const stop = new AbortController();
  const sweeping = starter.run(stop.signal);
  const connection = await connectToTemporal();
  const temporal = new Client({ connection, namespace });

  sandbox.faults.seed(seed);
  for (const fault of plan.answers) sandbox.faults.add(fault);
  const fleet = await WorkerFleet.start({
    workers: 2,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    env: {
      PATH: process.env['PATH'],
      ...environment,
      DATABASE_URL: through(database.url, proxies.postgres),
      HUBSPOT_API_URL: through(sandbox.url, proxies.hubspot),
      TEMPORAL_ADDRESS: `127.0.0.1:${proxies.temporal.port}`,
      TEMPORAL_NAMESPACE: namespace,
      TEMPORAL_CONFIG_FILE: '/no-temporal-profile.toml',
      METRICS_PORT: '0',
      LOG_LEVEL: 'debug',
    },
  });
  killAtWrites(sandbox, plan, fleet);

  const status = async (meetingId: string): Promise<StatusDocument> => {
    const ui = { temporalUiUrl: null, namespace };
    const document = await statusDocument(product.db, workspaceId, meetingId, ui);
    if (document === null) throw new Error(`no meeting ${meetingId}`);
    return document;
  };

  return {
    sandbox,
    tokens,
    status,
    kill: (worker: number) => fleet.kill(worker),
    kills: () => fleet.kills,
    workerOutput: () => fleet.output,

    async connect(): Promise<void> {
      const portalId = sandbox.portals.list()[0]?.id ?? 0;
      const issued = sandbox.tokens.issue({});
      await saveConnection(product.db, {
        workspaceId,
        portalId,
        hubDomain: 'northwind.example',
        uiDomain: 'app.hubspot.example',
        timeZone: 'Europe/Madrid',
        accountType: 'STANDARD',
        userId: issued.grant.userId,
        userEmail: 'admin@northwind.example',
        scopes: issued.grant.scopes,
        tokens: product.tokens.seal(workspaceId, {
          ...issued,
          expiresInSeconds: issued.expiresIn,
          portalId,
          userId: null,
          scopes: null,
        }),
      });
    },

    /** Posts a meeting as the API does. */
    async post(input: ProcessedMeetingInput): Promise<void> {
      const meeting = processedMeetingSchema.parse(input);
      await acceptMeeting(product.db, { workspaceId, meeting });
      await starter.start(workspaceId, meeting.meetingId);
    },
    async resync(meetingId: string): Promise<void> {
      await requeue(product.db, theMeeting({ workspaceId, meetingId }), 'resync');
      await starter.start(workspaceId, meetingId);
    },

    /** Makes a server unreachable for a while. */
    async away(server: keyof typeof proxies, ms: number): Promise<void> {
      await proxies[server].refuse();
      await delay(ms);
      await proxies[server].accept();
    },

    /** Waits until every sync has ended or needs attention. @returns the meetings that need attention */
    async settled(signal?: AbortSignal): Promise<StatusDocument[]> {
      for (;;) {
        // oxlint-disable-next-line no-await-in-loop -- polling
        const documents = await settledMeetings();
        if (documents !== null) return documents.filter((document) => document.status === 'needs_attention');
        // oxlint-disable-next-line no-await-in-loop -- polling
        await delay(100, undefined, signal === undefined ? {} : { signal });
      }
    },

    /** Ends all faults. */
    async endFaults(): Promise<void> {
      sandbox.faults.clear();
      for (const proxy of Object.values(proxies)) proxy.calm();
      await Promise.all(Object.values(proxies).map((proxy) => proxy.accept()));
    },

    /** Rows of the ledger that differ from HubSpot. */
    async ledgerErrors(): Promise<string[]> {
      const rows = await product.db.selectFrom('engagements').selectAll().execute();
      return rows.flatMap((row) => {
        const record = row.hubspot_id === null ? undefined : sandbox.crm.get(row.object_type, row.hubspot_id);
        return row.state === 'written' && record?.archived === false
          ? []
          : [`${row.meeting_id} ${row.kind}: ${row.state} ${row.hubspot_id}, in HubSpot ${JSON.stringify(record)}`];
      });
    },

    /** The history of every run, as JSON. */
    async histories(): Promise<string[]> {
      const texts: string[] = [];
      for await (const { workflowId, runId } of temporal.workflow.list()) {
        texts.push(historyToJSON(await temporal.workflow.getHandle(workflowId, runId).fetchHistory()));
      }
      return texts;
    },

    report(needAttention: number): void {
      const requests = sandbox.requests.list();
      const struck = requests.filter((request) => request.fault !== null).length;
      const tcp = Object.entries(proxies).map(([name, { counts }]) => `${name} ${counts.struck}/${counts.connections}`);
      process.stderr.write(
        `chaos: ${requests.length} HubSpot requests, ${struck} with a fault; connections with a fault: ${tcp.join(', ')}; ` +
          `${fleet.kills} kills; ${needAttention} meetings needed attention\n`,
      );
    },

    async close(): Promise<void> {
      stop.abort();
      await fleet.stop();
      await sweeping;
      await temporalThroughProxy.close();
      await Promise.all(Object.values(proxies).map((proxy) => proxy.close()));
      await Promise.all([connection.close(), product.db.destroy(), sandbox.close()]);
      await database.drop();
    },
  };

  /** @returns all documents if no sync is running, otherwise null */
  async function settledMeetings(): Promise<StatusDocument[] | null> {
    const rows = await product.db
      .selectFrom('meetings')
      .select(['meeting_id', 'status', 'run_id'])
      .where('workspace_id', '=', workspaceId)
      .where(sql<boolean>`sync_requested_at is null and run_id is not null`)
      .where('status', 'in', ['synced', 'skipped', 'needs_attention'])
      .execute();
    const { count } = await product.db
      .selectFrom('meetings')
      .select(sql<number>`count(*)`.as('count'))
      .where('workspace_id', '=', workspaceId)
      .executeTakeFirstOrThrow();
    if (rows.length < count) return null;
    const documents = await Promise.all(rows.map((row) => status(row.meeting_id)));
    const ended = await Promise.all(
      documents.map(async (document) => {
        const description = await temporal.workflow.getHandle(document.workflow.id).describe();
        // The run of a meeting that needs attention stays open. Another run may make one more pass for a late signal.
        if (document.status !== 'needs_attention') return description.status.name !== 'RUNNING';
        return (
          description.raw.pendingActivities?.length === 0 && (description.raw.pendingWorkflowTask ?? null) === null
        );
      }),
    );
    return ended.every(Boolean) ? documents : null;
  }
}

/** Kills a worker at the critical moment: HubSpot has applied a write, and the worker has no response yet. */
function killAtWrites(sandbox: Sandbox, { kills }: ChaosPlan, fleet: WorkerFleet): void {
  let writes = 0;
  sandbox.events.on((event) => {
    const isActivity = event.kind === 'created' && ['0-46', '0-47', '0-27'].includes(event.typeId);
    const isValue = event.kind === 'changed' && ['0-1', '0-3'].includes(event.typeId);
    if (!isActivity && !isValue) return;
    writes += 1;
    for (const kill of kills) if (kill.atWrite === writes) fleet.kill(kill.worker);
  });
}

function hostOf(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function through(url: string, proxy: FaultProxy): string {
  const changed = new URL(url);
  changed.hostname = '127.0.0.1';
  changed.port = String(proxy.port);
  return changed.href.replace(/\/$/, '');
}
