import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DevError, messageOf } from './errors';
import type { EndRule, Reaper } from './reaper-client';
import { openLogFile } from './log-file';
import { outputOf, type Part } from './output';
import { onFreePorts, waitForInstance } from './ports';
import { startPostgres } from './postgres/postgres';
import type { ProcessGroup } from './process-group';
import type { Progress } from './progress';
import { productEnvironment, sandboxEnvironment, type DevSettings } from './settings';
import { resolveTemporalCli } from './temporal/temporal-cli';
import { startTemporalServer, type RunningTemporal } from './temporal/temporal-server';

const run = promisify(execFile);

const DATABASE = 'hubspot_meeting_sync';
/** Longer than the 40 s that the worker allows itself to finish or cancel its running activities. */
const PRODUCT_END: EndRule = { signal: 'SIGTERM', graceMs: 45_000 };
const SANDBOX_END: EndRule = { signal: 'SIGTERM', graceMs: 5_000 };
const READY_WITHIN_MS = 120_000;

/** What the parts of one `dev` share. */
export interface Means {
  readonly group: ProcessGroup;
  readonly reaper: Reaper;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Prints all output of the parts, not only warnings. */
  readonly verbose: boolean;
}

/** Bundles the workflows for the worker, if their code has changed. */
export async function buildWorkflows({ progress, signal }: Means): Promise<void> {
  await progress.step('Workflow bundle', async () => {
    try {
      await run(process.execPath, [program('temporal/workflow-bundle.js')], { signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new DevError(`The workflows could not be bundled: ${outputOfFailure(error)}`);
    }
  });
}

/**
 * Starts PostgreSQL, unless DATABASE_URL names one, and migrates the database.
 *
 * @returns the URL of the database
 * @throws {@link DevError} with the output of `migrate` when it fails
 */
export async function startDatabase(settings: DevSettings, { group, progress, signal }: Means): Promise<string> {
  const databaseUrl =
    settings.databaseUrl ??
    (await progress.step('PostgreSQL', (update) =>
      startPostgres({
        folder: settings.dataFolder,
        password: settings.secrets.postgresPassword,
        database: DATABASE,
        group,
        logFile: join(logFolder(settings), 'postgres.log'),
        update,
      }),
    ));
  await progress.step('Database migrations', async () => {
    const env = productEnvironment(settings, { databaseUrl, temporal: null, sandboxUrl: null });
    try {
      await run(process.execPath, [program('cli.js'), 'migrate'], { env, signal });
    } catch (error) {
      signal.throwIfAborted();
      throw new DevError(`The database could not be migrated: ${outputOfFailure(error)}`);
    }
  });
  return databaseUrl;
}

/** What a failed program printed, else how it failed. */
function outputOfFailure(error: unknown): string {
  const output = typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
  return output === '' ? messageOf(error) : output;
}

/** Starts a Temporal dev server. Returns null when the environment names a server. */
export async function startTemporal(
  settings: DevSettings,
  { group, reaper, progress, signal }: Means,
): Promise<RunningTemporal | null> {
  if (settings.temporalAddress !== null) return null;
  const cli = await progress.step('Temporal CLI', (onProgress) =>
    resolveTemporalCli({ env: settings.env, onProgress, signal, reaper }),
  );
  signal.throwIfAborted();
  return await progress.step('Temporal server', () =>
    startTemporalServer({
      cli,
      namespaces: [settings.namespace],
      folder: settings.dataFolder,
      ui: true,
      group,
      logFile: join(logFolder(settings), 'temporal.log'),
    }),
  );
}

/** The sandbox as `dev` runs it. */
export interface RunningSandbox {
  readonly url: string;
  /** Sets the target of webhooks. The sandbox starts before the server, whose port is unknown until then. */
  sendWebhooksTo(publicUrl: string): Promise<void>;
}

/** Starts the sandbox. Returns null when a HubSpot app is configured. */
export async function startSandboxProgram(settings: DevSettings, means: Means): Promise<RunningSandbox | null> {
  if (!settings.sandbox) return null;
  let publicUrl: string | null = null;
  const port = await means.progress.step('Sandbox HubSpot', () =>
    onFreePorts([settings.ports.sandbox], async (sandbox) => {
      await startProgram(settings, means, {
        part: 'sandbox',
        args: [program('sandbox/main.js')],
        env: () => sandboxEnvironment(settings, sandbox, publicUrl),
        end: SANDBOX_END,
        readyUrl: `http://127.0.0.1:${sandbox}/sandbox/api/health`,
      });
      return sandbox;
    }),
  );
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    async sendWebhooksTo(address) {
      publicUrl = address;
      const response = await fetch(`${url}/sandbox/api/settings`, {
        method: 'PATCH',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ webhooks: { targetUrl: `${address}/webhooks/hubspot` } }),
      });
      if (!response.ok) throw new DevError(`The sandbox refused the webhook address: HTTP ${response.status}`);
    },
  };
}

