import { beforeAll, expect, test } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import type { Warning } from '../../../src/meeting/warnings/warnings';
import { deleteExpiredContent, requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { changeSettings } from '../../../src/store/settings/settings';
import { statusDocument } from '../../../src/store/meetings/status-documents';
import { savePassWarnings } from '../../../src/store/meetings/warnings';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';
import { TEST_ACTOR } from '../../support/actors';

const UI = { temporalUiUrl: null, namespace: 'default' };

const { db } = useDatabase();
let workspaceId: string;
beforeAll(async () => {
  ({ workspaceId } = await createWorkspace(db, 'Northwind'));
});

const intake: Warning = { path: 'participants[1].email', message: 'has no address.' };
const owner: Warning = { path: 'hubspot_owner_id', message: 'The owner is deactivated.' };
const association: Warning = { path: 'deals/7', message: 'HubSpot refused the association.' };

type Taken = { readonly title?: string; readonly warnings?: readonly Warning[] };

async function take(meetingId: string, { title = 'Discovery', warnings = [] }: Taken = {}) {
  const body = processedMeetingSchema.parse(meeting({ meetingId, title }));
  return await acceptMeeting(db, { workspaceId, meeting: body, warnings });
}

async function taken(given: Taken = {}) {
  const meetingId = randomUUID();
  await take(meetingId, given);
  return { workspaceId, meetingId };
}

const warningsOf = async (meetingId: string) =>
  (await statusDocument(db, workspaceId, meetingId, UI))?.warnings ?? null;

test('a step replaces its own warnings and keeps those of other steps and of the posted body', async () => {
  const key = await taken({ warnings: [intake] });
  await savePassWarnings(db, key, 'owner', [owner]);
  await savePassWarnings(db, key, 'associations', [association]);
  expect(await warningsOf(key.meetingId)).toEqual([intake, association, owner]);

  await savePassWarnings(db, key, 'owner', []);
  expect(await warningsOf(key.meetingId)).toEqual([intake, association]);
});

test('concurrent steps keep the warnings of both', async () => {
  const key = await taken();
  const steps = ['one', 'two', 'three', 'four'];
  await Promise.all(steps.map((step) => savePassWarnings(db, key, step, [{ path: step, message: 'is left out.' }])));
  expect((await warningsOf(key.meetingId))?.map(({ path }) => path).toSorted()).toEqual(steps.toSorted());
});

test('a changed body replaces its warnings, those of the last pass stay until the next one', async () => {
  const key = await taken({ warnings: [intake] });
  await savePassWarnings(db, key, 'owner', [owner]);
  expect(await take(key.meetingId, { title: 'Renewal' })).toBe('updated');
  expect(await warningsOf(key.meetingId)).toEqual([owner]);
});

test('the same content with other warnings changes only the warnings', async () => {
  const key = await taken({ warnings: [intake] });
  expect(await take(key.meetingId, { warnings: [intake] })).toBe('unchanged');
  expect(await warningsOf(key.meetingId)).toEqual([intake]);
  expect(await take(key.meetingId)).toBe('unchanged');
  expect(await warningsOf(key.meetingId)).toEqual([]);
});

test('100 warnings are listed, and the others counted', async () => {
  const many = Array.from({ length: 103 }, (_, index) => ({
    path: `participants[${index}].email`,
    message: 'is odd.',
  }));
  const key = await taken({ warnings: many });
  const warnings = await warningsOf(key.meetingId);
  expect(warnings).toHaveLength(101);
  expect(warnings?.at(-1)).toEqual({ path: '', message: '3 more warnings are not listed.' });
});

test('a deleted meeting keeps no warning and gets none from a running pass', async () => {
  const key = await taken({ warnings: [intake] });
  await savePassWarnings(db, key, 'owner', [owner]);
  await requestDeletion(db, workspaceId, key.meetingId);
  expect(await warningsOf(key.meetingId)).toEqual([]);
  await savePassWarnings(db, key, 'owner', [owner]);
  expect(await warningsOf(key.meetingId)).toEqual([]);
});

test('expired content is deleted with its warnings', async () => {
  const other = await createWorkspace(db, 'Expiring');
  const key = { workspaceId: other.workspaceId, meetingId: 'old' };
  const body = processedMeetingSchema.parse(meeting({ meetingId: 'old' }));
  await acceptMeeting(db, { workspaceId: key.workspaceId, meeting: body, warnings: [intake] });
  await savePassWarnings(db, key, 'owner', [owner]);
  await db
    .updateTable('meetings')
    .set({ status: 'synced', sync_requested_at: null, posted_at: new Date('2020-01-01') })
    .where('workspace_id', '=', key.workspaceId)
    .execute();
  await changeSettings(db, key.workspaceId, { retentionDays: 30 }, TEST_ACTOR);
  expect(await deleteExpiredContent(db, 10)).toBe(1);
  expect((await statusDocument(db, key.workspaceId, 'old', UI))?.warnings).toEqual([]);
});

test('an erased person is masked in warnings', async () => {
  const key = await taken({ warnings: [{ path: 'participants[1].name', message: 'Marc Serra is cut.' }] });
  await savePassWarnings(db, key, 'contact', [
    { path: 'marc.serra@acme.example', message: 'HubSpot refused Marc Serra.' },
  ]);
  await erasePerson(
    db,
    { workspaceId, portalId: 1 },
    { records: [], emails: ['marc.serra@acme.example'], names: ['Marc Serra'] },
  );
  expect(await warningsOf(key.meetingId)).toEqual([
    { path: 'participants[1].name', message: '[erased] is cut.' },
    { path: '[erased]', message: 'HubSpot refused [erased].' },
  ]);
});
