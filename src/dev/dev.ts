import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DevError } from './errors';
import { startReaper, type Reaper } from './reaper-client';
import {
  buildWorkflows,
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
import { apiKeyOf, dataFolderOf, productEnvironment, publicUrlOf, readSettings, type DevSettings } from './settings';
import { MeetingSyncClient, MeetingSyncError, type StatusDocument } from '../client';
import { untilAborted } from '../runtime/until-aborted';
import { openInBrowser } from './browser';
import { connectSandbox, isFresh, syncExample } from './demo';
import { listenForStop } from './signals';
import { NO_LINK, summary, type Addresses } from './summary';

/** The options of the command `dev`. */
export interface DevOptions {
  /** Connects a new workspace to the sandbox, and posts the example meeting. */
  readonly demo: boolean;
  /** Opens the pages in a browser, where there is one. */
  readonly open: boolean;
  /** Prints all output of the parts. */
  readonly verbose: boolean;
}

/**
 * Starts the whole product on this machine, prints its addresses and keeps it running until Ctrl-C or SIGTERM.
 * A start that fails prints one sentence and sets the exit code to 1.
 *
 * @param env - the caller's environment (`@default process.env`)
 * @throws ConfigError when a variable is invalid
 */
export async function runDev(options: DevOptions, env: NodeJS.ProcessEnv = process.env): Promise<void> {
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
    group = new ProcessGroup(reaper, (sentence) => progress.say(`[dev] ${sentence} (logs: ${dataFolder}/logs)`));
    const settings = await readSettings(env, dataFolder);
    starting = bringUp(settings, options, { group, reaper, progress, signal: stop.signal, verbose: options.verbose });
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

async function bringUp(settings: DevSettings, options: DevOptions, means: Means): Promise<void> {
  const abandoned = new AbortController();
  const signal = AbortSignal.any([means.signal, abandoned.signal]);
  mkdirSync(logFolder(settings), { recursive: true });
  // Finding or building the Temporal CLI can take minutes, so it runs in parallel with everything that does not need it.
  const temporal = startTemporal(settings, { ...means, signal });
  const bundle = buildWorkflows({ ...means, signal });
  const sandbox = startSandboxProgram(settings, means);
  const database = startDatabase(settings, means);
  try {
    const [databaseUrl, startedTemporal, startedSandbox] = await Promise.all([database, temporal, sandbox, bundle]);
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
    signal.throwIfAborted();
    // The reaper removes the file, so that even a killed `dev` leaves no stale address behind.
    means.reaper.removeAtEnd(runningFileOf(settings.dataFolder));
    writeRunning(settings.dataFolder, { url: `http://localhost:${server.port}`, apiKey: apiKeyOf(settings) });
    await welcome(settings, options, { ...means, signal }, addresses);
  } catch (error) {
    abandoned.abort();
    await Promise.allSettled([temporal, sandbox, database, bundle]);
    throw error;
  }
}

/** Shows the running product: connects the sandbox, syncs the example, opens a browser, and prints what to try. */
async function welcome(
  settings: DevSettings,
  { demo, open }: DevOptions,
  { progress, signal }: Means,
  addresses: Addresses,
): Promise<void> {
  const url = `http://localhost:${addresses.port}`;
  const client = new MeetingSyncClient({ url, apiKey: apiKeyOf(settings) });
  const { sandboxUrl } = addresses;
  let example: StatusDocument | null = null;
  let link = NO_LINK;
  try {
    if (demo && sandboxUrl !== null && (await isFresh(client))) {
      await progress.step('HubSpot connection', () => connectSandbox(client, { serverUrl: url, sandboxUrl }));
      example = await progress.step('Example meeting', () => syncExample(client, signal));
    }
    link = await signInLink(client);
    // A link works once, so the browser gets one of its own.
    if (open) await openInBrowser(await signInLink(client));
  } catch (error) {
    if (!(error instanceof MeetingSyncError) || error.status !== 401) throw error;
  }
  signal.throwIfAborted();
  progress.say(summary({ settings, addresses, link, example, columns: process.stdout.columns }));
}

async function signInLink(client: MeetingSyncClient): Promise<string> {
  return (await client.call<{ url: string }>('POST', '/api/v1/sessions')).url;
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
