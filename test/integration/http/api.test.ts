import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { z } from 'zod';
import { reports } from '../../../src/analytics/reports';
import { ensureBootstrapKey } from '../../../src/store/access/workspaces';
import { startHttpStack, type HttpStack } from './support';

let stack: HttpStack;
beforeAll(async () => {
  stack = await startHttpStack();
});
afterAll(async () => {
  await stack.close();
});

const CALLS = [
  ['POST', '/api/v1/meetings'],
  ['GET', '/api/v1/meetings'],
  ['GET', '/api/v1/meetings/m'],
  ['POST', '/api/v1/meetings/m/resync'],
  ['POST', '/api/v1/meetings/resync'],
  ['GET', '/api/v1/progress'],
  ['DELETE', '/api/v1/meetings/m'],
  ['POST', '/api/v1/backfills'],
  ['GET', '/api/v1/backfills/{backfillId}'],
  ['POST', '/api/v1/backfills/{backfillId}/pause'],
  ['POST', '/api/v1/backfills/{backfillId}/resume'],
  ['POST', '/api/v1/backfills/{backfillId}/stop'],
  ['GET', '/api/v1/connection'],
  ['DELETE', '/api/v1/connection'],
  ['POST', '/api/v1/connection/links'],
  ['POST', '/api/v1/connection/try-now'],
  ['POST', '/api/v1/sessions'],
  ['GET', '/api/v1/keys'],
  ['POST', '/api/v1/keys'],
  ['DELETE', '/api/v1/keys/{id}'],
  ['GET', '/api/v1/audit'],
  ['GET', '/api/v1/outlets'],
  ['POST', '/api/v1/outlets'],
  ['GET', '/api/v1/outlets/{id}'],
  ['PATCH', '/api/v1/outlets/{id}'],
  ['DELETE', '/api/v1/outlets/{id}'],
  ['GET', '/api/v1/outlets/{id}/secret'],
  ['GET', '/api/v1/outlets/{id}/deliveries'],
  ['POST', '/api/v1/outlets/{id}/deliveries/{deliveryId}/redeliver'],
  ['POST', '/api/v1/outlets/{id}/redeliver'],
  ['POST', '/api/v1/outlets/{id}/rotate-secret'],
  ['POST', '/api/v1/outlets/{id}/test'],
  ['GET', '/api/v1/meetings/m/context'],
  ['PUT', '/api/v1/meetings/m/links/{objectType}/{recordId}'],
  ['DELETE', '/api/v1/meetings/m/links/{objectType}/{recordId}'],
  ['GET', '/api/v1/reviews'],
  ['GET', '/api/v1/reviews/{id}'],
  ['POST', '/api/v1/reviews/{id}'],
  ['GET', '/api/v1/settings'],
  ['PATCH', '/api/v1/settings'],
  ['GET', '/api/v1/settings/changes'],
  ['GET', '/api/v1/settings/access-changes'],
  ['GET', '/api/v1/settings/calendar-doubles'],
  ['POST', '/api/v1/settings/preview'],
  ['GET', '/api/v1/meetings/m/preview'],
  ['POST', '/api/v1/reconcile'],
  ['GET', '/api/v1/reconcile/{reconciliationId}'],
  ['GET', '/api/v1/crm/object-types'],
  ['GET', '/api/v1/crm/{objectType}'],
  ['GET', '/api/v1/crm/{objectType}/properties'],
  ['POST', '/api/v1/crm/standard-properties'],
  ['GET', '/api/v1/analytics'],
  ...reports.flatMap(({ name }) => [
    ['GET', `/api/v1/analytics/${name}`] as const,
    ['GET', `/api/v1/analytics/${name}/meetings`] as const,
  ]),
] as const;

