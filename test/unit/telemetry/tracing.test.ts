import { expect, jest, test } from '@jest/globals';
import pino from 'pino';
import { formatTraceParent, parseTraceParent } from '../../../src/temporal/traceparent';
import { NO_TRACING, openTracing } from '../../../src/telemetry/tracing';

let loaded = 0;
jest.mock('../../../src/telemetry/opentelemetry', () => {
  loaded += 1;
  return { startOpenTelemetry: () => ({}) };
});

test('OpenTelemetry is loaded only when traces are collected', () => {
  const log = pino({ level: 'silent' });
  expect(openTracing({ tracing: false }, 'x', log)).toBe(NO_TRACING);
  expect(loaded).toBe(0);
  openTracing({ tracing: true }, 'x', log);
  expect(loaded).toBe(1);
});

const trace = 'a'.repeat(32);
const span = 'b'.repeat(16);

test.each([
  [`00-${trace}-${span}-01`, { traceId: trace, spanId: span, sampled: true }],
  [`00-${trace}-${span}-00`, { traceId: trace, spanId: span, sampled: false }],
  // A later version may add fields at the end.
  [`cc-${trace}-${span}-03-what`, { traceId: trace, spanId: span, sampled: true }],
  [`00-${'0'.repeat(32)}-${span}-01`, null],
  [`00-${trace}-${'0'.repeat(16)}-01`, null],
  ['00-short-01', null],
  [undefined, null],
  [['a', 'b'], null],
])('traceparent %j', (text, read) => {
  expect(parseTraceParent(text)).toEqual(read);
  if (read !== null) expect(parseTraceParent(formatTraceParent(read))).toEqual(read);
});
