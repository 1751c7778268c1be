import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const running = z.object({ url: z.string(), apiKey: z.string() });

/** How other shells on this machine reach the `dev` that works in a data folder. */
export type Running = z.output<typeof running>;

/** `running.json` of a data folder: there while a `dev` is up. */
export function runningFileOf(dataFolder: string): string {
  return join(dataFolder, 'running.json');
}

/** Leaves the address and the key for other shells of the same user. Whoever writes it removes it at the end. */
export function writeRunning(dataFolder: string, document: Running): void {
  const file = runningFileOf(dataFolder);
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, `${JSON.stringify(document)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** What {@link writeRunning} left, or null: no `dev` is up in this folder. */
export function readRunning(dataFolder: string): Running | null {
  try {
    return running.parse(JSON.parse(readFileSync(runningFileOf(dataFolder), 'utf8')));
  } catch {
    return null;
  }
}
