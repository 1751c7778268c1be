import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DevError } from './errors';
import { startKeeper, type Keeper } from './keeping';
import { logFolder, startDatabase, startSandbox, startServer, startTemporal, startWorker, type Means } from './parts';
import { ProcessGroup } from './process-group';
import { linesTo, type Progress } from './progress';
import { closeOldFiles, keepFilesPrivate } from './private-files';
import { runningFileOf, writeRunning } from './running-file';
import {
  apiKeyOf,
  dataFolderOf,
  productEnvironment,
  publicUrlOf,
  readSettings,
  type Addresses,
  type DevSettings,
} from './settings';
import { needsAttentionUrl } from '../temporal/names';
import { listenForStop } from './signals';

/**
 * Brings the whole product up on this machine, prints where it is, and keeps it up until Ctrl-C or SIGTERM.
 * What cannot go on is told in one sentence and sets the exit code 1.
 *
 * @throws ConfigError for faulty variables
 */
export async function runDev(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // Whoever reads our output may be gone before we are: everything must still end in order.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  keepFilesPrivate();
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
    closeOldFiles(dataFolder);
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

async function bringUp(settings: DevSettings, means: Means): Promise<void> {
  const abandoned = new AbortController();
  const signal = AbortSignal.any([means.signal, abandoned.signal]);
  mkdirSync(logFolder(settings), { recursive: true });
  // Finding or building the Temporal CLI can take minutes: it runs beside everything that does not need it.
  const temporal = startTemporal(settings, { ...means, signal });
  const sandbox = startSandbox(settings, means);
  const database = startDatabase(settings, means);
  try {
    const [databaseUrl, startedTemporal, startedSandbox] = await Promise.all([database, temporal, sandbox]);
    const env = productEnvironment(settings, {
      databaseUrl,
      temporal: startedTemporal,
      sandboxUrl: startedSandbox?.url ?? null,
    });
    const [worker, server] = await Promise.all([startWorker(settings, env, means), startServer(settings, env, means)]);
    await startedSandbox?.sendWebhooksTo(publicUrlOf(settings, server.port));
    const addresses: Addresses = {
      port: server.port,
      serverMetricsPort: server.metricsPort,
      workerMetricsPort: worker,
      temporalUiUrl: env['TEMPORAL_UI_URL'] ?? null,
      sandboxUrl: startedSandbox?.url ?? null,
    };
    const link = await signedInLink(settings, server.port, signal);
    signal.throwIfAborted();
    // The keeper removes it, so that a killed `dev` leaves no address behind where nothing answers.
    means.keeper.removeAtEnd(runningFileOf(settings.dataFolder));
    writeRunning(settings.dataFolder, { url: `http://localhost:${server.port}`, apiKey: apiKeyOf(settings) });
    means.progress.say(summary(settings, addresses, link));
  } catch (error) {
    abandoned.abort();
    await Promise.allSettled([temporal, sandbox, database]);
    throw error;
  }
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
async function signedInLink(settings: DevSettings, port: number, signal: AbortSignal): Promise<string> {
  const response = await fetch(`http://localhost:${port}/api/v1/sessions`, {
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

function summary(settings: DevSettings, addresses: Addresses, link: string): string {
  const { temporalUiUrl, sandboxUrl } = addresses;
  const url = publicUrlOf(settings, addresses.port);
  const rows = [
    ['Settings, signed in', link],
    ['', 'works once, within 5 minutes; for another: POST /api/v1/sessions with the API key'],
    ['API', `${url}/api/v1 (documentation: ${url}/api/docs)`],
    ['API key', apiKeyOf(settings)],
    ...(temporalUiUrl === null ? [] : temporalRows(temporalUiUrl, settings.namespace)),
    ...(sandboxUrl === null ? [] : [['Sandbox HubSpot', sandboxUrl]]),
    ['Metrics', `worker http://localhost:${addresses.workerMetricsPort}/metrics`],
    ['', `server http://localhost:${addresses.serverMetricsPort}/metrics`],
    ['Data', settings.dataFolder],
  ];
  const lines = rows.map(([name = '', value = '']) => `  ${name.padEnd(20)} ${value}`);
  return ['', 'Everything is up. Ctrl-C ends it.', '', ...lines, ''].join('\n');
}

function temporalRows(uiUrl: string, namespace: string): string[][] {
  return [
    ['Temporal UI', uiUrl],
    ['', `what needs a person: ${needsAttentionUrl(uiUrl, namespace)}`],
  ];
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
