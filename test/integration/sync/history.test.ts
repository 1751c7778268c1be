import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import {
  countUnderWay,
  listPasses,
  recordPassStart,
  recordPassEnd,
  recordStep,
} from '../../../src/store/meetings/sync-passes';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'marc.serra@acme.example' });
  const deal = crm.create('deals', { dealname: 'Acme: 120 seats' });
  crm.associate('contacts', contact.id, 'deals', deal.id);
});
afterAll(async () => {
  await stack.close();
});
beforeEach(() => stack.sandbox.faults.clear());

const participants = [{ email: 'marc.serra@acme.example', name: 'Marc Serra' }];
const passes = (meetingId: string) => listPasses(stack.product.db, { workspaceId: stack.workspaceId, meetingId });
/** The rows of the whole history, or of one meeting's, as JSON. */
const history = async (meetingId?: string) => {
  const { db } = stack.product;
  const rows = await db.selectFrom('sync_attempts').selectAll().execute();
  const asked = rows.filter((row) => meetingId === undefined || row.meeting_id === meetingId);
  const ids = new Set(asked.map(({ id }) => id));
  const steps = await db.selectFrom('sync_steps').selectAll().execute();
  return JSON.stringify([asked, steps.filter((row) => ids.has(row.attempt_id))]);
};

test('the history shows each step of a pass with its requests but without their content', async () => {
  const { workflow } = await stack.sync(meeting({ meetingId: 'recorded', participants }));

  const [pass, ...others] = await passes('recorded');
  expect(others).toEqual([]);
  expect(pass).toMatchObject({ runId: workflow.runId, outcome: 'synced', reason: null });
  expect(pass?.endedAt?.getTime()).toBeGreaterThanOrEqual(pass?.startedAt.getTime() ?? Infinity);
  const steps = new Map(pass?.steps.map((step) => [step.activity, step]));
  expect([...steps.keys()].slice(0, 3)).toEqual(['beginSync', 'resolveParticipants', 'expandCascades']);
  expect(steps.get('expandCascades')).toMatchObject({ done: { links: 2 }, failure: null, tries: 1 });
  expect(steps.get('writeSummary')?.done).toMatchObject({ written: 'created' });
  expect(steps.get('writeSummary')?.requests).toMatchObject([
    { method: 'POST', route: '/crm/objects/2026-03/meetings/batch/create', inputs: 1, status: 201, said: null },
  ]);
  expect(steps.get('writeNotes')?.requests).toMatchObject([{ route: '/crm/objects/2026-03/notes/batch/create' }]);

  await stack.resync('recorded');
  expect((await passes('recorded')).map(({ outcome }) => outcome)).toEqual(['synced', 'synced']);
  const kept = await history('recorded');
  for (const content of ['acme', 'discovery', 'Serra', 'northwind', 'security questionnaire', '€40k'])
    expect(kept.toLowerCase()).not.toContain(content.toLowerCase());
});

test('a batch that serves several meetings is in the history of each', async () => {
  stack.sandbox.requests.clear();
  // HubSpot's rate limit holds up the first creates, so that the others gather in a batch, on a busy machine too.
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/meetings/batch/create' },
    times: 1,
    action: { kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING', retryAfter: 3 },
  });
  await Promise.all(
    Array.from({ length: 6 }, async (_, index) => {
      const meetingId = `shared-${index}`;
      return await stack.sync(meeting({ meetingId, participants }));
    }),
  );
  const sent = stack.sandbox.requests.list({ method: 'POST', path: '/crm/objects/2026-03/meetings/batch/create' });
  expect(sent.length).toBeLessThan(6);
  for (let index = 0; index < 6; index += 1) {
    const [pass] = await passes(`shared-${index}`);
    const summary = pass?.steps.find((step) => step.activity === 'writeSummary');
    expect(summary?.requests.map(({ route }) => route)).toContain('/crm/objects/2026-03/meetings/batch/create');
  }
});

test("a refusal is shown with HubSpot's message, without quoted values", async () => {
  const refusal = {
    status: 'error',
    message: '"Marc Serra" <marc.serra@acme.example> breaks rule hs_x',
    category: 'VALIDATION_ERROR',
    correlationId: 'c0ffee',
  };
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/meetings/batch/create' },
    action: { kind: 'status', status: 400, body: refusal },
  });
  await stack.sync(meeting({ meetingId: 'refused', participants }));
  const [pass] = await passes('refused');
  expect(pass).toMatchObject({ outcome: 'needs_attention', reason: { code: 'hubspot_rejected' } });
  const summary = pass?.steps.find((step) => step.activity === 'writeSummary');
  expect(summary).toMatchObject({ done: null, failure: expect.stringContaining('breaks rule hs_x') });
  expect(summary?.requests.find(({ said }) => said !== null)).toMatchObject({
    status: 400,
    correlationId: 'c0ffee',
    said: expect.stringContaining('breaks rule hs_x'),
  });
  expect(await history()).not.toContain('serra');

  stack.sandbox.faults.clear();
  await stack.resync('refused');
  expect((await passes('refused')).map(({ outcome }) => outcome)).toEqual(['synced', 'needs_attention']);
});

