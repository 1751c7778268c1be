import { expect, test } from '@jest/globals';
import type { LogEntry } from '@temporalio/worker';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import pino from 'pino';
import { sdkLog } from '../../../src/telemetry/sdk-log';

const SDK_WORKER = resolve('node_modules/@temporalio/worker/lib/worker.js');

const polled = (retries: number, code: string): LogEntry => ({
  level: 'WARN',
  message: `gRPC call poll_workflow_task_queue retried ${retries} times`,
  timestampNanos: 0n,
  meta: {
    sdkComponent: 'core',
    target: 'temporalio_client::retry',
    error: `Status { code: ${code}, message: "tcp connect error", port ${40_000 + retries} }`,
  },
});

test('messages that every poller repeats during an outage of Temporal are logged once a minute', () => {
  const lines: { msg: string; level: number; repeated?: number }[] = [];
  const log = pino({ base: null }, { write: (line: string) => void lines.push(JSON.parse(line) as never) });
  const clock = { now: 0 };
  const write = sdkLog(log, () => clock.now);
  for (let second = 0; second < 90; second += 1) {
    for (let poller = 0; poller < 20; poller += 1) write(polled(second, 'Unavailable'));
    clock.now += 1_000;
  }
  write(polled(91, 'NotFound'));
  write({ level: 'INFO', message: 'Worker state changed', timestampNanos: 0n, meta: { sdkComponent: 'worker' } });
  write({ level: 'INFO', message: 'Worker state changed', timestampNanos: 0n, meta: { sdkComponent: 'worker' } });
  expect(lines.map(({ level, msg, repeated }) => [level, msg, repeated])).toEqual([
    [40, 'gRPC call poll_workflow_task_queue retried 0 times', undefined],
    [40, 'gRPC call poll_workflow_task_queue retried 60 times', 1_199],
    [40, 'gRPC call poll_workflow_task_queue retried 91 times', undefined],
    [30, 'Worker state changed', undefined],
    [30, 'Worker state changed', undefined],
  ]);
});

test('a worker without workflows starts without a warning, in the words of the installed SDK', () => {
  const levels: number[] = [];
  const write = (line: string) => void levels.push((JSON.parse(line) as { level: number }).level);
  const log = pino({ base: null, level: 'debug' }, { write });
  const message = /warn\('(No workflows registered[^']*)'\)/.exec(readFileSync(SDK_WORKER, 'utf8'))?.[1] ?? '';
  sdkLog(log)({ level: 'WARN', message, timestampNanos: 0n, meta: { sdkComponent: 'worker' } });
  expect(levels).toEqual([pino.levels.values['debug']]);
});
