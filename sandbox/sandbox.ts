import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { CrmControl } from './control/crm-control';
import { PortalsControl } from './control/portals-control';
import { controlRoutes } from './control/routes';
import type { Controls } from './control/routes';
import { TokensControl } from './control/tokens-control';
import { uiExtensionRoutes } from './control/ui-extension-fetch';
import { webhookControlRoutes } from './control/webhook-routes';
import { SandboxCrm } from './crm/crm';
import type { CrmEvents } from './crm/events';
import { accountRoutes } from './http/account';
import { ApiRoutes } from './http/api';
import type { Parts } from './http/api';
import { createApp } from './http/app';
import { associationDefinitionRoutes } from './http/association-definitions';
import { associationReadRoutes } from './http/association-reads';
import { associationWriteRoutes } from './http/association-writes';
import { batchRoutes } from './http/batches';
import { definitionRoutes } from './http/definitions';
import { Faults } from './http/faults';
import { RateLimits } from './http/limits';
import { objectRoutes } from './http/objects';
import { propertyGroupRoutes } from './http/property-groups';
import { RequestLog } from './http/request-log';
import { schemaRoutes } from './http/schemas';
import { SandboxJournal } from './journal/journal';
import { journalRoutes } from './journal/routes';
import type { JournalSettings } from './journal/settings';
import { authorizeRoutes } from './oauth/authorize';
import { tokenRoutes } from './oauth/token-routes';
import { SandboxTokens } from './oauth/tokens';
import { pageRoutes } from './pages/routes';
import { seedDemo } from './seed/demo';
import { defaultSettings } from './settings';
import type { LimitOptions, SandboxSettings } from './settings';
import { SandboxDatabase } from './store/database';
import { changedWebhookSettings } from './webhooks/settings';
import type { WebhookChanges } from './webhooks/settings';
import { Webhooks } from './webhooks/webhooks';

export interface SandboxOptions {
  /** The port; 0 selects a free one (`@default 0`). */
  port?: number;
  /** Identifies this process in the response of /sandbox/api/health (`@default` a random one). */
  instanceId?: string;
  /** An SQLite file that outlives the process. Without it everything is in memory. */
  dataFile?: string;
  clientId?: string;
  clientSecret?: string;
  /** The content of a new data file: a small realistic CRM, or one empty account. */
  seed?: 'demo' | 'empty';
  /** `@default 1800` */
  accessTokenSeconds?: number;
  /** 0 lets search see every write at once (`@default 3000`). */
  searchLagMs?: number;
  /** null removes a limit (`@default` HubSpot's limits). */
  limits?: LimitOptions;
  /** Seeds the random decisions of injected faults and of webhook misbehaviour. */
  randomSeed?: number;
  /** The target and behaviour of webhooks. Without a `targetUrl` none are sent. */
  webhooks?: WebhookChanges;
  /** The app's access to the webhooks journal (`@default` none). */
  journal?: Partial<JournalSettings>;
}

/** A running stand-in for HubSpot. */
export interface Sandbox {
  /** Base address of the API and of the pages, such as http://127.0.0.1:4010. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** The settings that can change while it runs. */
  settings: SandboxSettings;
  crm: CrmControl;
  portals: PortalsControl;
  tokens: TokensControl;
  faults: Faults;
  requests: RequestLog;
  /** Changes in the CRM, after their commit. */
  events: CrmEvents;
  /** What is sent to `settings.webhooks.targetUrl` for the portals that have the app installed. */
  webhooks: Webhooks;
  /** Closes every connection, including those without a response, and the data file. */
  close(): Promise<void>;
}

export const DEMO_PORTAL = 4815162;

