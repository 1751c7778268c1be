import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { codeOf, DevError } from './errors';
import { openLogFile } from './log-file';
import { onFreePorts, usualPort } from './ports';
import { makeFolderFor, postgresHome, type PostgresHome } from './postgres-home';
import type { ProcessGroup } from './process-group';
import { endLeftover } from './system-processes';

export interface PostgresOptions {
  /** The cluster is kept in (or linked from) `<folder>/postgres`. */
  readonly folder: string;
  /** Password of its only user, chosen when the cluster is made and needed ever after. */
  readonly password: string;
  /** Made when it is not there. */
  readonly database: string;
  readonly group: ProcessGroup;
  /** Settings for `postgres -c`. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly logFile: string;
  /** What takes long. */
  readonly update?: (detail: string) => void;
}

/** Away from 5432, where a PostgreSQL of the machine would be. */
const USUAL_PORT = usualPort(54_320);
const USER = 'postgres';

/** PostgreSQL's codes: the password does not fit, the database is there already. */
const INVALID_PASSWORD = '28P01';
const DUPLICATE_DATABASE = '42P04';

/**
 * Starts the embedded PostgreSQL, on 127.0.0.1 alone, and makes the cluster and the database when they are not there.
 * A server that a killed run left behind is ended first.
 *
 * @returns `postgres://…` of the database
 * @throws {@link DevError} with PostgreSQL's last lines when it does not start
 */
export async function startPostgres(options: PostgresOptions): Promise<string> {
  const home = postgresHome(options.folder);
  await endLeftoverServer(home);
  if (!existsSync(join(home.dataFolder, 'PG_VERSION'))) {
    options.update?.('making the database cluster');
    await makeCluster(home, options.password);
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
    // Socket files would need a folder that two users can write to, and paths under 108 characters.
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
    // SIGINT is PostgreSQL's "fast shutdown": sessions are cut, data is written.
    signal: 'SIGINT',
    graceMs: 20_000,
    announces: /database system is ready to accept connections/,
    ready: (signal) => untilItAnswers(url('postgres'), signal),
    readyWithinMs: 60_000,
    onLine: openLogFile(logFile),
  });
  await makeDatabase(url('postgres'), database);
  return url(database);
}

/** Nothing of the caller's PG* variables may change what our server does. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' };
}

async function makeCluster(home: PostgresHome, password: string): Promise<void> {
  // Made beside its place and moved when complete: a start that is broken off leaves no half cluster.
  const unfinished = `${home.dataFolder}.making`;
  const passwordFile = `${home.dataFolder}.password-${randomBytes(6).toString('hex')}`;
  rmSync(unfinished, { recursive: true, force: true });
  rmSync(home.dataFolder, { recursive: true, force: true });
  makeFolderFor(unfinished, home.user);
  try {
    writeFileSync(passwordFile, password, { mode: 0o600 });
    // Given as a path that initdb opens as its own user.
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
      // PostgreSQL's own Unicode rules: the same order of text on every machine, whatever locales it has.
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
  const [output, fault] = await Promise.all([text(child.stderr), ended]);
  if (fault !== '') throw new DevError(`The database cluster could not be made: ${fault}. ${output.trim()}`.trim());
}

/** The first line of postmaster.pid is the process id; the file of a clean shutdown is gone. */
async function endLeftoverServer(home: PostgresHome): Promise<void> {
  const file = join(home.dataFolder, 'postmaster.pid');
  if (!existsSync(file)) return;
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  if (Number.isInteger(pid) && pid > 1) await endLeftover(pid, home.dataFolder, 'SIGINT');
}

async function refuseOtherMajor(home: PostgresHome): Promise<void> {
  const made = readFileSync(join(home.dataFolder, 'PG_VERSION'), 'utf8').trim();
  const child = spawn(join(home.binFolder, 'postgres'), ['--version'], { ...home.user, env: environment() });
  const started = new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => reject(new DevError(`PostgreSQL could not be started: ${error.message}`)));
  });
  const [version] = await Promise.all([text(child.stdout), started]);
  const ours = /\) (\d+)/.exec(version)?.[1];
  if (ours !== undefined && ours !== made) {
    throw new DevError(
      `The database in ${home.dataFolder} was made by PostgreSQL ${made}, and this is ${ours}: start with another ` +
        'DATA_DIR, or delete that folder with everything in it',
    );
  }
}

async function untilItAnswers(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (codeOf(error) === INVALID_PASSWORD) {
        throw new DevError(
          'The embedded PostgreSQL was made with another password than the one in DATA_DIR/secrets.json: put that ' +
            'file back, or delete DATA_DIR with everything in it',
        );
      }
    } finally {
      await client.end().catch(() => undefined);
    }
    await delay(50, undefined, { signal });
  }
}

async function makeDatabase(url: string, name: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } catch (error) {
    if (codeOf(error) !== DUPLICATE_DATABASE) throw error;
  } finally {
    await client.end();
  }
}
