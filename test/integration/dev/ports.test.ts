import { randomUUID } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { startReaper, type Reaper } from '../../../src/dev/reaper-client';
import { fixedPort, onFreePorts, usualPort, waitForInstance } from '../../../src/dev/ports';
import { ProcessGroup } from '../../../src/dev/process-group';
import { resolveTemporalCli } from '../../../src/dev/temporal/temporal-cli';
import { startTemporalServer } from '../../../src/dev/temporal/temporal-server';
import { portOf } from '../../../src/runtime/listen';

let reaper: Reaper;
let group: ProcessGroup;
let strangers: Server[];

beforeEach(async () => {
  const started = await startReaper();
  if (started.state !== 'ready') throw new Error('A reaper without a lock is never busy');
  ({ reaper } = started);
  group = new ProcessGroup(reaper);
  strangers = [];
});

afterEach(async () => {
  await group.stop();
  await reaper.close();
  for (const server of strangers) server.close();
});

/** The server of another program, which responds with 200 to every request. */
async function stranger(port = 0): Promise<number> {
  const server = createServer((_request, response) => response.end('{"status":"ok"}'));
  strangers.push(server);
  await new Promise<void>((listening) => {
    server.listen(port, '127.0.0.1', listening);
  });
  return portOf(server);
}

/** Starts a program that listens on `port` and responds with its own instance id. */
async function startNamed(port: number): Promise<number> {
  const instance = randomUUID();
  const program = `require('node:http')
    .createServer((_, response) => response.setHeader('instance-id', process.env.INSTANCE_ID).end('ok'))
    .listen(${port}, '127.0.0.1')`;
  await group.start({
    name: 'the part',
    command: process.execPath,
    args: ['-e', program],
    env: () => ({ INSTANCE_ID: instance }),
    signal: 'SIGTERM',
    graceMs: 1_000,
    ready: (signal) => waitForInstance(`http://127.0.0.1:${port}/`, instance, signal),
    readyWithinMs: 30_000,
    onLine: () => undefined,
  });
  return port;
}

test('a port that is taken between the check and the bind leads to another try and is not mistaken for ours', async () => {
  let first: number | null = null;
  const port = await onFreePorts([usualPort(0)], async (chosen) => {
    if (first === null) {
      first = chosen;
      await stranger(chosen);
    }
    return await startNamed(chosen);
  });
  expect(first).not.toBeNull();
  expect(port).not.toBe(first);
});

test('a taken fixed port fails the start, whether the check or the bind finds it', async () => {
  const port = await stranger();
  await expect(fixedPort(port, 'PORT')).rejects.toThrow(
    `Port ${port} is in use by another program: stop that one, or choose another port with PORT=…`,
  );
  const choice = { preferred: port, fixed: true };
  await expect(onFreePorts([choice], startNamed)).rejects.toThrow('the part exited with exit code 1 while starting');
});

test('two Temporal servers that start at the same time get different ports', async () => {
  const cli = await resolveTemporalCli({ env: process.env, onProgress: () => undefined, reaper });
  const started = await Promise.all(
    [1, 2].map(async () => {
      const folder = mkdtempSync(join(tmpdir(), 'ports-test-'));
      reaper.removeAtEnd(folder);
      const temporal = await startTemporalServer({
        cli,
        namespaces: ['default'],
        folder: null,
        ui: true,
        group,
        logFile: join(folder, 'temporal.log'),
      });
      return [temporal.address, temporal.uiUrl];
    }),
  );
  expect(new Set(started.flat()).size).toBe(4);
});