/**
 * Starts the sandbox on 127.0.0.1.
 *
 * @throws EADDRINUSE when the port is in use
 */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const settings = settingsFrom(options);
  const database = new SandboxDatabase(options.dataFile ?? ':memory:');
  const crm = new SandboxCrm(database, settings);
  const tokens = new SandboxTokens(database, settings);
  const controls: Controls = {
    crm: new CrmControl(crm),
    portals: new PortalsControl(crm),
    tokens: new TokensControl(crm, tokens),
  };
  let origin = '';
  const parts: Parts = {
    crm,
    tokens,
    settings,
    limits: new RateLimits(settings),
    faults: new Faults(options.randomSeed),
    log: new RequestLog(),
    clientId: options.clientId ?? 'sandbox-client',
    clientSecret: options.clientSecret ?? 'sandbox-secret',
    origin: () => origin,
    instanceId: options.instanceId ?? randomUUID(),
  };
  if (controls.portals.list().length === 0) database.transaction(() => seed(options.seed, crm, controls));
  const reports = reportChanges(parts);
  const server = createApp(parts);
  await server.register(async (routes) => addRoutes(routes, parts, controls, reports));
  try {
    await server.listen({ host: '127.0.0.1', port: options.port ?? 0 });
  } catch (error) {
    await server.close();
    database.close();
    throw error;
  }
  origin = `http://127.0.0.1:${portOf(server.server.address())}`;
  const close = async () => {
    await reports.webhooks.close();
    await server.close();
    database.close();
  };
  let closed: Promise<void> | undefined;
  return {
    ...controls,
    url: origin,
    clientId: parts.clientId,
    clientSecret: parts.clientSecret,
    settings,
    faults: parts.faults,
    requests: parts.log,
    events: crm.events,
    webhooks: reports.webhooks,
    close: async () => await (closed ??= close()),
  };
}

function settingsFrom(options: SandboxOptions): SandboxSettings {
  const settings = defaultSettings();
  settings.accessTokenSeconds = options.accessTokenSeconds ?? settings.accessTokenSeconds;
  settings.searchLagMs = options.searchLagMs ?? settings.searchLagMs;
  Object.assign(settings.limits, options.limits);
  settings.webhooks.misbehaviour.seed = options.randomSeed ?? settings.webhooks.misbehaviour.seed;
  settings.webhooks = changedWebhookSettings(settings.webhooks, options.webhooks ?? {});
  Object.assign(settings.journal, options.journal);
  return settings;
}

function seed(content: SandboxOptions['seed'], crm: SandboxCrm, controls: Controls): void {
  if (content === 'empty') {
    controls.portals.create({ id: DEMO_PORTAL, name: 'Empty account', hubDomain: 'northwind.example' });
  } else {
    seedDemo(crm, controls.portals, controls.crm, DEMO_PORTAL);
  }
}

/** The two ways in which an app learns of changes. */
interface Reports {
  webhooks: Webhooks;
  journal: SandboxJournal;
}

/** Reports every change from now on. The seed is not reported, as it was there before the app. */
function reportChanges({ crm, tokens, settings, clientSecret }: Parts): Reports {
  const installed = (portalId: number) => tokens.installed(portalId);
  const { database, catalogue, associationTypes } = crm;
  const webhooks = new Webhooks({ settings, clientSecret, catalogue, associationTypes, installed });
  const journal = new SandboxJournal({ database, settings, installed });
  crm.events.on((event) => webhooks.report(event));
  crm.events.on((event) => journal.record(event));
  tokens.onLifecycle = (portalId, action) => journal.recordLifecycle(portalId, action);
  return { webhooks, journal };
}

function addRoutes(server: FastifyInstance, parts: Parts, controls: Controls, { webhooks, journal }: Reports): void {
  const api = new ApiRoutes(server, parts);
  objectRoutes(api, parts);
  batchRoutes(api, parts);
  associationReadRoutes(api, parts);
  associationWriteRoutes(api, parts);
  associationDefinitionRoutes(api, parts);
  definitionRoutes(api, parts);
  propertyGroupRoutes(api, parts);
  schemaRoutes(api, parts);
  accountRoutes(api, parts);
  authorizeRoutes(server, parts);
  tokenRoutes(server, parts);
  journalRoutes(server, parts, journal);
  pageRoutes(server, parts, controls.crm);
  controlRoutes(server, parts, controls);
  webhookControlRoutes(server, webhooks);
  uiExtensionRoutes(server, parts);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The sandbox listens on no port');
  return address.port;
}
