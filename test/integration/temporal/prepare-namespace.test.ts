import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { Connection } from '@temporalio/client';
import {
  missingSearchAttributes,
  registerCommand,
  registerSearchAttributes,
} from '../../../src/temporal/prepare-namespace';
import { connectToTemporal, takeNamespace } from '../../support/temporal';

let connection: Connection;
beforeAll(async () => {
  connection = await connectToTemporal();
});
afterAll(() => connection.close());

const ALL = ['HubSpotPortalId', 'MeetingId', 'SyncStatus', 'SyncReason'];

test('a namespace without our search attributes gets them, also from two concurrent starts', async () => {
  const namespace = `bare-${randomUUID()}`;
  await connection.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: { seconds: 86_400 as unknown as Long },
  });
  const missing = await untilKnown(() => missingSearchAttributes(connection, namespace));
  expect(missing).toEqual(ALL);
  await Promise.all([registerSearchAttributes(connection, namespace), registerSearchAttributes(connection, namespace)]);
  while ((await missingSearchAttributes(connection, namespace)).length > 0);
  expect(await registerSearchAttributes(connection, namespace)).toEqual([]);
});

test('a namespace that has them is not changed', async () => {
  expect(await registerSearchAttributes(connection, await takeNamespace())).toEqual([]);
});

test('the command for operators names the namespace and the missing attributes', () => {
  expect(registerCommand(['HubSpotPortalId', 'SyncReason'], 'sales')).toBe(
    'temporal operator search-attribute create --namespace sales --name HubSpotPortalId --type Int --name SyncReason --type Keyword',
  );
});

/** Waits for the namespace: Temporal takes seconds to make a new one known to all its services. */
async function untilKnown<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (;;) {
    const answer = await ask().catch(() => null);
    if (answer !== null) return answer;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

type Long = NonNullable<
  NonNullable<
    Parameters<Connection['workflowService']['registerNamespace']>[0]['workflowExecutionRetentionPeriod']
  >['seconds']
>;
