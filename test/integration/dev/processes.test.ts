import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startReaper, type Reaper } from '../../../src/dev/reaper-client';
import { ProcessGroup } from '../../../src/dev/process-group';
import { isRunning } from '../../../src/dev/system-processes';

let folder: string;
let reaper: Reaper;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'processes-test-'));
  reaper = await reaperFor();
  reaper.removeAtEnd(folder);
});

afterEach(async () => {
  await reaper.close();
});

async function reaperFor(lock?: string): Promise<Reaper> {
  const started = await startReaper(lock);
  if (started.state !== 'ready') throw new Error('another reaper holds the lock');
  return started.reaper;
}

/** A program that prints `up` once its SIGTERM handling is set, and then runs forever. */
function sleeper(name: string, onTerm: 'obeys' | 'ignores' = 'obeys') {
  const up = Promise.withResolvers<void>();
  const trap = onTerm === 'ignores' ? `process.on('SIGTERM', () => {});` : '';
  return {
    name,
    command: process.execPath,
    args: ['-e', `${trap} console.log('up'); setInterval(() => {}, 1000)`],
    env: () => ({}),
    signal: 'SIGTERM',
    graceMs: 200,
    ready: () => up.promise,
    readyWithinMs: 30_000,
    onLine: (line: string) => {
      if (line === 'up') up.resolve();
    },
  } as const;
}

test('a group ends its processes in reverse order, and starts none afterwards', async () => {
  const group = new ProcessGroup(reaper);
  const first = await group.start(sleeper('first'));
  const second = await group.start(sleeper('second', 'ignores'));
  const pids = [first.pid ?? 0, second.pid ?? 0];
  expect(pids.map(isRunning)).toEqual([true, true]);
  await group.stop();
  expect(pids.map(isRunning)).toEqual([false, false]);
  await expect(group.start(sleeper('third'))).rejects.toThrow(/third was not started/);
});

test('a process that dies is restarted, which is reported', async () => {
  const reported: string[] = [];
  const back = Promise.withResolvers<void>();
  const group = new ProcessGroup(reaper, (sentence) => {
    reported.push(sentence);
    if (sentence.endsWith('is running again')) back.resolve();
  });
  const supervised = await group.start(sleeper('the part'));
  const firstPid = supervised.pid ?? 0;
  process.kill(firstPid, 'SIGKILL');
  await back.promise;
  expect(reported).toEqual(['the part exited by SIGKILL; restarting it in 0.5 s', 'the part is running again']);
  expect(supervised.pid).not.toBe(firstPid);
  await group.stop();
});

test('a process that exits while starting is reported with its last lines', async () => {
  const group = new ProcessGroup(reaper);
  const failing = {
    ...sleeper('the part'),
    args: ['-e', `console.error('no such table'); process.exit(3)`],
    ready: () => new Promise<void>(() => undefined),
  };
  await expect(group.start(failing)).rejects.toThrow(
    /the part exited with exit code 3 while starting.*\s+no such table/,
  );
});

test('a program that cannot be started is reported by name', async () => {
  const group = new ProcessGroup(reaper);
  const missing = {
    ...sleeper('the part'),
    command: join(folder, 'none'),
    ready: () => new Promise<void>(() => undefined),
  };
  await expect(group.start(missing)).rejects.toThrow(/the part exited \(it could not be started: .*ENOENT/);
});

test('the reaper ends running processes, also those that ignore SIGTERM, and removes its folders', async () => {
  const own = await reaperFor();
  const group = new ProcessGroup(own);
  const obeying = await group.start(sleeper('obeying'));
  const stubborn = await group.start(sleeper('stubborn', 'ignores'));
  const left = join(folder, 'left');
  mkdirSync(left);
  own.removeAtEnd(left);
  const pids = [obeying.pid ?? 0, stubborn.pid ?? 0];
  await own.close();
  expect(pids.map(isRunning)).toEqual([false, false]);
  expect(existsSync(left)).toBe(false);
});

test('the reaper ends the processes of a killed starter', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const reaper = spawn(process.execPath, ['--no-warnings', process.argv[1]], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    reaper.stdout.once('data', () => {
      reaper.stdin.write(JSON.stringify({ watch: { pid: child.pid, signal: 'SIGTERM', graceMs: 1000 } }) + '\\n');
      process.stdout.write(reaper.pid + ' ' + child.pid + '\\n');
    });`;
  const reaperProgram = join(__dirname, '../../../src/dev/process-reaper.ts');
  const starter = spawn(process.execPath, ['-e', script, reaperProgram], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output]: unknown[] = await once(starter.stdout, 'data');
  const [reaperPid = 0, childPid = 0] = String(output).split(' ').map(Number);
  expect(isRunning(childPid)).toBe(true);
  starter.kill('SIGKILL');
  while (isRunning(reaperPid)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isRunning(childPid)).toBe(false);
});

test('only one reaper owns a lock, which is released when the reaper ends or is killed', async () => {
  const lock = join(folder, 'lock.sock');
  const holder = await reaperFor(lock);
  expect(await startReaper(lock)).toEqual({ state: 'busy', pid: process.pid, stopping: false });
  await holder.close();
  expect(existsSync(lock)).toBe(false);
  const killed = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['-e', killed, lock]).signal).toBe('SIGKILL');
  expect(existsSync(lock)).toBe(true);
  await (await reaperFor(lock)).close();
});
