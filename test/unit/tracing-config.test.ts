import { expect, test } from '@jest/globals';
import { loadConfig } from '../../src/config';

const env = {
  DATABASE_URL: 'postgres://localhost/sync',
  HUBSPOT_CLIENT_ID: 'id',
  HUBSPOT_CLIENT_SECRET: 'secret',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};
const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

test.each([
  [{}, false],
  [endpoint, true],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
  [{ ...endpoint, OTEL_SDK_DISABLED: 'true' }, false],
  [{ ...endpoint, OTEL_TRACES_EXPORTER: 'none' }, false],
  [{ ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }, true],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
])('with OpenTelemetry’s variables %j, tracing is %p', (variables, tracing) => {
  expect(loadConfig({ ...env, ...variables }).tracing).toBe(tracing);
});

test('an unsupported protocol is named in the error', () => {
  expect(() => loadConfig({ ...env, ...endpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toThrow(
    'OTEL_EXPORTER_OTLP_PROTOCOL: only http/protobuf is supported',
  );
});
