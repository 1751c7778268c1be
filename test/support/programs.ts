import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, type Connection } from '@temporalio/client';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox';
import type { ProcessedMeetingInput } from '../../src/meeting/intake/schema';
import type { StatusDocument, SyncStatus } from '../../src/meeting/status';
import { shared } from './shared';
import { readReadyLine, type ReadyLine } from './ready-line';
import { createTestDatabase } from './database';
import { connectToTemporal, takeNamespace, temporalAddress } from './temporal';

/** `server` and `worker` as separate processes, as an operator runs them, with a sandbox without search lag. */
export interface Programs {
  readonly sandbox: Sandbox;
  readonly portalId: number;
  readonly url: string;
  readonly apiKey: string;
  /** The environment of both, as in a shell. */
  readonly environment: Readonly<Record<string, string | undefined>> & { readonly DATABASE_URL: string };
  /** Addresses of the metrics. */
  readonly metrics: { readonly server: string; readonly worker: string };
  readonly temporal: Client;
  /** The output of both. */
  output(): string;
  /** Calls the API. */
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Posts a meeting and waits until it has one of these statuses. */
  sync(meeting: ProcessedMeetingInput, ...statuses: SyncStatus[]): Promise<StatusDocument>;
  until(meetingId: string, ...statuses: SyncStatus[]): Promise<StatusDocument>;
  /** Connects HubSpot as a person does with the Connect button of the settings page. */
  connect(): Promise<void>;
  /** Starts another worker with additional variables. Resolves once it polls for tasks. */
  addWorker(env: Record<string, string>): Promise<{ readonly pid: number; stop(): Promise<void> }>;
  /** Stops the programs in order, then sandbox and database. */
  stop(): Promise<void>;
}

/** Starts both programs in their own namespace. @param env - additional variables of both */
export async function startPrograms(env: Record<string, string> = {}, options: SandboxOptions = {}): Promise<Programs> {
  const [sandbox, database, namespace] = await Promise.all([
    startSandbox({ seed: 'empty', searchLagMs: 0, ...options }),
    createTestDatabase(),
    takeNamespace(),
  ]);
  const apiKey = `key-${randomBytes(12).toString('hex')}`;
  const environment = {
    PATH: process.env['PATH'],
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporalAddress(),
    TEMPORAL_NAMESPACE: namespace,
    TEMPORAL_CONFIG_FILE: `${shared('dist')}/no-temporal-profile.toml`,
    HUBSPOT_API_URL: sandbox.url,
    HUBSPOT_AUTHORIZE_URL: `${sandbox.url}/oauth/authorize`,
    HUBSPOT_CLIENT_ID: sandbox.clientId,
    HUBSPOT_CLIENT_SECRET: sandbox.clientSecret,
    ENCRYPTION_KEYS: `test:${randomBytes(32).toString('base64')}`,
    BOOTSTRAP_API_KEY: apiKey,
    PORT: '0',
    METRICS_PORT: '0',
    OUTBOUND_PRIVATE_ADDRESSES: 'loopback',
    SYNC_TIME_SCALE: '0.01',
    ...env,
  };
  const output: string[] = [];
  const children: ChildProcess[] = [];
  const [server, worker] = [start('server'), start('worker')];
  const connection: Connection = await connectToTemporal();
  const temporal = new Client({ connection, namespace });
  const portalId = sandbox.portals.list()[0]?.id ?? 0;

  const stop = async () => {
    await Promise.all(children.map(ended));
    await Promise.all([connection.close(), sandbox.close()]);
    await database.drop();
  };
  const ready = await Promise.all([server.ready, worker.ready]).catch(async (error: unknown) => {
    await stop();
    throw new Error(`the programs did not start:\n${output.join('')}`, { cause: error });
  });
  const [serverPorts, workerPorts] = ready;
  const url = `http://localhost:${serverPorts.port}`;
  const metrics = {
    server: `http://localhost:${serverPorts.metricsPort}/metrics`,
    worker: `http://localhost:${workerPorts.metricsPort}/metrics`,
  };
  await answers(`${url}/readyz`, [server.child]);

  const call: Programs['call'] = (method, path, body, headers = {}) =>
    fetch(url + path, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  const until: Programs['until'] = async (meetingId, ...statuses) => {
    for (;;) {
      // oxlint-disable-next-line no-await-in-loop -- polling
      const response = await call('GET', `/api/v1/meetings/${meetingId}`);
      // oxlint-disable-next-line no-await-in-loop -- as above
      const document = (await response.json()) as StatusDocument;
      if (statuses.includes(document.status)) return document;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await sleep(50);
    }
  };

  function start(
    command: 'server' | 'worker',
    added: Record<string, string> = {},
  ): { child: ChildProcess; ready: Promise<ReadyLine> } {
    const child = spawn(process.execPath, [`${shared('dist')}/cli.js`, command], {
      env: { ...environment, ...added },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    children.push(child);
    const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>();
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        output.push(`${line}\n`);
        const ports = readReadyLine(line);
        if (ports !== null) resolve(ports);
      });
    }
    child.once('close', () => reject(new Error(`the ${command} exited`)));
    return { child, ready: promise };
  }

  return {
    sandbox,
    portalId,
    url,
    apiKey,
    environment,
    metrics,
    temporal,
    output: () => output.join(''),
    call,
    until,
    async sync(meeting, ...statuses) {
      const response = await call('POST', '/api/v1/meetings', meeting);
      if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
      return await until(meeting.meetingId, ...statuses);
    },
    async addWorker(added) {
      const { child, ready: itsReady } = start('worker', added);
      const { metricsPort } = await itsReady;
      await answers(`http://localhost:${metricsPort}/ready`, [child]);
      return { pid: child.pid ?? 0, stop: () => ended(child) };
    },
    async connect() {
      const session = (await (await call('POST', '/api/v1/sessions')).json()) as { url: string };
      const browser = new Cookies();
      await browser.signIn(session.url);
      const asked = (await browser.get(`${url}/integrations/hubspot/connect`)).headers.get('location') ?? '';
      await browser.get(await consent(sandbox, portalId, asked));
      const state = (await (await call('GET', '/api/v1/connection')).json()) as { state: string };
      if (state.state !== 'connected') throw new Error(`connecting ended as ${state.state}`);
    },
    stop,
  };
}

