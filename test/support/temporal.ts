import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { z } from 'zod';
import { queryAsSuperuser } from './database';
import { shared } from './shared';

/**
 * The namespaces of the test server, created at its start with our search attributes. A namespace created later takes
 * seconds until every part of the server knows it. 64 namespaces cost 0.2 s and 60 MB.
 */
export const NAMESPACES: readonly string[] = Array.from({ length: 64 }, (_, index) => `test-${index + 1}`);

/** `127.0.0.1:port` of the test run's Temporal server. */
export function temporalAddress(): string {
  return shared('temporalAddress');
}

/** A task queue that no other test uses, in any namespace. */
export function testTaskQueue(): string {
  return `test-${randomUUID()}`;
}

const nextNamespace = z.tuple([z.object({ number: z.coerce.number() })]);

/**
 * Returns a namespace that no other test file uses, for product code that uses the product's task queue. Take one per file.
 * Tests that choose their own task queue share `default`.
 */
export async function takeNamespace(): Promise<string> {
  const [{ number }] = nextNamespace.parse(await queryAsSuperuser(`SELECT nextval('taken_namespaces') AS number`));
  const namespace = NAMESPACES[number - 1];
  if (namespace === undefined)
    throw new Error('All test namespaces are taken: raise their number in test/support/temporal.ts');
  return namespace;
}

/**
 * Opens a client connection to the test server. Close it in `afterAll`. It has no retry interceptor, because a retry timer
 * that fires after the close ends the process ("Channel has been shut down").
 */
export async function connectToTemporal(): Promise<Connection> {
  return await Connection.connect({ address: temporalAddress(), connectTimeout: '60s', interceptors: [] });
}

let isQuiet = false;

/** Limits the SDK's log to errors. Call it before the first worker of a test file. */
export function quietRuntime(): void {
  if (isQuiet) return;
  isQuiet = true;
  Runtime.install({
    logger: new DefaultLogger('ERROR'),
    telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' }, forward: {} } },
  });
}
