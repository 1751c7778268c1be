/**
 * A separate program that outlives its starter by a few seconds. The starter sends it the ids of the processes that it
 * starts through a pipe. When the pipe closes, however the starter ended, the reaper ends those that still run. A handler
 * in the starter could not do this: no code runs after SIGKILL, and Jest skips its global teardown on Ctrl-C.
 *
 * The reaper also owns the lock of a data folder (a Unix socket), so the lock is released only after the last process
 * has ended.
 *
 * Input, one JSON document a line: `{"watch":{"pid","signal","graceMs"}}`, `{"release":pid}`, `{"removeAtEnd":path}`.
 * Output, one line: `{"state":"ready"}`, or `{"state":"busy","pid","stopping"}` when another reaper owns the lock.
 *
 * It imports only Node's built-in modules, so that Node 24 can run it from source in tests and compiled in the product.
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
    // A zombie keeps its process id until its parent waits for it. Its state shows that it has ended.
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
    // The process has ended already.
  }
}

async function end({ pid, signal, graceMs }: Watched): Promise<void> {
  if (!isRunning(pid)) return;
  send(pid, signal);
  const deadline = Date.now() + graceMs;
  while (isRunning(pid) && Date.now() < deadline) await delay(POLL_MS);
  if (!isRunning(pid)) return;
  // Each watched process leads its own group, so this also ends the processes that it started.
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

/** @returns the answer of the lock's owner, or null when it is gone and left its socket file behind */
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

/** @returns null once we own the lock, otherwise the answer of its owner */
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
  // The starter may already be gone when we write.
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
