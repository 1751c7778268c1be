import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startKeeper, type Keeper } from '../../../src/dev/keeping';
import { ProcessGroup } from '../../../src/dev/process-group';
import { isRunning } from '../../../src/dev/system-processes';

let folder: string;
let keeper: Keeper;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'processes-test-'));
  keeper = await keeperFor();
  keeper.removeAtEnd(folder);
});

afterEach(async () => {
  await keeper.close();
});

async function keeperFor(lock?: string): Promise<Keeper> {
  const started = await startKeeper(lock);
  if (started.state !== 'ready') throw new Error('another keeper holds the lock');
  return started.keeper;
}

/** A program that says `up` once it ignores or obeys SIGTERM, and then does nothing for ever. */
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
  const group = new ProcessGroup(keeper);
  const first = await group.start(sleeper('first'));
  const second = await group.start(sleeper('second', 'ignores'));
  const pids = [first.pid ?? 0, second.pid ?? 0];
  expect(pids.map(isRunning)).toEqual([true, true]);
  await group.stop();
  expect(pids.map(isRunning)).toEqual([false, false]);
  await expect(group.start(sleeper('third'))).rejects.toThrow(/third is not started/);
});

test('a process that dies is started again and told so', async () => {
  const said: string[] = [];
  const back = Promise.withResolvers<void>();
  const group = new ProcessGroup(keeper, (sentence) => {
    said.push(sentence);
    if (sentence.endsWith('is back')) back.resolve();
  });
  const process_ = await group.start(sleeper('the part'));
  const firstPid = process_.pid ?? 0;
  process.kill(firstPid, 'SIGKILL');
  await back.promise;
  expect(said).toEqual(['the part ended by SIGKILL; starting it again in 0.5 s', 'the part is back']);
  expect(process_.pid).not.toBe(firstPid);
  await group.stop();
});

test('a process that ends while starting is told with its last lines', async () => {
  const group = new ProcessGroup(keeper);
  const failing = {
    ...sleeper('the part'),
    args: ['-e', `console.error('no such table'); process.exit(3)`],
    ready: () => new Promise<void>(() => undefined),
  };
  await expect(group.start(failing)).rejects.toThrow(
    /the part ended with exit code 3 while starting.*\s+no such table/,
  );
});

test('a program that cannot be started is told by name', async () => {
  const group = new ProcessGroup(keeper);
  const missing = {
    ...sleeper('the part'),
    command: join(folder, 'none'),
    ready: () => new Promise<void>(() => undefined),
  };
  await expect(group.start(missing)).rejects.toThrow(/the part ended \(it could not be started: .*ENOENT/);
});

test('the keeper ends what is left, the stubborn too, and removes its folders', async () => {
  const own = await keeperFor();
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

test('the keeper ends what a killed starter watched', async () => {
  const script = `
    const { spawn } = require('node:child_process');
    const keeper = spawn(process.execPath, ['--no-warnings', process.argv[1]], { detached: true, stdio: ['pipe', 'pipe', 'inherit'] });
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { detached: true, stdio: 'ignore' });
    keeper.stdout.once('data', () => {
      keeper.stdin.write(JSON.stringify({ watch: { pid: child.pid, signal: 'SIGTERM', graceMs: 1000 } }) + '\\n');
      process.stdout.write(keeper.pid + ' ' + child.pid + '\\n');
    });`;
  const keeperProgram = join(__dirname, '../../../src/dev/keeper.ts');
  const starter = spawn(process.execPath, ['-e', script, keeperProgram], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [output]: unknown[] = await once(starter.stdout, 'data');
  const [keeperPid = 0, childPid = 0] = String(output).split(' ').map(Number);
  expect(isRunning(childPid)).toBe(true);
  starter.kill('SIGKILL');
  while (isRunning(keeperPid)) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(isRunning(childPid)).toBe(false);
});

test('only one keeper holds a lock, which is free again after it, also when it was killed', async () => {
  const lock = join(folder, 'lock.sock');
  const holder = await keeperFor(lock);
  expect(await startKeeper(lock)).toEqual({ state: 'busy', pid: process.pid, stopping: false });
  await holder.close();
  expect(existsSync(lock)).toBe(false);
  const killed = `require('node:net').createServer().listen(process.argv[1], () => process.kill(process.pid, 'SIGKILL'))`;
  expect(spawnSync(process.execPath, ['-e', killed, lock]).signal).toBe('SIGKILL');
  expect(existsSync(lock)).toBe(true);
  await (await keeperFor(lock)).close();
});
