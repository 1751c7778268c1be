import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusDocument } from '../../../src/meeting/status';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

/** Search knows a record after two seconds, and the product looks again after three. */
let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ ownNamespace: true, timeScale: 0.1, sandbox: { searchLagMs: 2_000 } });
  await stack.connect();
});
afterAll(() => stack.close());

/** Sweeps as the server does, because a bulk pass hands a meeting over to its workflow for the second look. */
async function allSynced(meetings: readonly string[]): Promise<StatusDocument[]> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    await stack.starter.sweep(0);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const documents = await Promise.all(meetings.map((meetingId) => stack.status(meetingId)));
    if (documents.every(({ status }) => status === 'synced')) return documents;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(50);
  }
}

test.each([
  [1, 'by its workflow'],
  [12, 'in bulk'],
])('%s meetings that an event concerns are searched for again once, %s', async (count, how) => {
  const { crm } = stack.sandbox;
  const domain = `second-${count}.example`;
  const meetings = Array.from({ length: count }, (_, index) => `${how.replaceAll(' ', '-')}-${index}`);
  for (const [index, meetingId] of meetings.entries())
    // oxlint-disable-next-line no-await-in-loop -- one sync after the other
    await stack.sync(meeting({ meetingId, participants: [{ email: `guest-${index}@${domain}` }] }));
  // The company that the event names is gone when it is read. No event names the other one.
  const gone = crm.create('companies', { name: 'Gone', domain }).id;
  crm.archive('companies', gone);
  const { id } = crm.create('companies', { name: 'Second', domain }, { searchable: false });
  await stack.apply({
    subscriptionType: 'company.propertyChange',
    objectId: Number(gone),
    propertyName: 'domain',
    propertyValue: domain,
  });
  const documents = await allSynced(meetings);
  expect(documents.map(({ links }) => links.map((link) => link.id))).toEqual(meetings.map(() => [id]));
});
