import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultAction } from '../../../sandbox/http/faults';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { backfilled } from '../../support/bulk';
import { connectToSandbox } from '../../support/connect';
import { meeting } from '../../support/meetings';
import { startStack, type Account, type Stack } from '../../support/stack';

const MEETINGS = 60;

let stack: Stack;
let other: Account;
beforeEach(async () => {
  stack = await startStack();
  await stack.connect();
  const { workspaceId } = await createWorkspace(stack.product.db, `other-${stack.workspaceId}`);
  other = { workspaceId, portalId: stack.sandbox.portals.create().id };
  await connectToSandbox(stack.product, stack.sandbox, other);
});
afterEach(() => stack.close());

async function synced({ workspaceId }: Account): Promise<number> {
  const { count } = await stack.product.db
    .selectFrom('meetings')
    .select((select) => select.fn.countAll<number>().as('count'))
    .where('workspace_id', '=', workspaceId)
    .where('status', '=', 'synced')
    .executeTakeFirstOrThrow();
  return count;
}

async function sweepUntil(isSo: () => Promise<boolean>): Promise<void> {
  // oxlint-disable-next-line no-await-in-loop -- sweeping
  while (!(await isSo())) {
    // oxlint-disable-next-line no-await-in-loop -- as above
    await stack.starter.sweep(0);
    // oxlint-disable-next-line no-await-in-loop -- as above
    await sleep(25);
  }
}

test.each<[string, FaultAction]>([
  ['refuses every request', { kind: 'rate-limit-429', policy: 'TEN_SECONDLY_ROLLING' }],
  ['does not answer', { kind: 'hang' }],
])('an account that %s does not hold up the bulk and live work of another one', async (_case, action) => {
  const { sandbox } = stack;
  sandbox.faults.add({ match: { portalId: stack.portalId }, action });
  sandbox.requests.clear();
  const held = await backfilled(stack, 'held', MEETINGS);
  await sweepUntil(() => Promise.resolve(sandbox.requests.list().length > 0));

  const free = await backfilled(stack, 'free', MEETINGS, other);
  const live = postedMeetingSchema.parse(
    meeting({ meetingId: 'live', participants: [{ email: 'free-0@acme.example' }] }),
  );
  await acceptMeeting(stack.product.db, { workspaceId: other.workspaceId, ...live });
  await sweepUntil(async () => (await synced(other)) === MEETINGS + 1);
  expect(await synced(stack)).toBe(0);

  sandbox.faults.clear();
  await sweepUntil(async () => (await synced(stack)) === MEETINGS);
  const timelines = (of: readonly { contactId: string }[], { portalId }: Account) =>
    of.map(({ contactId }) => sandbox.crm.timeline('contacts', contactId, { portalId }).length);
  expect(timelines(held, stack)).toEqual(held.map(() => 2));
  expect(timelines(free.slice(1), other)).toEqual(free.slice(1).map(() => 2));
  expect(timelines(free.slice(0, 1), other)).toEqual([4]);
});
