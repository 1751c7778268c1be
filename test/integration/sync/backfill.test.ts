import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { BackfillDocument } from '../../../src/meeting/backfill';
import { processedMeetingSchema, type ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { findBackfill, recentBackfills } from '../../../src/store/jobs/backfill-documents';
import {
  acceptBackfill,
  addLines,
  changeBackfill,
  handOverNext,
  openBackfill,
} from '../../../src/store/jobs/backfills';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { acceptMeeting, dueSyncRequests, findMeeting } from '../../../src/store/meetings/meetings';
import { BACKGROUND_PRIORITY, backfillWorkflowId, bulkSyncWorkflowId } from '../../../src/temporal/names';
import type { BackfillWorkflow } from '../../../src/workflows/backfill';
import { recordHistory } from '../../support/histories';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack({ ownNamespace: true, timeScale: 0.01 });
});
afterEach(() => stack.close());

/** Meetings, each with one of {@link contacts}. */
const meetings = (count: number, from = 0): ProcessedMeetingInput[] =>
  Array.from({ length: count }, (_, index) =>
    meeting({ meetingId: `past-${from + index}`, participants: [{ email: `person${index % 5}@acme.example` }] }),
  );
const contacts = () =>
  Array.from({ length: 5 }, (_, index) =>
    stack.sandbox.crm.create('contacts', { email: `person${index}@acme.example` }),
  );

/** Stores a file of meetings the way the API does. */
async function accept(given: readonly ProcessedMeetingInput[]): Promise<string> {
  const { db } = stack.product;
  const id = await openBackfill(db, stack.workspaceId);
  const lines = given.map((one, index) => {
    const body = processedMeetingSchema.parse(one);
    return { line: index + 1, meetingId: body.meetingId, body: JSON.stringify(body) };
  });
  await addLines(db, id, lines);
  await acceptBackfill(db, id);
  return id;
}

const handleOf = (id: string): WorkflowHandle<typeof BackfillWorkflow> =>
  stack.temporal.workflow.getHandle(backfillWorkflowId(stack.workspaceId, id));
const found = async (backfillId: string): Promise<BackfillDocument> => {
  const document = await findBackfill(stack.product.db, { workspaceId: stack.workspaceId, backfillId });
  if (document === null) throw new Error('no backfill');
  return document;
};

/** Runs the server's sweeps until the condition holds. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- sweeping
  while (!(await isSo())) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    await stack.backfiller.sweep();
    // oxlint-disable-next-line no-await-in-loop -- as above
    await stack.starter.sweep(0);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(25);
  }
}
const untilDone = async (id: string) => await until(async () => (await found(id)).state === 'done');
const summaries = () => stack.sandbox.crm.list('meetings');

test('every meeting of a file is written to HubSpot once, and posting the file again changes nothing', async () => {
  await stack.connect();
  const known = contacts();
  // A meeting id that occurs twice: the later line wins.
  const changed = { ...meetings(1)[0], meetingId: 'past-0', title: 'Changed' } as ProcessedMeetingInput;
  const file = [
    ...meetings(40),
    meeting({ meetingId: 'unknown', participants: [{ email: 'x@nowhere.example' }] }),
    changed,
  ];
  const id = await accept(file);
  await untilDone(id);
  await handleOf(id).result();
  await recordHistory(handleOf(id));

  const document = await found(id);
  expect(document).toMatchObject({ lines: 42, meetings: 41, left: 0, faultyLines: 0, held: null, forecast: null });
  expect(document.counts).toMatchObject({ synced: 40, skipped: 1, accepted: 0, needs_attention: 0 });
  expect(document.finishedAt).not.toBeNull();
  expect(summaries()).toHaveLength(40);
  for (const { id: contactId } of known) expect(stack.sandbox.crm.timeline('contacts', contactId)).toHaveLength(16);
  expect((await stack.status('past-0')).engagements.summary).not.toBeNull();
  expect(
    summaries().filter(({ properties }) => String(properties['hs_meeting_title']).includes('Changed')),
  ).toHaveLength(1);
  expect(
    await stack.product.db.selectFrom('backfill_lines').select('line').where('body', 'is not', null).execute(),
  ).toEqual([]);

  const again = await accept(file.slice(1));
  await untilDone(again);
  expect((await found(again)).counts).toEqual({ ...document.counts });
  expect(summaries()).toHaveLength(40);
});

test('a backfill waits without a connection and continues once HubSpot is connected', async () => {
  const id = await accept(meetings(10));
  await until(
    async () =>
      (await handleOf(id)
        .query<unknown>('progress')
        .catch(() => null)) !== null,
  );
  expect(await found(id)).toMatchObject({ state: 'running', left: 10, held: { code: 'not_connected' } });
  expect(await dueSyncRequests(stack.product.db, { limit: 10, olderThanMs: 0 })).toEqual([]);

  contacts();
  await stack.connect();
  await untilDone(id);
  expect((await found(id)).counts).toMatchObject({ synced: 10, needs_attention: 0 });
});

/** The meetings that wait for a bulk pass. */
const dueInBulk = async () =>
  await stack.product.db
    .selectFrom('meetings')
    .select('meeting_id')
    .where('sync_in_bulk', '=', true)
    .where('sync_requested_at', 'is not', null)
    .execute();

