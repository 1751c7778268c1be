import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf, DevError } from '../errors';
import { openLogFile } from '../log-file';
import { onFreePorts, usualPort } from '../ports';
import { makeFolderFor, postgresHome, type PostgresHome } from './postgres-home';
import type { ProcessGroup } from '../process-group';
import { checkServer, ensureDatabase } from '../../store/new-database';
import { endLeftover } from '../system-processes';

export interface PostgresOptions {
  /** The cluster is stored in `<folder>/postgres`, or linked from there. */
  readonly folder: string;
  /** Password of the only user. It is set when the cluster is created and needed at every later start. */
  readonly password: string;
  /** Created if it does not exist. */
  readonly database: string;
  readonly group: ProcessGroup;
  /** Settings for `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives PostgreSQL's output. */
  readonly logFile: string;
  /** Reports a step that takes long. */
  readonly update?: (detail: string) => void;
}

/** Not 5432, where a PostgreSQL of the machine would listen. */
const USUAL_PORT = usualPort(54_320);
const USER = 'postgres';

/** PostgreSQL's code for a wrong password. */
const INVALID_PASSWORD = '28P01';

/**
 * Starts the embedded PostgreSQL on 127.0.0.1 and creates the cluster and the database if they do not exist. Ends a
 * server that a killed run left behind first.
 *
 * @returns the `postgres://…` URL of the database
 * @throws {@link DevError} with PostgreSQL's last lines of output when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<string> {
  const home = postgresHome(options.folder);
  await endLeftoverServer(home);
  if (!existsSync(join(home.dataFolder, 'PG_VERSION'))) {
    options.update?.('creating the database cluster');
    await createCluster(home, options.password);
  }
  await refuseOtherMajor(home);
  return await onFreePorts([USUAL_PORT], async (port) => await startCluster(home, port, options));
}

async function startCluster(home: PostgresHome, port: number, options: PostgresOptions): Promise<string> {
  const { password, database, group, settings = {}, logFile } = options;
  const url = (name: string) => `postgres://${USER}:${encodeURIComponent(password)}@127.0.0.1:${port}/${name}`;
  const allSettings = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // Socket files would need a folder that two users can write to and a path under 108 characters.
    unix_socket_directories: '',
    ...settings,
  };
  await group.start({
    name: 'PostgreSQL',
    command: join(home.binFolder, 'postgres'),
    args: [
      '-D',
      home.dataFolder,
      ...Object.entries(allSettings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: environment,
    user: home.user,
    // SIGINT is PostgreSQL's "fast shutdown": it closes sessions and writes all data.
    signal: 'SIGINT',
    graceMs: 20_000,
    announces: /database system is ready to accept connections/,
    ready: (signal) => untilItAnswers(url('postgres'), signal),
    readyWithinMs: 60_000,
    onLine: openLogFile(logFile),
  });
  await ensureDatabase(url('postgres'), database);
  return url(database);
}

/** Leaves out the caller's PG* variables, which would change how our server behaves. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

async function createCluster(home: PostgresHome, password: string): Promise<void> {
  // Created next to its final place and moved when complete, so that an interrupted start leaves no partial cluster.
  const unfinished = `${home.dataFolder}.making`;
  const passwordFile = `${home.dataFolder}.password-${randomBytes(6).toString('hex')}`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(home.dataFolder, { recursive: true, force: true });
  makeFolderFor(unfinished, home.user);
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    // initdb opens the file as its own user.
    if (home.user !== undefined) chownSync(passwordFile, home.user.uid, home.user.gid);
    await initdb(home, unfinished, passwordFile);
    renameSync(unfinished, home.dataFolder);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(unfinished, { recursive: true, force: true });
  }
}

async function initdb(home: PostgresHome, folder: string, passwordFile: string): Promise<void> {
  const child = spawn(
    join(home.binFolder, 'initdb'),
    [
      `--pgdata=${folder}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // PostgreSQL's built-in Unicode rules sort text the same way on every machine, independent of its locales.
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ],
    { ...home.user, env: environment(), stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) =>
      resolve(code === 0 ? '' : `initdb ended by ${signal ?? `exit code ${code}`}`),
    );
  });
  const [output, failure] = await Promise.all([text(child.stderr), ended]);
  if (failure !== '')
    throw new DevError(`The database cluster could not be created: ${failure}. ${output.trim()}`.trim());
}

/** PostgreSQL removes postmaster.pid at a clean shutdown. Its first line is the process id. */
async function endLeftoverServer(home: PostgresHome): Promise<void> {
  const file = join(home.dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 1) await endLeftover(pid, home.dataFolder, 'SIGINT');
}

async function refuseOtherMajor(home: PostgresHome): Promise<void> {
  const clusterMajor = readFileSync(join(home.dataFolder, 'PG_VERSION'), 'utf8').trim();
  const child = spawn(join(home.binFolder, 'postgres'), ['--version'], { ...home.user, env: environment() });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new DevError(`PostgreSQL could not be started: ${error.message}`)));
  });
  const [version] = await Promise.all([text(child.stdout), started]);
  const ours = /\) (\d+)/.exec(version)?.[1];
  if (ours !== undefined && ours !== clusterMajor) {
    throw new DevError(
      `The database in ${home.dataFolder} was created by PostgreSQL ${clusterMajor}, and this is ${ours}: start with another ` +
        'DATA_DIR, or delete that folder with everything in it',
    );
  }
}

async function untilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await checkServer(url);
      return;
    } catch (error) {
      if (codeOf(error) === INVALID_PASSWORD) {
        throw new DevError(
          'The password of the embedded PostgreSQL differs from the one in DATA_DIR/secrets.json: restore the file, or ' +
            'delete DATA_DIR with everything in it',
        );
      }
    }
    await delay(50, undefined, { signal });
  }
}
