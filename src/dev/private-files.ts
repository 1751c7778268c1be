import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files of `dev`, with what SQLite keeps beside a database. */
const OURS = /^(?:temporal|sandbox)\.(?:db(?:-wal|-shm|-journal)?|pid)$|^(?:secrets|running)\.json$|\.log$/;

/**
 * Files that this process and its parts make from now on are their owner's only: Temporal's and the sandbox's databases
 * hold meetings, account data and tokens, and their programs choose no mode themselves.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** Makes a folder that only its owner can list. As root, PostgreSQL's own user must still pass through to its cluster. */
export function makePrivateFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
}

/** Closes the files of a data folder that an earlier version left open to other users. */
export function closeOldFiles(dataFolder: string): void {
  for (const folder of [dataFolder, join(dataFolder, 'logs')]) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isFile() && OURS.test(entry.name)) chmodSync(join(folder, entry.name), 0o600);
  }
}
