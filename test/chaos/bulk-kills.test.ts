import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { bulkSyncWorkflowId } from '../../src/temporal/names';
import { meeting } from '../support/meetings';
import { startPrograms, type Programs } from '../support/programs';

const MEETINGS = 150;
const ids = Array.from({ length: MEETINGS }, (_, index) => `killed-${index}`);

let programs: Programs;
beforeAll(async () => {
  programs = await startPrograms();
  await programs.connect();
  await Promise.all([programs.addWorker({}), programs.addWorker({})]);
  programs.sandbox.crm.create('contacts', { email: 'marc.serra@acme.example' });
});
afterAll(() => programs.stop());

test('of three workers two are killed in the middle of a bulk pass, and every meeting is written once', async () => {
  const lines = ids.map((meetingId) => JSON.stringify(meeting({ meetingId })));
  const answer = await fetch(`${programs.url}/api/v1/backfills`, {
    method: 'POST',
    headers: { authorization: `Bearer ${programs.apiKey}`, 'content-type': 'application/x-ndjson' },
    body: lines.join('\n'),
  });
  expect(answer.status).toBe(202);

  const killed = new Set<number>();
  for (const written of [20, 120]) {
    // oxlint-disable-next-line no-await-in-loop -- one kill after the other
    await activities(written);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const pid = await bulkWorker(killed);
    process.kill(pid, 'SIGKILL');
    killed.add(pid);
  }
  expect(killed.size).toBe(2);
  for (const meetingId of ids) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    await programs.until(meetingId, 'synced');
  }
  for (const objectType of ['meetings', 'notes']) {
    const bodies = programs.sandbox.crm.list(objectType).map(({ properties }) => JSON.stringify(properties));
    const counts = ids.map((meetingId) => bodies.filter((body) => body.includes(`/meetings/${meetingId}?`)).length);
    expect([objectType, ...counts]).toEqual([objectType, ...ids.map(() => 1)]);
  }
});

/** Waits until HubSpot has this many activities. */
async function activities(count: number): Promise<void> {
  const written = () => ['meetings', 'notes'].flatMap((type) => programs.sandbox.crm.list(type)).length;
  // oxlint-disable-next-line no-await-in-loop -- polling
  while (written() < count) await sleep(10);
}

/** The process of a living worker that runs the bulk pass now. */
async function bulkWorker(killed: ReadonlySet<number>): Promise<number> {
  for (;;) {
    // oxlint-disable-next-line no-await-in-loop -- polling
    const { raw } = await programs.temporal.workflow.getHandle(bulkSyncWorkflowId('default')).describe();
    const identity = raw.pendingActivities?.find(({ state }) => Number(state) === STARTED)?.lastWorkerIdentity ?? '';
    const pid = Number(identity.split('@')[0]);
    if (pid > 0 && !killed.has(pid)) return pid;
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(50);
  }
}

/** `temporal.api.enums.v1.PendingActivityState`. */
const STARTED = 2;
