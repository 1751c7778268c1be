import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { deleteWorkspace } from '../../../src/cli/operator/delete-workspace';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeEach(async () => {
  stack = await startStack();
});
afterEach(() => stack.close());

const participants = [{ email: 'gone@workspace.example', name: 'Greta Gone' }];

/** Names of the tables with a row of the workspace or of its account's mirror. */
async function left(workspaceId: string): Promise<string[]> {
  const { db } = stack.product;
  const { rows } = await sql<{ table_name: string; column_name: string }>`
    select table_name, column_name from information_schema.columns
    where table_schema = 'public' and (column_name = 'workspace_id' or (table_name in ('crm_records', 'crm_associations', 'crm_events') and column_name = 'portal_id'))
  `.execute(db);
  const counted = await Promise.all(
    rows.map(async ({ table_name: table, column_name: column }) => {
      const value = column === 'workspace_id' ? workspaceId : String(stack.portalId);
      const found =
        await sql`select from ${sql.table(table)} where ${sql.ref(column)}::text = ${value} limit 1`.execute(db);
      return found.rows.length > 0 ? [table] : [];
    }),
  );
  return counted.flat();
}

test('a workspace is deleted with its activities in HubSpot, and another workspace keeps everything', async () => {
  const { db } = stack.product;
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@workspace.example' });
  await stack.sync(meeting({ meetingId: 'w1', participants }));
  await stack.sync(meeting({ meetingId: 'w2', participants }));
  await stack.apply();
  const other = await createWorkspace(db, 'Another');
  const parsed = processedMeetingSchema.parse(meeting({ meetingId: 'theirs', participants }));
  await acceptMeeting(db, { workspaceId: other.workspaceId, meeting: parsed });
  expect(await left(stack.workspaceId)).toContain('crm_records');
  expect(stack.sandbox.crm.timeline('contacts', id)).toHaveLength(4);

  expect(await deleteWorkspace(stack.product, stack.workspaceId)).toEqual({ meetings: 2, remaining: [] });
  expect(await left(stack.workspaceId)).toEqual([]);
  expect(stack.sandbox.crm.timeline('contacts', id)).toEqual([]);
  expect(stack.sandbox.tokens.installed(stack.portalId)).toBe(false);
  expect(await left(other.workspaceId)).toContain('meetings');
});

test('activities that remain in an unreachable account are reported', async () => {
  await stack.connect();
  stack.sandbox.crm.create('contacts', { email: 'gone@workspace.example' });
  const { engagements } = await stack.sync(meeting({ meetingId: 'w3', participants }));
  await stack.product.db.updateTable('connections').set({ state: 'reauthorize' }).execute();
  const { remaining } = await deleteWorkspace(stack.product, stack.workspaceId);
  expect(remaining.map(({ objectType, id }) => `${objectType}/${id}`).toSorted()).toEqual(
    [engagements.summary, engagements.notes].map((each) => `${each?.objectType}/${each?.id}`).toSorted(),
  );
  expect(await left(stack.workspaceId)).toEqual([]);
});

test('a meeting that is being synced leaves nothing behind', async () => {
  await stack.connect();
  const { id } = stack.sandbox.crm.create('contacts', { email: 'gone@workspace.example' });
  await stack.post(meeting({ meetingId: 'w4', participants }));
  await deleteWorkspace({ ...stack.product, timeScale: 1 }, stack.workspaceId);
  expect(stack.sandbox.crm.timeline('contacts', id)).toEqual([]);
  expect(await left(stack.workspaceId)).toEqual([]);
});