/** @returns the port of the worker's metrics */
export async function startWorker(settings: DevSettings, env: NodeJS.ProcessEnv, means: Means): Promise<number> {
  return await means.progress.step('Worker', () =>
    onFreePorts([settings.ports.workerMetrics], async (metrics) => {
      await startProgram(settings, means, {
        part: 'worker',
        args: [program('cli.js'), 'worker'],
        env: () => ({ ...env, METRICS_PORT: String(metrics) }),
        end: PRODUCT_END,
        readyUrl: `http://localhost:${metrics}/ready`,
      });
      return metrics;
    }),
  );
}

/**
 * Starts the server on its configured ports, or on free ones when those are taken.
 *
 * @returns the ports that it listens on
 * @throws {@link DevError} when it does not become ready
 */
export async function startServer(
  settings: DevSettings,
  env: NodeJS.ProcessEnv,
  means: Means,
): Promise<{ port: number; metricsPort: number }> {
  return await means.progress.step('Server', () =>
    onFreePorts([settings.ports.server, settings.ports.serverMetrics], async (server, metrics) => {
      await startProgram(settings, means, {
        part: 'server',
        args: [program('cli.js'), 'server'],
        env: () => ({ ...env, PORT: String(server), METRICS_PORT: String(metrics) }),
        end: PRODUCT_END,
        readyUrl: `http://localhost:${server}/readyz`,
      });
      return { port: server, metricsPort: metrics };
    }),
  );
}

/** The folder of the log files, below `DATA_DIR`. */
export function logFolder({ dataFolder }: DevSettings): string {
  return join(dataFolder, 'logs');
}

interface ProgramOptions {
  readonly part: Part;
  readonly args: readonly string[];
  readonly env: () => NodeJS.ProcessEnv;
  readonly end: EndRule;
  /** Answers 2xx with the instance id once the program is ready. */
  readonly readyUrl: string;
}

async function startProgram(
  settings: DevSettings,
  { group, progress, verbose }: Means,
  options: ProgramOptions,
): Promise<void> {
  const { part, args, env, end, readyUrl } = options;
  const instance = randomUUID();
  await group.start({
    name: `the ${part}`,
    command: process.execPath,
    args,
    env: () => ({ ...env(), INSTANCE_ID: instance }),
    ...end,
    ready: (signal) => waitForInstance(readyUrl, instance, signal),
    readyWithinMs: READY_WITHIN_MS,
    onLine: outputOf({
      part,
      keep: openLogFile(join(logFolder(settings), `${part}.log`)),
      print: (line) => progress.say(line),
      colour: process.stdout.isTTY,
      verbose,
    }),
  });
}

function program(name: string): string {
  const path = join(__dirname, '..', name);
  if (!existsSync(path)) throw new DevError(`${path} is missing: run npm run build first`);
  return path;
}
