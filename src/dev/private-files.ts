import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Files that `dev` creates, including those that SQLite keeps next to a database. */
const OURS = /^(?:temporal|sandbox)\.(?:db(?:-wal|-shm|-journal)?|pid)$|^(?:secrets|running)\.json$|\.log$/;

/**
 * Makes all files that this process and its children create from now on readable by their owner only. The databases of
 * Temporal and the sandbox hold meetings, account data and tokens, and their programs do not set a file mode.
 */
export function keepFilesPrivate(): void {
  process.umask(0o077);
}

/** Creates a folder that only its owner can list. When we run as root, PostgreSQL's user can still traverse it. */
export function makePrivateFolder(folder: string): void {
  if (existsSync(folder)) return;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() === 0) chmodSync(folder, 0o711);
}

/** Makes the files private that an earlier version left readable by other users. */
export function closeOldFiles(dataFolder: string): void {
  for (const folder of [dataFolder, join(dataFolder, 'logs')]) {
    if (!existsSync(folder)) continue;
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isFile() && OURS.test(entry.name)) chmodSync(join(folder, entry.name), 0o600);
  }
}
