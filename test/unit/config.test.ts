import { expect, test } from '@jest/globals';
import { ConfigError, loadConfig } from '../../src/config';

const env = {
  DATABASE_URL: 'postgres://localhost/sync',
  HUBSPOT_CLIENT_ID: 'id',
  HUBSPOT_CLIENT_SECRET: 'secret',
  ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

test('the defaults are those of docs/configuration.md', () => {
  const config = loadConfig({ ...env, PUBLIC_URL: '' });
  expect(config).toMatchObject({
    port: 3000,
    metricsPort: 9464,
    publicUrl: null,
    privateAddresses: 'refuse',
    syncTimeScale: 1,
    logLevel: 'info',
  });
  expect(config.hubspot).toMatchObject({
    apiUrl: 'https://api.hubapi.com',
    authorizeUrl: 'https://app.hubspot.com/oauth/authorize',
  });
  expect(config.hubspot.limits).toEqual({
    requestsPer10Seconds: null,
    searchesPerSecond: null,
    associationRequestsPer10Seconds: null,
  });
});

test('the public URL defaults to the port and has no trailing slash', () => {
  expect(loadConfig({ ...env, PUBLIC_URL: 'https://sync.acme.example/' }).publicUrl).toBe('https://sync.acme.example');
});

test('all invalid variables are listed together', () => {
  const faulty = {
    DATABASE_URL: 'mysql://x',
    ENCRYPTION_KEYS: 'k1:short',
    PORT: 'abc',
    LOG_LEVEL: 'loud',
    HUBSPOT_CLIENT_ID: 'id',
  };
  expect(() => loadConfig(faulty)).toThrow(ConfigError);
  for (const name of [
    'DATABASE_URL',
    'ENCRYPTION_KEYS',
    'PORT',
    'LOG_LEVEL',
    'HUBSPOT_CLIENT_SECRET: is required but not set',
  ]) {
    expect(() => loadConfig(faulty)).toThrow(name);
  }
});

test.each([
  ['PORT', ['abc', '-1', '80.5', '65536'], 'must be a whole number from 0 to 65535'],
  ['METRICS_PORT', ['9464/tcp'], 'must be a whole number from 0 to 65535'],
  ['HUBSPOT_REQUESTS_PER_10_SECONDS', ['0', '1.5', 'many'], 'must be a whole number, 1 or more'],
  ['HUBSPOT_SEARCHES_PER_SECOND', ['0'], 'must be a whole number, 1 or more'],
  ['HUBSPOT_ASSOCIATION_REQUESTS_PER_10_SECONDS', ['-5'], 'must be a whole number, 1 or more'],
  ['SYNC_TIME_SCALE', ['0', '-1', '1.5', 'fast'], 'must be a number above 0, at most 1'],
  ['OUTBOUND_PRIVATE_ADDRESSES', ['yes', 'ALLOW'], 'must be one of refuse, loopback, allow'],
  ['LOG_LEVEL', ['loud'], 'must be one of fatal, error, warn, info, debug, trace, silent'],
])('an invalid %s is reported in one line', (name, values, sentence) => {
  for (const value of values) {
    expect(() => loadConfig({ ...env, [name]: value })).toThrow(
      new ConfigError(`The configuration cannot be used:\n  ${name}: ${sentence}`),
    );
  }
});

test('a key that is not 32 bytes long is rejected without showing it', () => {
  const short = Buffer.alloc(16, 7).toString('base64');
  expect(() => loadConfig({ ...env, ENCRYPTION_KEYS: `k1:${short}` })).toThrow('32 bytes');
  expect(() => loadConfig({ ...env, ENCRYPTION_KEYS: `k1:${short}` })).not.toThrow(short);
});

test.each([
  ['smtp://mail.acme.example', { host: 'mail.acme.example', port: 587, secure: false, login: null }],
  ['smtps://mail.acme.example', { host: 'mail.acme.example', port: 465, secure: true, login: null }],
  [
    'smtp://ana%40acme.example:p%2Fw@mail.acme.example:2525/',
    {
      host: 'mail.acme.example',
      port: 2525,
      secure: false,
      login: { user: 'ana@acme.example', password: 'p/w' },
    },
  ],
  ['smtp://[::1]:25', { host: '::1', port: 25, secure: false, login: null }],
])('the mail server %s', (SMTP_URL, server) => {
  expect(loadConfig({ ...env, SMTP_URL, MAIL_FROM: 'sync@acme.example' }).mail).toEqual({
    server,
    from: { name: '', address: 'sync@acme.example' },
  });
});

test.each([
  ['Meeting Sync <sync@acme.example>', { name: 'Meeting Sync', address: 'sync@acme.example' }],
  ['"Sync, of Acme" <sync@acme.example>', { name: 'Sync, of Acme', address: 'sync@acme.example' }],
  ['<sync@acme.example>', { name: '', address: 'sync@acme.example' }],
])('the sender %s', (MAIL_FROM, from) => {
  expect(loadConfig({ ...env, SMTP_URL: 'smtp://localhost', MAIL_FROM }).mail?.from).toEqual(from);
});

test.each([
  'mail.acme.example:25',
  'https://mail.acme.example',
  'smtp://user@mail.acme.example',
  'smtp://user:100%@mail.acme.example',
  // It would switch off the check of the certificate.
  'smtp://mail.acme.example?tls.rejectUnauthorized=false',
  'smtp://mail.acme.example/path',
])('%s is no mail server', (SMTP_URL) => {
  const sentence = 'SMTP_URL: must be smtp://user:password@host:port, or smtps:// for TLS from the start';
  expect(() => loadConfig({ ...env, SMTP_URL, MAIL_FROM: 'a@acme.example' })).toThrow(sentence);
});

test.each([
  'Meeting Sync',
  'a@b',
  'Sync <a@acme.example',
  'Sync\r\nBcc: x@acme.example <a@acme.example>',
  'a@acme.example, b@acme.example',
])('%j is no sender', (MAIL_FROM) => {
  const sentence = 'MAIL_FROM: must be an e-mail address, or a name with one: Meeting Sync <sync@acme.example>';
  expect(() => loadConfig({ ...env, SMTP_URL: 'smtp://localhost', MAIL_FROM })).toThrow(sentence);
});

test('a mail server and its sender are set together', () => {
  expect(loadConfig(env).mail).toBeNull();
  expect(() => loadConfig({ ...env, SMTP_URL: 'smtp://localhost' })).toThrow(
    'SMTP_URL: must be set together with MAIL_FROM',
  );
  expect(() => loadConfig({ ...env, MAIL_FROM: 'a@acme.example' })).toThrow(
    'MAIL_FROM: must be set together with SMTP_URL',
  );
});

test('it listens on all addresses unless configured otherwise', () => {
  expect(loadConfig(env)).toMatchObject({ host: '0.0.0.0', metricsHost: '0.0.0.0' });
  expect(loadConfig({ ...env, HOST: '::1', METRICS_HOST: '10.0.0.7' })).toMatchObject({
    host: '::1',
    metricsHost: '10.0.0.7',
  });
});

test.each(['PUBLIC_URL', 'HUBSPOT_AUTHORIZE_URL', 'HUBSPOT_API_URL'])(
  '%s accepts plain http only for localhost',
  (name) => {
    for (const value of ['http://localhost:3000', 'http://127.0.0.1:4010', 'http://[::1]:3000', 'https://a.example'])
      expect(() => loadConfig({ ...env, [name]: value })).not.toThrow();
    for (const value of [
      'http://sync.acme.example',
      'http://10.0.0.1:3000',
      'http://127.0.0.1.evil.example',
      'http://localhost.evil.example',
      'http://localhost@evil.example',
      'HTTP://sync.acme.example',
    ]) {
      expect(() => loadConfig({ ...env, [name]: value })).toThrow(
        new ConfigError(
          `The configuration cannot be used:\n  ${name}: must be https (plain http is for localhost only)`,
        ),
      );
    }
  },
);

test('encryption key ids are unique, and no key is all zeros', () => {
  const key = (byte: number) => Buffer.alloc(32, byte).toString('base64');
  expect(() => loadConfig({ ...env, ENCRYPTION_KEYS: `k1:${key(1)},k1:${key(2)}` })).toThrow('each id must be unique');
  expect(() => loadConfig({ ...env, ENCRYPTION_KEYS: `k1:${key(1)},k2:${key(0)}` })).toThrow('not all zeros');
  expect(loadConfig({ ...env, ENCRYPTION_KEYS: `k1:${key(1)}, k2:${key(2)}` }).encryptionKeys).toHaveLength(2);
});

const named = { TEMPORAL_DEPLOYMENT_NAME: 'meetings/sync', TEMPORAL_WORKER_BUILD_ID: 'v1.2.3-4f2a' };

test('a worker has a version when both variables are set, and none without', () => {
  expect(loadConfig(env).workerVersion).toBeNull();
  expect(loadConfig({ ...env, ...named }).workerVersion).toEqual({
    deploymentName: 'meetings/sync',
    buildId: 'v1.2.3-4f2a',
  });
});

test.each([
  [{ TEMPORAL_WORKER_BUILD_ID: '' }, 'TEMPORAL_DEPLOYMENT_NAME: must be set together with TEMPORAL_WORKER_BUILD_ID'],
  [{ TEMPORAL_DEPLOYMENT_NAME: '' }, 'TEMPORAL_WORKER_BUILD_ID: must be set together with TEMPORAL_DEPLOYMENT_NAME'],
  [
    { TEMPORAL_DEPLOYMENT_NAME: 'a.b' },
    'TEMPORAL_DEPLOYMENT_NAME: must be 1 to 200 characters without spaces, dots or colons',
  ],
  [{ TEMPORAL_WORKER_BUILD_ID: 'a b' }, 'TEMPORAL_WORKER_BUILD_ID: must be 1 to 200 characters without spaces'],
])('a version with %j is rejected', (changes, line) => {
  expect(() => loadConfig({ ...env, ...named, ...changes })).toThrow(
    new ConfigError(`The configuration cannot be used:\n  ${line}`),
  );
});