test('a retried step is shown once, with the requests of all attempts', async () => {
  stack.sandbox.faults.add({
    match: { method: 'POST', path: '/notes/batch/create' },
    times: 1,
    action: { kind: 'locked-423' },
  });
  await stack.sync(meeting({ meetingId: 'again', participants }));
  const notes = (await passes('again'))[0]?.steps.find((step) => step.activity === 'writeNotes');
  expect(notes).toMatchObject({ tries: 2, done: { written: 'created' }, failure: null });
  expect(notes?.requests.map(({ status }) => status)).toEqual([423, 201]);
});

test('a pass without a connection is in the history', async () => {
  const { db } = stack.product;
  const connection = await db.selectFrom('connections').selectAll().executeTakeFirstOrThrow();
  await db.deleteFrom('connections').execute();
  try {
    await stack.sync(meeting({ meetingId: 'unconnected', participants }));
  } finally {
    await db.insertInto('connections').values(connection).execute();
  }
  const [pass] = await passes('unconnected');
  expect(pass).toMatchObject({ outcome: 'needs_attention', reason: { code: 'not_connected' } });
  expect(pass?.steps).toMatchObject([{ activity: 'beginSync', done: null, requests: [] }]);
  expect((await stack.resync('unconnected')).status).toBe('synced');
});

test('the history is deleted with the meeting', async () => {
  await stack.sync(meeting({ meetingId: 'erased', participants }));
  expect(await passes('erased')).toHaveLength(1);
  await requestDeletion(stack.product.db, stack.workspaceId, 'erased');
  await stack.starter.start(stack.workspaceId, 'erased');
  const handle = stack.temporal.workflow.getHandle((await stack.status('erased')).workflow.id);
  await handle.result();
  expect((await stack.status('erased')).status).toBe('deleted');
  expect(await passes('erased')).toEqual([]);
});

test('the last 20 passes and the last requests of many attempts are kept', async () => {
  const { db } = stack.product;
  const key = { workspaceId: stack.workspaceId, meetingId: 'bounded' };
  await stack.sync(meeting({ meetingId: 'bounded', participants }));
  for (let pass = 1; pass <= 25; pass += 1) {
    await recordPassStart(db, key, { workflowId: null, runId: `run-${pass}`, begunBy: '1', ms: 5 });
    await recordPassStart(db, key, { workflowId: null, runId: `run-${pass}`, begunBy: '1', ms: 5 });
    await recordPassEnd(db, key, `run-${pass}`, 'synced');
  }
  const kept = await passes('bounded');
  expect(kept.map(({ runId }) => runId)).toEqual(Array.from({ length: 20 }, (_, index) => `run-${25 - index}`));
  const request = (route: string) => ({
    at: '',
    method: 'GET',
    route,
    inputs: null,
    status: 500,
    ms: 1,
    said: 'x',
    correlationId: null,
  });
  for (let attempt = 1; attempt <= 30; attempt += 1)
    await recordStep(db, key, 'run-25', {
      activity: 'associate',
      attempt,
      ms: 5,
      done: null,
      failure: 'x',
      requests: [request(`/${attempt}`)],
      requestsLeftOut: 0,
    });
  const [step] = (await passes('bounded'))[0]?.steps ?? [];
  expect(step).toMatchObject({ tries: 30, requestsLeftOut: 10 });
  expect(step?.requests.map(({ route }) => route)).toEqual(Array.from({ length: 20 }, (_, index) => `/${11 + index}`));
});

test('unfinished meetings are counted, with the rate of finished ones', async () => {
  const { db } = stack.product;
  const ids = ['counted-0', 'counted-1'];
  await Promise.all(ids.map((meetingId) => stack.sync(meeting({ meetingId, participants }))));
  expect(await countUnderWay(db, stack.workspaceId)).toMatchObject({ meetings: 0, waiting: 0 });
  await db.updateTable('meetings').set({ status: 'waiting' }).where('meeting_id', '=', 'counted-0').execute();
  await db
    .updateTable('meetings')
    .set({ sync_requested_at: new Date('2099-01-01') })
    .where('meeting_id', 'in', ids)
    .execute();
  const { meetings, waiting, perMinute } = await countUnderWay(db, stack.workspaceId);
  expect([meetings, waiting]).toEqual([2, 1]);
  expect(perMinute).toBeGreaterThan(0);
});
