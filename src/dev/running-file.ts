import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const running = z.object({ url: z.string(), apiKey: z.string() });

/** How other shells on this machine reach the `dev` that uses a data folder. */
export type Running = z.output<typeof running>;

/** Path of `running.json` in a data folder. The file exists while `dev` is running there. */
export function runningFileOf(dataFolder: string): string {
  return join(dataFolder, 'running.json');
}

/** Publishes the address and the API key to other shells of the same user. The caller has the file removed at the end. */
export function writeRunning(dataFolder: string, document: Running): void {
  const file = runningFileOf(dataFolder);
  const unfinished = `${file}.${process.pid}`;
  rmSync(unfinished, { force: true });
  writeFileSync(unfinished, `${JSON.stringify(document)}\n`, { mode: 0o600 });
  renameSync(unfinished, file);
}

/** @returns what {@link writeRunning} wrote, or null when no `dev` is running in this folder */
export function readRunning(dataFolder: string): Running | null {
  try {
    return running.parse(JSON.parse(readFileSync(runningFileOf(dataFolder), 'utf8')));
  } catch {
    return null;
  }
}
