import { randomUUID } from 'node:crypto';
import { Connection } from '@temporalio/client';
import { z } from 'zod';
import { queryAsSuperuser } from './database';

/**
 * Namespaces of the test server, made at its start with our search attributes: one made later takes seconds until
 * every part of the server knows it. 64 of them cost 0.2 s and 60 MB.
 */
export const NAMESPACES: readonly string[] = Array.from({ length: 64 }, (_, index) => `test-${index + 1}`);

/** `127.0.0.1:port` of the test run's Temporal server. */
export function temporalAddress(): string {
  const address = process.env['TEST_TEMPORAL_ADDRESS'];
  if (address === undefined) {
    throw new Error('No test servers: a test that needs Temporal belongs in test/integration or test/e2e');
  }
  return address;
}

/** A task queue that no other test uses, in whatever namespace. */
export function testTaskQueue(): string {
  return `test-${randomUUID()}`;
}

const nextNamespace = z.tuple([z.object({ number: z.coerce.number() })]);

/**
 * A namespace that no other file of this run uses: for tests of product code that works on its one task queue. Take one
 * a file. Tests that choose their task queue share `default`.
 */
export async function takeNamespace(): Promise<string> {
  const [{ number }] = nextNamespace.parse(await queryAsSuperuser(`SELECT nextval('taken_namespaces') AS number`));
  const namespace = NAMESPACES[number - 1];
  if (namespace === undefined)
    throw new Error('All test namespaces are taken: raise their number in test/support/temporal.ts');
  return namespace;
}

/** A client connection to the test server; close it in `afterAll`. */
export async function connectToTemporal(): Promise<Connection> {
  return await Connection.connect({ address: temporalAddress() });
}