/** Accepts a file, and waits until as many of its meetings as allowed are due. No bulk pass runs yet. */
async function acceptMoreThanAllowed(): Promise<string> {
  const id = await accept(meetings(430));
  await stack.backfiller.sweep();
  // oxlint-disable-next-line no-await-in-loop -- until they are
  while ((await dueInBulk()).length === 0) await sleep(25);
  return id;
}

test('at most 400 meetings of a backfill run concurrently, and a meeting posted meanwhile has its own workflow', async () => {
  await stack.connect();
  contacts();
  const id = await acceptMoreThanAllowed();
  // The workflow's next check does not add more.
  const looks = async () => (await handleOf(id).describe()).historyLength;
  const before = await looks();
  // oxlint-disable-next-line no-await-in-loop -- until it has looked twice more
  while ((await looks()) < before + 20) await sleep(25);
  expect(await dueInBulk()).toHaveLength(400);
  expect(await found(id)).toMatchObject({ left: 430, counts: { accepted: 430 } });

  await acceptMeeting(stack.product.db, {
    workspaceId: stack.workspaceId,
    meeting: processedMeetingSchema.parse(meeting({ meetingId: 'live' })),
  });
  const due = await dueSyncRequests(stack.product.db, { limit: 1_000, olderThanMs: 0 });
  expect(due).toMatchObject([{ meetingId: 'live', background: false }]);

  const priorityOf = async (workflowId: string) =>
    (await stack.temporal.workflow.getHandle(workflowId).describe()).priority?.priorityKey ?? 3;
  // oxlint-disable-next-line no-await-in-loop -- until Temporal has it
  while ((await stack.starter.sweep(0)) === 0);
  expect(await priorityOf((await stack.status('live')).workflow.id)).toBeLessThan(BACKGROUND_PRIORITY);
  expect(await priorityOf(bulkSyncWorkflowId(stack.workspaceId))).toBe(BACKGROUND_PRIORITY);
  await untilDone(id);
  expect((await found(id)).counts).toMatchObject({ synced: 430 });
  expect(summaries()).toHaveLength(430);
});

test('a meeting posted after a file was received takes precedence over its lines', async () => {
  const posted = async (title: string) =>
    await acceptMeeting(stack.product.db, {
      workspaceId: stack.workspaceId,
      meeting: processedMeetingSchema.parse({ ...meetings(1)[0], title }),
    });
  contacts();
  await posted('Posted before');
  const line = (title: string) => ({ ...meetings(1)[0], title }) as ProcessedMeetingInput;
  const [older, newer] = [
    await accept([line('Of the file'), line('Corrected in the file')]),
    await accept(meetings(2)),
  ];
  await stack.connect();
  await untilDone(older);
  await untilDone(newer);
  const titleOf = async () =>
    (await findMeeting(stack.product.db, { workspaceId: stack.workspaceId, meetingId: 'past-0' }))?.title;
  expect(await titleOf()).toBe(meetings(1)[0]?.title);

  const late = await openBackfill(stack.product.db, stack.workspaceId);
  await posted('Posted since');
  const body = processedMeetingSchema.parse(line('Of a file that came in before'));
  await addLines(stack.product.db, late, [{ line: 1, meetingId: 'past-0', body: JSON.stringify(body) }]);
  await acceptBackfill(stack.product.db, late);
  await untilDone(late);
  expect(await titleOf()).toBe('Posted since');
  expect(stack.sandbox.crm.list('meetings')).toHaveLength(2);

  const again = await accept([line('Erased meanwhile')]);
  await requestDeletion(stack.product.db, stack.workspaceId, 'past-0');
  await untilDone(again);
  expect(await stack.until('past-0', 'deleted')).toMatchObject({ engagements: { summary: null } });
  expect(stack.sandbox.crm.list('meetings')).toHaveLength(1);
});

