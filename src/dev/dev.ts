import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { DevError } from './errors';
import { startReaper, type Reaper } from './reaper-client';
import {
  logFolder,
  startDatabase,
  startSandboxProgram,
  startServer,
  startTemporal,
  startWorker,
  type Means,
} from './parts';
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
import { untilAborted } from '../runtime/until-aborted';
import { needsAttentionUrl } from '../temporal/names';
import { listenForStop } from './signals';

/**
 * Starts the whole product on this machine, prints its addresses and keeps it running until Ctrl-C or SIGTERM.
 * A start that fails prints one sentence and sets the exit code to 1.
 *
 * @param env - the caller's environment (`@default process.env`)
 * @throws ConfigError when a variable is invalid
 */
export async function runDev(env: NodeJS.ProcessEnv = process.env): Promise<void> {
  // The reader of our output may exit first (`npm start | head`). The shutdown must still complete.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  keepFilesPrivate();
  const progress = linesTo((line) => process.stdout.write(`${line}\n`));
  let group: ProcessGroup | null = null;
  let reaper: Reaper | null = null;
  const stop = listenForStop(
    env,
    () => progress.say('Stopping. Press Ctrl-C again to stop immediately.'),
    () => {
      group?.kill();
      void Promise.resolve(reaper?.close()).finally(() => process.exit(1));
    },
  );
  let starting: Promise<void> = Promise.resolve();
  try {
    const dataFolder = dataFolderOf(env);
    closeOldFiles(dataFolder);
    reaper = await takeDataFolder(dataFolder, progress, stop.signal);
    group = new ProcessGroup(reaper, (sentence) => progress.say(`[dev] ${sentence}`));
    const settings = await readSettings(env, dataFolder);
    starting = bringUp(settings, { group, reaper, progress, signal: stop.signal });
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
    await reaper?.close();
    if (stop.signal.aborted) progress.say('Everything has stopped.');
    stop.dispose();
  }
}

async function bringUp(settings: DevSettings, means: Means): Promise<void> {
  const abandoned = new AbortController();
  const signal = AbortSignal.any([means.signal, abandoned.signal]);
  mkdirSync(logFolder(settings), { recursive: true });
  // Finding or building the Temporal CLI can take minutes, so it runs in parallel with everything that does not need it.
  const temporal = startTemporal(settings, { ...means, signal });
  const sandbox = startSandboxProgram(settings, means);
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
    // The reaper removes the file, so that even a killed `dev` leaves no stale address behind.
    means.reaper.removeAtEnd(runningFileOf(settings.dataFolder));
    writeRunning(settings.dataFolder, { url: `http://localhost:${server.port}`, apiKey: apiKeyOf(settings) });
    means.progress.say(summary(settings, addresses, link));
  } catch (error) {
    abandoned.abort();
    await Promise.allSettled([temporal, sandbox, database]);
    throw error;
  }
}

/**
 * Locks the data folder: only one `dev` at a time can use it. After a kill, the reaper of the previous `dev` holds the
 * lock until its processes have ended, so this waits for it.
 *
 * @throws {@link DevError} when another `dev` is running in the folder
 */
async function takeDataFolder(dataFolder: string, progress: Progress, signal: AbortSignal): Promise<Reaper> {
  const digest = createHash('sha256').update(dataFolder).digest('hex').slice(0, 16);
  let announced = false;
  for (;;) {
    const answer = await startReaper(join(tmpdir(), `hubspot-meeting-sync-${digest}.sock`));
    if (answer.state === 'ready') return answer.reaper;
    if (!answer.stopping) {
      throw new DevError(
        `Another dev (process ${answer.pid}) is using ${dataFolder}: stop it, or give this one another DATA_DIR and PORT`,
      );
    }
    if (!announced) progress.say('Waiting for the processes of an earlier, killed dev to end.');
    announced = true;
    await delay(200, undefined, { signal });
  }
}

const sessionAnswer = z.object({ url: z.string() });

/** @returns a link that signs a browser in, or the reason why there is none */
async function signedInLink(settings: DevSettings, port: number, signal: AbortSignal): Promise<string> {
  const response = await fetch(`http://localhost:${port}/api/v1/sessions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiKeyOf(settings)}` },
    signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
  });
  if (response.status === 401) {
    return 'none: the workspace "default" has another API key (BOOTSTRAP_API_KEY names the key of a new workspace only)';
  }
  if (!response.ok) throw new DevError(`The server did not create a session: HTTP ${response.status}`);
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
  return ['', 'Everything is running. Press Ctrl-C to stop.', '', ...lines, ''].join('\n');
}

function temporalRows(uiUrl: string, namespace: string): string[][] {
  return [
    ['Temporal UI', uiUrl],
    ['', `needs attention: ${needsAttentionUrl(uiUrl, namespace)}`],
  ];
}
