import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { DevError, messageOf } from './errors';
import { startKeeper, type Keeper } from './keeping';
import { printerOf, type Part } from './output';
import { waitForHttp, waitForPort } from './ports';
import { startPostgres } from './postgres';
import { ProcessGroup } from './process-group';
import { linesTo, type Progress } from './progress';
import { runningFileOf, writeRunning } from './running-file';
import {
  apiKeyOf,
  dataFolderOf,
  productEnvironment,
  publicUrlOf,
  readSettings,
  sandboxEnvironment,
  sandboxUrlOf,
  type DevSettings,
} from './settings';
import { listenForStop } from './signals';
import { resolveTemporalCli } from './temporal-cli';
import { startTemporalServer } from './temporal-server';

const run = promisify(execFile);

const DATABASE = 'hubspot_meeting_sync';
/** Above the worker's own limit of 40 s, within which it finishes or hands back what it holds. */
const PRODUCT_GRACE_MS = 45_000;
const READY_WITHIN_MS = 120_000;

/**
 * Brings the whole product up on this machine, prints where it is, and keeps it up until Ctrl-C or SIGTERM.
 * What cannot go on is told in one sentence and sets the exit code 1.
 *
 * @throws ConfigError for faulty variables
 */
export async function runDev(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // Whoever reads our output may be gone before we are: everything must still end in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  const progress = linesTo((line) => process.stdout.write(`${line}\n`));
  let group: ProcessGroup | null = null;
  let keeper: Keeper | null = null;
  const stop = listenForStop(
    env,
    () => progress.say('Stopping everything; Ctrl-C again ends it at once.'),
    () => {
      group?.kill();
      void Promise.resolve(keeper?.close()).finally(() => process.exit(1));
    },
  );
  let starting: Promise<void> = Promise.resolve();
  try {
    const dataFolder = dataFolderOf(env);
    keeper = await takeDataFolder(dataFolder, progress, stop.signal);
    group = new ProcessGroup(keeper, (sentence) => progress.say(`[dev] ${sentence}`));
    const settings = await readSettings(env, dataFolder);
    starting = bringUp(settings, { group, keeper, progress, signal: stop.signal });
    await Promise.race([starting, untilAborted(stop.signal)]);
    await untilAborted(stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) {
      if (!(error instanceof DevError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    }
  } finally {
    await group?.stop();
    await Promise.allSettled([starting]);
    await keeper?.close();
    if (stop.signal.aborted) progress.say('Everything has ended.');
    stop.dispose();
  }
}

interface Means {
  readonly group: ProcessGroup;
  readonly keeper: Keeper;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

async function bringUp(settings: DevSettings, means: Means): Promise<void> {
  const { progress } = means;
  const abandoned = new AbortController();
  const signal = AbortSignal.any([means.signal, abandoned.signal]);
  mkdirSync(logFolder(settings), { recursive: true });
  // Finding or building the Temporal CLI can take minutes: it runs beside everything that does not need it.
  const temporal = bringUpTemporal(settings, { ...means, signal });
  const sandbox = settings.sandbox ? bringUpSandbox(settings, means) : Promise.resolve();
  const database = bringUpDatabase(settings, means);
  try {
    const [databaseUrl, startedTemporal] = await Promise.all([database, temporal, sandbox]);
    const product = { ...settings, env: productEnvironment(settings, { databaseUrl, temporal: startedTemporal }) };
    await Promise.all([startWorker(product, means), startServer(product, means)]);
    const link = await signedInLink(settings, signal);
    signal.throwIfAborted();
    // The keeper removes it, so that a killed `dev` leaves no address behind where nothing answers.
    means.keeper.removeAtEnd(runningFileOf(settings.dataFolder));
    writeRunning(settings.dataFolder, { url: `http://localhost:${settings.port}`, apiKey: apiKeyOf(settings) });
    progress.say(summary(settings, startedTemporal?.uiUrl ?? product.env['TEMPORAL_UI_URL'] ?? null, link));
  } catch (error) {
    abandoned.abort();
    await Promise.allSettled([temporal, sandbox, database]);
    throw error;
  }
}

async function bringUpDatabase(settings: DevSettings, { group, progress, signal }: Means): Promise<string> {
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
    const env = productEnvironment(settings, { databaseUrl, temporal: null });
    try {
      await run(process.execPath, [program('cli.js'), 'migrate'], { env, signal });
    } catch (error) {
      signal.throwIfAborted();
      const output =
        typeof error === 'object' && error !== null && 'stderr' in error ? String(error.stderr).trim() : '';
      throw new DevError(`The database could not be brought up to date: ${output === '' ? messageOf(error) : output}`);
    }
  });
  return databaseUrl;
}

async function bringUpTemporal(settings: DevSettings, { group, keeper, progress, signal }: Means) {
  if (settings.temporalAddress !== null) return null;
  const cli = await progress.step('Temporal CLI', (onProgress) =>
    resolveTemporalCli({ env: settings.env, onProgress, signal, keeper }),
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

async function bringUpSandbox(settings: DevSettings, { group, progress }: Means): Promise<void> {
  const print = partPrinter('sandbox', progress);
  await progress.step('Sandbox HubSpot', () =>
    group.start({
      name: 'the sandbox',
      command: process.execPath,
      args: [program('sandbox/main.js')],
      env: sandboxEnvironment(settings),
      signal: 'SIGTERM',
      graceMs: 5_000,
      ready: (signal) => waitForPort(settings.sandboxPort, signal),
      readyWithinMs: READY_WITHIN_MS,
      onLine: print,
    }),
  );
}

async function startWorker({ env, workerMetricsPort }: DevSettings, { group, progress }: Means): Promise<void> {
  await progress.step('Worker', () =>
    group.start({
      name: 'the worker',
      command: process.execPath,
      args: [program('cli.js'), 'worker'],
      env: { ...env, METRICS_PORT: String(workerMetricsPort) },
      signal: 'SIGTERM',
      graceMs: PRODUCT_GRACE_MS,
      ready: (signal) => waitForPort(workerMetricsPort, signal),
      readyWithinMs: READY_WITHIN_MS,
      onLine: partPrinter('worker', progress),
    }),
  );
}

async function startServer({ env, port, serverMetricsPort }: DevSettings, { group, progress }: Means): Promise<void> {
  await progress.step('Server', () =>
    group.start({
      name: 'the server',
      command: process.execPath,
      args: [program('cli.js'), 'server'],
      env: { ...env, METRICS_PORT: String(serverMetricsPort) },
      signal: 'SIGTERM',
      graceMs: PRODUCT_GRACE_MS,
      ready: (signal) => waitForHttp(`http://localhost:${port}/readyz`, signal),
      readyWithinMs: READY_WITHIN_MS,
      onLine: partPrinter('server', progress),
    }),
  );
}

/** Only one `dev` at a time can use a data folder; one that was killed a moment ago is still being cleaned up after. */
async function takeDataFolder(dataFolder: string, progress: Progress, signal: AbortSignal): Promise<Keeper> {
  const digest = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  let told = false;
  for (;;) {
    const answer = await startKeeper(join(tmpdir(), `hubspot-meeting-sync-${digest}.sock`));
    if (answer.state === 'ready') return answer.keeper;
    if (!answer.stopping) {
      throw new DevError(
        `Another dev (process ${answer.pid}) works in ${dataFolder}: stop it, or give this one another DATA_DIR and PORT`,
      );
    }
    if (!told) progress.say('Waiting for what an earlier, killed dev started to end.');
    told = true;
    await delay(200, undefined, { signal });
  }
}

const sessionAnswer = z.object({ url: z.string() });

/** A link that signs a browser in, or the sentence why there is none. */
async function signedInLink(settings: DevSettings, signal: AbortSignal): Promise<string> {
  const response = await fetch(`http://localhost:${settings.port}/api/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKeyOf(settings)}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
  });
  if (response.status === 401) {
    return 'none: the workspace "default" has another API key (BOOTSTRAP_API_KEY names the key of a new workspace only)';
  }
  if (!response.ok) throw new DevError(`The server made no session: it answered ${response.status}`);
  return sessionAnswer.parse(await response.json()).url;
}

function summary(settings: DevSettings, temporalUiUrl: string | null, link: string): string {
  const url = publicUrlOf(settings);
  const rows = [
    ['Settings, signed in', link],
    ['', 'works once, within 5 minutes; for another: POST /api/v1/sessions with the API key'],
    ['API', `${url}/api/v1 (documentation: ${url}/api/docs)`],
    ['API key', apiKeyOf(settings)],
    ...(temporalUiUrl === null ? [] : [['Temporal UI', temporalUiUrl]]),
    ...(settings.sandbox ? [['Sandbox HubSpot', sandboxUrlOf(settings)]] : []),
    ['Metrics', `worker http://localhost:${settings.workerMetricsPort}/metrics`],
    ['', `server http://localhost:${settings.serverMetricsPort}/metrics`],
    ['Data', settings.dataFolder],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(20)} ${value}`);
  return ['', 'Everything is up. Ctrl-C ends it.', '', ...lines, ''].join('\n');
}

function partPrinter(part: Part, progress: Progress): (line: string) => void {
  return printerOf(part, (line) => progress.say(line), process.stdout.isTTY);
}

function logFolder({ dataFolder }: DevSettings): string {
  return join(dataFolder, 'logs');
}

function program(name: string): string {
  const path = join(__dirname, '..', name);
  if (!existsSync(path)) throw new DevError(`${path} is missing: build the product first (npm run build)`);
  return path;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
