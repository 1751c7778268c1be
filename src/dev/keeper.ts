/**
 * A program of its own that outlives its starter by a few seconds: whoever starts other programs tells it their
 * process ids through a pipe, and when the pipe closes, however the starter ended, the keeper ends what is still there.
 * A handler in the starter could not: nothing runs in a process that is killed with SIGKILL, and Jest skips its global
 * teardown on Ctrl-C.
 *
 * It also holds the lock of a data folder (a Unix socket), which thus stays taken until the last process is gone.
 *
 * Input, one JSON document a line: `{"watch":{"pid","signal","graceMs"}}`, `{"release":pid}`, `{"removeAtEnd":path}`.
 * Output, one line: `{"state":"ready"}` or `{"state":"busy","pid","stopping"}` when another keeper holds the lock.
 *
 * It imports only Node's own modules, so that Node 24 runs it from source in tests and compiled in the product.
 */
import { readFileSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';

interface Watched {
  pid: number;
  signal: NodeJS.Signals;
  graceMs: number;
}

type Command = { watch: Watched } | { release: number } | { removeAtEnd: string };

const POLL_MS = 50;

const starterPid = process.ppid;
const watched: Watched[] = [];
const paths: string[] = [];
let stopping = false;

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    // A process that nobody has waited for still has a process id: its state says that it ended.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3) !== 'Z';
  } catch {
    return true;
  }
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended in the meantime.
  }
}

async function end({ pid, signal, graceMs }: Watched): Promise<void> {
  if (!isRunning(pid)) return;
  send(pid, signal);
  const deadline = Date.now() + graceMs;
  while (isRunning(pid) && Date.now() < deadline) await delay(POLL_MS);
  if (!isRunning(pid)) return;
  // Watched processes lead a group of their own: nothing that they started stays.
  send(-pid, 'SIGKILL');
  send(pid, 'SIGKILL');
}

async function endEverything(lock: string | undefined): Promise<void> {
  stopping = true;
  for (const entry of watched.toReversed()) await end(entry);
  for (const path of paths) rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  if (lock !== undefined) rmSync(lock, { force: true });
}

function follow(command: Command): void {
  if ('watch' in command) watched.push(command.watch);
  else if ('removeAtEnd' in command) paths.push(command.removeAtEnd);
  else {
    const index = watched.findIndex(({ pid }) => pid === command.release);
    if (index !== -1) watched.splice(index, 1);
  }
}

function say(document: object): void {
  process.stdout.write(`${JSON.stringify(document)}\n`);
}

/** Who holds the lock, or null when its holder is gone and left the socket's file behind. */
function askHolder(socketPath: string): Promise<string | null> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(socketPath);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => (answer += text));
    socket.on('error', () => resolve(null));
    socket.on('end', () => resolve(answer));
  });
}

/** @returns null once the lock is held, else what its holder says about itself */
async function takeLock(socketPath: string): Promise<string | null> {
  const listen = () =>
    new Promise<boolean>((resolve) => {
      const server = createServer((socket) => {
        socket.on('error', () => undefined);
        socket.end(JSON.stringify({ state: 'busy', pid: starterPid, stopping }));
      });
      server.unref();
      server.once('error', () => resolve(false));
      server.listen(socketPath, () => resolve(true));
    });
  if (await listen()) return null;
  const holder = await askHolder(socketPath);
  if (holder !== null) return holder;
  rmSync(socketPath, { force: true });
  return (await listen()) ? null : await askHolder(socketPath);
}

async function main(): Promise<void> {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  // The starter may be gone when something is said.
  process.stdout.on('error', () => undefined);
  const [lock] = process.argv.slice(2);
  const holder = lock === undefined ? null : await takeLock(lock);
  if (holder !== null) {
    process.stdout.write(`${holder}\n`);
    return;
  }
  const input = createInterface({ input: process.stdin });
  input.on('line', (line) => follow(JSON.parse(line)));
  input.once('close', () => void endEverything(lock).finally(() => process.exit(0)));
  say({ state: 'ready' });
}

void main();