test.each(CALLS)('%s %s needs a key', async (method, url) => {
  for (const authorization of [undefined, 'Bearer wrong', 'Basic YTpi', stack.apiKey, `Bearer ${stack.apiKey}x`]) {
    const answer = await stack.app.inject({
      method,
      url,
      headers: authorization === undefined ? {} : { authorization },
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(answer.json()).toMatchObject({ status: 401, title: 'The API key is missing or unknown' });
  }
});

test('A revoked key is refused everywhere', async () => {
  await ensureBootstrapKey(stack.product.db, 'a-bootstrap-key-of-a-test');
  const call = () => stack.call('GET', '/api/v1/connection', undefined, 'a-bootstrap-key-of-a-test');
  expect((await call()).statusCode).toBe(200);
  await stack.product.db
    .updateTable('api_keys')
    .set({ revoked_at: new Date() })
    .where('workspace_id', '=', 'default')
    .execute();
  expect((await call()).statusCode).toBe(401);
  expect(await ensureBootstrapKey(stack.product.db, 'a-bootstrap-key-of-a-test')).toBe(false);
});

test('The last use of a key is stored, at most once a minute', async () => {
  const lastUse = async () =>
    (
      await stack.product.db
        .selectFrom('api_keys')
        .select('last_used_at')
        .where('workspace_id', '=', stack.workspaceId)
        .executeTakeFirstOrThrow()
    ).last_used_at;
  await stack.call('GET', '/api/v1/connection');
  const first = await lastUse();
  expect(first).not.toBeNull();
  await stack.call('GET', '/api/v1/connection');
  expect(await lastUse()).toEqual(first);
  await stack.product.db
    .updateTable('api_keys')
    .set({ last_used_at: new Date(Date.now() - 61_000) })
    .execute();
  await stack.call('GET', '/api/v1/connection');
  expect((await lastUse())?.getTime()).toBeGreaterThan(Date.now() - 30_000);
});

test('Without a connection, the state is none, and disconnecting changes nothing', async () => {
  const none = {
    state: 'none',
    portal: null,
    connectedBy: null,
    connectedAt: null,
    grantedScopes: [],
    missingScopes: [],
    unusedScopes: [],
    lastError: null,
  };
  expect((await stack.call('GET', '/api/v1/connection')).json()).toEqual(none);
  const deleted = await stack.call('DELETE', '/api/v1/connection');
  expect(deleted.statusCode).toBe(200);
  expect(deleted.json()).toEqual(none);
});

test('An unknown address is 404, a known one with another method 405', async () => {
  for (const url of [
    '/api/v1/nothing',
    '/api/nothing',
    '/nothing',
    '/assets/nothing.css',
    '/assets/tabler/tabler.css',
    '/assets/htmx/htmx.js',
    '/assets/htmx/ext/hx-csp.min.js',
  ]) {
    const answer = await stack.app.inject({ url });
    expect(answer.statusCode).toBe(404);
    expect(answer.headers['content-type']).toMatch('application/problem+json');
  }
  const put = await stack.call('PUT', '/api/v1/meetings/m');
  expect(put.statusCode).toBe(405);
  expect(put.headers['allow']).toBe('GET, DELETE');
  expect((await stack.app.inject({ method: 'DELETE', url: '/healthz' })).statusCode).toBe(405);
});

test('An address that cannot be decoded is a problem document too', async () => {
  const answer = await stack.call('GET', '/api/v1/meetings/%ZZ');
  expect(answer.statusCode).toBe(400);
  expect(answer.json()).toMatchObject({ status: 400, type: expect.stringContaining('#bad-request') });
});

test.each(['/api/v1/meetings/', '/api/v1/reconcile/', '/meetings/'])(
  'An id under %s that is longer than any is not found',
  async (path) => {
    const answer = await stack.call('GET', `${path}${'a'.repeat(8_000)}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.json()).toMatchObject({ status: 404, type: expect.stringContaining('#not-found') });
  },
);

test('A person with a browser gets a page for an unknown address', async () => {
  const answer = await stack.app.inject({ url: '/nothing?x=<b>', headers: { accept: 'text/html,*/*' } });
  expect(answer.statusCode).toBe(404);
  expect(answer.headers['content-type']).toMatch('text/html');
  expect(answer.body).toMatch('There is nothing at this address');
  expect(answer.body).not.toMatch('<b>');
});

test('OpenAPI 3.1 describes every call', async () => {
  const answer = await stack.app.inject({ url: '/api/openapi.json' });
  const document = z
    .object({
      openapi: z.string(),
      paths: z.record(z.string(), z.record(z.string(), z.object({ responses: z.record(z.string(), z.unknown()) }))),
      components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
    })
    .parse(answer.json());
  expect(document.openapi).toBe('3.1.0');
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  expect(described.toSorted()).toEqual(
    CALLS.map(
      ([method, path]) => `${method} ${path.replace('/m/', '/{meetingId}/').replace(/\/m$/, '/{meetingId}')}`,
    ).toSorted(),
  );
  expect(Object.keys(document.components.schemas)).toEqual(
    expect.arrayContaining(['ProcessedMeetingInput', 'StatusDocument', 'Problem']),
  );
  expect(JSON.stringify(document)).toMatch('"smartCategories"');
  expect(Object.keys(document.components.schemas)).not.toContain('StatusDocumentInput');
  // Every reference can be resolved.
  for (const [, name = ''] of JSON.stringify(document).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
});

/** The fields and parameters without a description below a node of an OpenAPI document. */
function undescribed(node: unknown, path: string): string[] {
  if (Array.isArray(node)) return node.flatMap((each) => undescribed(each, path));
  if (typeof node !== 'object' || node === null) return [];
  const entries = Object.entries(node as Record<string, unknown>);
  const below = entries.flatMap(([key, value]) =>
    key === 'properties'
      ? Object.entries(value as Record<string, unknown>).flatMap(([name, field]) => [
          ...(isDescribed(field) ? [] : [`${path}.${name}`]),
          ...undescribed(field, `${path}.${name}`),
        ])
      : ['examples', 'example', 'default'].includes(key)
        ? []
        : undescribed(
            value,
            ['schemas', 'schema', 'items', 'content', 'anyOf'].includes(key) ? path : `${path}/${key}`,
          ),
  );
  const isParameter = 'in' in node && 'name' in node && 'schema' in node;
  return isParameter && !isDescribed(node) && !isDescribed(node.schema) ? [`${path} ${String(node.name)}`] : below;
}

function isDescribed(field: unknown): boolean {
  if (typeof field !== 'object' || field === null) return false;
  if ('description' in field || '$ref' in field) return true;
  return Object.values(field).some((forms) => Array.isArray(forms) && forms.some(isDescribed));
}

test('OpenAPI describes every field of every request and response', async () => {
  const document: unknown = (await stack.app.inject({ url: '/api/openapi.json' })).json();
  expect(undescribed(document, '')).toEqual([]);
});

test('The documentation explains every problem', async () => {
  const problems = await stack.app.inject({ url: '/api/problems' });
  expect(problems.statusCode).toBe(200);
  expect(problems.body).toMatch('id="meeting-not-found"');
});

test('Alive and ready', async () => {
  expect((await stack.app.inject({ url: '/healthz' })).statusCode).toBe(200);
  const ready = await stack.app.inject({ url: '/readyz' });
  expect(ready.statusCode).toBe(200);
  expect(ready.json()).toEqual({ status: 'ready', database: 'reached', temporal: 'reached' });
});

test('Slow requests and silent connections are closed', () => {
  const { requestTimeout, headersTimeout, timeout } = stack.app.server;
  expect({ requestTimeout, headersTimeout, timeout }).toEqual({
    requestTimeout: 600_000,
    headersTimeout: 10_000,
    timeout: 120_000,
  });
});

test('Pages and responses may not be cached or framed', async () => {
  for (const url of ['/settings/integrations', '/api/v1/connection', '/nothing']) {
    const { headers } = await stack.app.inject({ url, headers: { accept: 'text/html' } });
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch("default-src 'none'");
    expect(headers['content-security-policy']).toMatch("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toMatch('unsafe');
    expect(headers['referrer-policy']).toBe('no-referrer');
  }
});

test('Assets are served, and may be kept', async () => {
  for (const url of [
    '/assets/base.css',
    '/assets/icon.svg',
    '/assets/tabler/tabler.min.css',
    '/assets/htmx/htmx.min.js',
    '/assets/charts.css',
  ]) {
    const answer = await stack.app.inject({ url });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['cache-control']).toBe('public, max-age=3600');
  }
  const url = '/assets/tabler/tabler.min.css';
  const packed = await stack.app.inject({ url, headers: { 'accept-encoding': 'gzip' } });
  expect(packed.headers['content-encoding']).toBe('gzip');
  expect(packed.rawPayload.length).toBeLessThan(120_000);
});

test.each([
  ['/', '/overview'],
  ['/settings', '/settings/integrations'],
])('%s leads to %s', async (url, location) => {
  const answer = await stack.app.inject({ url, headers: { accept: 'text/html' } });
  expect([answer.statusCode, answer.headers['location']]).toEqual([303, location]);
});

test('Pages are not compressed, because they contain tokens beside what others wrote', async () => {
  const answer = await stack.app.inject({
    url: '/api/problems',
    headers: { accept: 'text/html', 'accept-encoding': 'gzip' },
  });
  expect(answer.statusCode).toBe(200);
  expect(answer.headers['content-encoding']).toBeUndefined();
});
