import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { MeetingSyncClient } from '../../../src/client';
import { readRunning } from '../../../src/dev/running-file';
import { createTestDatabase } from '../../support/database';
import { shared } from '../../support/shared';
import { takeNamespace, temporalAddress } from '../../support/temporal';

let folder: string;
let database: { readonly url: string; drop(): Promise<void> };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'dev-test-'));
  database = await createTestDatabase();
});
afterEach(async () => {
  await database.drop();
  rmSync(folder, { recursive: true });
});

/** Runs `dev` beside the servers of the tests until it has printed its last line. */
async function startDev(namespace: string, ...options: string[]) {
  const child = spawn(process.execPath, [`${shared('dist')}/cli.js`, 'dev', ...options], {
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: folder,
      DATABASE_URL: database.url,
      TEMPORAL_ADDRESS: temporalAddress(),
      TEMPORAL_NAMESPACE: namespace,
      PORT: '0',
      METRICS_PORT: '0',
      SANDBOX_PORT: '0',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    if (line.startsWith('──') && lines.some((each) => each.includes('Everything is up'))) break;
  }
  const running = readRunning(folder);
  if (running === null) throw new Error(`dev did not start:\n${lines.join('\n')}`);
  return {
    lines,
    client: new MeetingSyncClient(running),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGINT');
      await exited;
      return child.exitCode;
    },
  };
}

test('a first start ends with the example meeting on the timelines; the next one leaves everything as it is', async () => {
  const namespace = await takeNamespace();
  const first = await startDev(namespace, '--no-open');
  const text = first.lines.join('\n');
  expect(text).toMatch(/✓ Example meeting .*\n\n─+\n {2}Everything is up/);
  expect(text).toMatch(/Example +a meeting is on the timelines of \d records: http/);
  expect(text).not.toMatch(/INFO|webpack/);
  const example = await first.client.status('example-meeting');
  expect(example).toMatchObject({ status: 'synced', engagements: { summary: { objectType: 'meetings' } } });
  expect(readFileSync(join(folder, 'logs', 'worker.log'), 'utf8')).toMatch('worker ready');
  expect(await first.stop()).toBe(0);
  expect(existsSync(join(folder, 'running.json'))).toBe(false);

  const second = await startDev(namespace, '--no-open');
  expect(second.lines.join('\n')).not.toMatch('Example');
  expect(await second.client.status('example-meeting')).toEqual(example);
  expect(await second.stop()).toBe(0);
});

test('with --no-demo, nothing is connected and nothing posted', async () => {
  const dev = await startDev(await takeNamespace(), '--no-demo', '--no-open');
  expect(await dev.client.call('GET', '/api/v1/connection')).toMatchObject({ state: 'none' });
  expect((await dev.client.list()).meetings).toEqual([]);
  await dev.stop();
});
