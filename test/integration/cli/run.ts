import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { shared } from '../../support/shared';

/** How a command ended. */
export interface CommandResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/**
 * Runs `hubspot-meeting-sync …` as a process of its own, with nothing of our environment but what a program needs.
 *
 * @param folder - the folder that it is run in
 */
export async function run(
  args: readonly string[],
  { env = {}, folder }: { env?: NodeJS.ProcessEnv; folder: string },
): Promise<CommandResult> {
  const child = spawn(process.execPath, [`${shared('dist')}/cli.js`, ...args], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const [out, err, code] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { code, out, err };
}