test('a requested meeting of a file no longer has the low priority', async () => {
  await stack.connect();
  contacts();
  const id = await accept(meetings(1));
  await untilDone(id);
  const isBackground = async () =>
    (await stack.product.db.selectFrom('meetings').select('background').executeTakeFirstOrThrow()).background;
  expect(await isBackground()).toBe(true);
  await stack.resync('past-0');
  expect(await isBackground()).toBe(false);
});

test('a backfill cancelled in Temporal skips its remaining meetings', async () => {
  await stack.connect();
  contacts();
  const id = await acceptMoreThanAllowed();
  await handleOf(id).cancel();
  await expect(handleOf(id).result()).rejects.toThrow('Workflow execution cancelled');
  const document = await found(id);
  expect(document).toMatchObject({ state: 'stopped', left: 0 });
  const { accepted, syncing, waiting, synced } = document.counts;
  // Its counts from before the stop stay in the document.
  const [summary] = await recentBackfills(stack.product.db, stack.workspaceId, 1);
  const counts = Object.values(summary?.counts ?? {});
  expect(counts.reduce((sum, count) => sum + count, 0)).toBe(accepted + syncing + waiting + synced);
  expect(accepted + syncing + waiting + synced).toBe(400);
  await until(async () => (await found(id)).counts.synced === 400);
  expect(summaries()).toHaveLength(400);
});

test('a paused backfill hands nothing over, also in a new run, and goes on when it is resumed', async () => {
  const { db } = stack.product;
  await stack.connect();
  contacts();
  const id = await accept(meetings(3));
  const key = { workspaceId: stack.workspaceId, backfillId: id };
  expect(await changeBackfill(db, key, 'pause')).toBe(true);
  await stack.backfiller.sweep();
  const checkedWhilePaused = async () =>
    (
      await handleOf(id)
        .query<{ held: string | null } | null>('progress')
        .catch(() => null)
    )?.held === 'paused';
  await until(checkedWhilePaused);
  await handleOf(id).terminate();
  await stack.backfiller.restart();
  await until(checkedWhilePaused);
  expect(await found(id)).toMatchObject({ state: 'running', paused: true, left: 3, counts: { accepted: 3 } });
  expect(await db.selectFrom('meetings').select('meeting_id').execute()).toEqual([]);

  await handleOf(id).signal('resume');
  await untilDone(id);
  expect(await found(id)).toMatchObject({ paused: false, counts: { synced: 3 } });
  expect(await changeBackfill(db, key, 'pause')).toBe(false);
});

test('the signal "pause" holds back the lines that are left', async () => {
  const id = await accept(meetings(3));
  await stack.backfiller.sweep();
  await handleOf(id).signal('pause');
  await until(async () => (await found(id)).paused);
  contacts();
  await stack.connect();
  expect(await handOverNext(stack.product.db, { workspaceId: stack.workspaceId, backfillId: id }, 3)).toBe(0);
  expect(await found(id)).toMatchObject({ state: 'running', left: 3 });
});

test('a stopped backfill deletes the lines that are left, and its workflow ends', async () => {
  const { db } = stack.product;
  await stack.connect();
  contacts();
  const id = await acceptMoreThanAllowed();
  expect(await changeBackfill(db, { workspaceId: stack.workspaceId, backfillId: id }, 'stop')).toBe(true);
  expect(await handleOf(id).result()).toMatchObject({ waiting: 0, done: true });
  expect(await found(id)).toMatchObject({ state: 'stopped', paused: false, left: 0, counts: { accepted: 400 } });
  expect(await db.selectFrom('backfill_lines').select('line').where('body', 'is not', null).execute()).toEqual([]);
});