/** Accepts on HubSpot's page as a person does. @returns the address that the browser is redirected to */
async function consent(sandbox: Sandbox, portalId: number, asked: string): Promise<string> {
  const admin = sandbox.portals.users(portalId).find((user) => user.mayInstall);
  const fields = new URLSearchParams(new URL(asked).searchParams);
  fields.set('account', `${portalId}:${admin?.id}`);
  fields.set('decision', 'connect');
  const response = await fetch(`${sandbox.url}/oauth/authorize`, {
    method: 'POST',
    body: fields,
    redirect: 'manual',
  });
  return response.headers.get('location') ?? '';
}

/** The parts of a browser that signing in needs. */
class Cookies {
  readonly #cookies = new Map<string, string>();

  get(url: string): Promise<Response> {
    return this.#send(url);
  }

  /** Opens the link and presses the button of its page. */
  async signIn(link: string): Promise<void> {
    const html = await (await this.get(link)).text();
    const inputs = html.matchAll(/<input type="hidden" name="(?<name>[^"]+)" value="(?<value>[^"]*)"/g);
    const body = new URLSearchParams(
      Object.fromEntries([...inputs].map(({ groups }) => [groups?.['name'] ?? '', groups?.['value'] ?? ''])),
    );
    await this.#send(new URL('/sign-in', link).href, { method: 'POST', body });
  }

  async #send(url: string, options?: { method: string; body: URLSearchParams }): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { ...options, redirect: 'manual', headers: { accept: 'text/html', cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
      this.#cookies.set(name, value);
    }
    return response;
  }
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = new Promise((resolve) => {
    child.once('exit', resolve);
  });
  child.kill('SIGTERM');
  await exit;
}

async function answers(url: string, children: readonly ChildProcess[]): Promise<void> {
  while (children.every((child) => child.exitCode === null)) {
    try {
      // oxlint-disable-next-line no-await-in-loop -- polling
      if ((await fetch(url)).ok) return;
    } catch {
      // It does not listen yet.
    }
    // oxlint-disable-next-line no-await-in-loop -- polling
    await sleep(50);
  }
  throw new Error(`nothing answers at ${url}`);
}
