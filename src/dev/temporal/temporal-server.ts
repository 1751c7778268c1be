import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { SEARCH_ATTRIBUTES } from '../../temporal/names';
import { missingSearchAttributes } from '../../temporal/prepare-namespace';
import { codeOf } from '../errors';
import { openLogFile } from '../log-file';
import { onFreePorts, usualPort } from '../ports';
import type { ProcessGroup } from '../process-group';
import { endLeftover } from '../system-processes';

export interface TemporalServerOptions {
  /** The `temporal` executable. */
  readonly cli: string;
  /** Created at the start if they do not exist, each with our search attributes. */
  readonly namespaces: readonly string[];
  /** The database is `<folder>/temporal.db`. Null keeps it in memory. */
  readonly folder: string | null;
  readonly ui: boolean;
  readonly group: ProcessGroup;
  readonly logFile: string;
}

/** A running Temporal dev server. */
export interface RunningTemporal {
  /** For example `127.0.0.1:7233`. */
  readonly address: string;
  /** Base URL of the UI, or null when it runs without one. */
  readonly uiUrl: string | null;
}

const USUAL_PORT = usualPort(7233);
const USUAL_UI_PORT = usualPort(8233);
/** The dev server's default is one day, which is too short to investigate last week's workflows. */
const RETENTION_DAYS = 30;

/**
 * Priority and fairness between portals need the fair matcher, and are exact only with one partition. Measured: with the
 * default four, a late portal's ten activities behind 200 others finished at positions 83 to 163; with one, at 60 to 64.
 */
const DYNAMIC_CONFIG = {
  'matching.enableFairness': 'true',
  'matching.numTaskqueueReadPartitions': '1',
  'matching.numTaskqueueWritePartitions': '1',
  'frontend.enableServerVersionCheck': 'false',
  'history.timerProcessorMaxTimeShift': '"10ms"',
} as const;

/** Gives 2.7 times the throughput of SQLite's defaults (measured). A power cut can lose the last moments, no more. */
const SQLITE_PRAGMAS = ['journal_mode=wal', 'synchronous=1'];

const CLI_TYPES = { INT: 'Int', KEYWORD: 'Keyword' } as const;

/**
 * Starts `temporal server start-dev` on 127.0.0.1 and waits until its namespaces answer with our search attributes.
 *
 * @throws {@link DevError} with the server's last lines of output when it does not start
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<RunningTemporal> {
  const { folder, ui } = options;
  const files = folder === null ? null : { database: join(folder, 'temporal.db'), pid: join(folder, 'temporal.pid') };
  if (files !== null) await endLeftoverServer(files.pid, files.database);
  return await onFreePorts(
    [USUAL_PORT, USUAL_UI_PORT],
    async (port, uiPort) => await startServer(options, files, port, ui ? uiPort : null),
  );
}

async function startServer(
  { cli, namespaces, group, logFile }: TemporalServerOptions,
  files: { readonly database: string; readonly pid: string } | null,
  port: number,
  uiPort: number | null,
): Promise<RunningTemporal> {
  const address = `127.0.0.1:${port}`;
  await group.start({
    name: 'Temporal',
    command: cli,
    args: [
      'server',
      'start-dev',
      '--ip=127.0.0.1',
      `--port=${port}`,
      ...namespaces.map((namespace) => `--namespace=${namespace}`),
      ...(uiPort === null ? ['--headless'] : [`--ui-port=${uiPort}`]),
      ...(files === null
        ? []
        : [`--db-filename=${files.database}`, ...SQLITE_PRAGMAS.map((pragma) => `--sqlite-pragma=${pragma}`)]),
      ...Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => `--search-attribute=${name}=${CLI_TYPES[type]}`),
      ...Object.entries(DYNAMIC_CONFIG).map(([key, value]) => `--dynamic-config-value=${key}=${value}`),
      '--log-level=warn',
      '--color=never',
    ],
    env: () => withoutTemporal(process.env),
    signal: 'SIGTERM',
    graceMs: 10_000,
    announces: /^Server: /,
    ready: (signal) => untilItAnswers(address, namespaces, signal),
    readyWithinMs: 60_000,
    onLine: openLogFile(logFile),
    onStart: (pid) => {
      if (files !== null) notePid(files.pid, pid);
    },
  });
  return { address, uiUrl: uiPort === null ? null : `http://localhost:${uiPort}` };
}

/**
 * Saves the process id, with which the next start ends a server that a killed run left behind. A full disk must not keep
 * Temporal from restarting.
 */
function notePid(file: string, pid: number): void {
  try {
    writeFileSync(file, `${pid}\n`);
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error;
  }
}

/** The environment without the settings of the user's other Temporal servers. */
export function withoutTemporal(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

async function endLeftoverServer(pidFile: string, database: string): Promise<void> {
  if (!existsSync(pidFile)) return;
  const pid = Number(readFileSync(pidFile, 'utf8'));
  if (Number.isInteger(pid) && pid > 1) await endLeftover(pid, database, 'SIGTERM');
}

async function untilItAnswers(address: string, namespaces: readonly string[], signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      const connection = await Connection.connect({ address, connectTimeout: '1s' });
      try {
        for (const namespace of namespaces) await prepareNamespace(connection, namespace);
        return;
      } finally {
        await connection.close();
      }
    } catch {
      signal.throwIfAborted();
    }
    await delay(100, undefined, { signal });
  }
}

/** Lengthens the retention. Rejects while the namespace or a search attribute does not exist yet. */
async function prepareNamespace(connection: Connection, namespace: string): Promise<void> {
  const missing = await missingSearchAttributes(connection, namespace);
  if (missing.length > 0) throw new Error(`Search attributes do not exist yet: ${missing.join(', ')}`);
  await connection.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(`${RETENTION_DAYS} days`) },
  });
}
