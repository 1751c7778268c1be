import { beforeEach, expect, test } from '@jest/globals';
import { postedMeetingSchema } from '../../../src/meeting/intake/schema';
import type { SyncReason, SyncStatus } from '../../../src/meeting/status';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { saveParticipants } from '../../../src/store/mirror/mirror';
import { requestContacts } from '../../../src/store/meetings/participants';
import {
  countOutcomes,
  countReleased,
  listCauses,
  listMissingPeople,
  medianSeconds,
  readSetup,
} from '../../../src/store/overview/overview-facts';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();
let workspaceId: string;
let made = 0;
beforeEach(async () => {
  ({ workspaceId } = await createWorkspace(db, `overview-${(made += 1)}`));
});

const NONE = new Date(0);
const anyone = () => true;
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
const because = (code: SyncReason['code'], message = 'It happened.'): SyncReason => ({
  code,
  message,
  action: 'Do it.',
});

/** A stored meeting with that outcome. */
async function put(
  meetingId: string,
  status: SyncStatus,
  {
    reason = null,
    unmatched = [],
    seconds,
    minutes = 1,
  }: {
    reason?: SyncReason | null;
    unmatched?: { email: string; name: string | null }[];
    seconds?: number;
    minutes?: number;
  } = {},
): Promise<void> {
  const participants = unmatched.map(({ email, name }) => ({ email, name: name ?? 'A Person' }));
  const posted = meeting({ meetingId, ...(participants.length === 0 ? {} : { participants }) });
  await acceptMeeting(db, { workspaceId, meeting: postedMeetingSchema.parse(posted).meeting });
  const at = minutesAgo(minutes);
  await db
    .updateTable('meetings')
    .set({
      status,
      reason: reason && JSON.stringify(reason),
      unmatched: JSON.stringify(unmatched),
      accepted_at: at,
      posted_at: at,
      updated_at: at,
      sync_requested_at: null,
    })
    .where('workspace_id', '=', workspaceId)
    .where('meeting_id', '=', meetingId)
    .execute();
  // As a pass does.
  await saveParticipants(
    db,
    { workspaceId, meetingId },
    unmatched.map(({ email }) => ({ email: email.toLowerCase(), name: null, domain: null })),
  );
  if (seconds === undefined) return;
  const ended = new Date(at.getTime() + seconds * 1_000);
  await db
    .insertInto('sync_attempts')
    .values({
      workspace_id: workspaceId,
      meeting_id: meetingId,
      run_id: `run-${meetingId}`,
      workflow_id: null,
      begun_by: 'beginSync',
      started_at: at,
      ended_at: ended,
      outcome: status,
      reason: null,
    })
    .execute();
}

test('Meetings count by what became of them, within the period and the workspace', async () => {
  await put('on', 'synced');
  await put('accepted', 'accepted');
  await put('waiting', 'waiting');
  await put('stopped', 'needs_attention', { reason: because('hubspot_rejected') });
  await put('unknown', 'skipped', { reason: because('no_crm_match') });
  await put('internal', 'skipped', { reason: because('internal_only') });
  await put('deleted', 'deleted');
  await put('old', 'synced', { minutes: 31 * 24 * 60 });
  await put('old-stopped', 'needs_attention', { minutes: 31 * 24 * 60, reason: because('hubspot_rejected') });
  const expected = { onTimelines: 1, underWay: 2, needAttention: 2, notInHubSpot: 1, skipped: 1 };
  expect(await countOutcomes(db, workspaceId, 30)).toEqual(expected);
  expect(await countOutcomes(db, workspaceId, 40)).toEqual({ ...expected, onTimelines: 2 });
  const { workspaceId: other } = await createWorkspace(db, `other-${made}`);
  expect(await countOutcomes(db, other, 30)).toMatchObject({ onTimelines: 0, underWay: 0 });
});

test('The median is that of meetings posted since the connection, and null without any', async () => {
  expect(await medianSeconds(db, workspaceId, NONE)).toBeNull();
  await put('a', 'synced', { seconds: 2, minutes: 10 });
  await put('b', 'synced', { seconds: 4, minutes: 10 });
  await put('c', 'synced', { seconds: 30, minutes: 10 });
  await put('waited', 'synced', { seconds: 7_200, minutes: 200 });
  await put('skipped', 'skipped', { seconds: 1, minutes: 10, reason: because('internal_only') });
  expect(await medianSeconds(db, workspaceId, minutesAgo(60))).toBeCloseTo(4);
});

test('Meetings that waited until an account was connected count once, by what became of them', async () => {
  const connected = minutesAgo(5);
  const pass = async (meetingId: string, minutes: number, outcome: SyncStatus, reason: SyncReason | null = null) => {
    const at = minutesAgo(minutes);
    await db
      .insertInto('sync_attempts')
      .values({
        workspace_id: workspaceId,
        meeting_id: meetingId,
        run_id: `run-${minutes}`,
        workflow_id: null,
        begun_by: 'beginSync',
        started_at: at,
        ended_at: at,
        outcome,
        reason: reason && JSON.stringify(reason),
      })
      .execute();
  };
  const blocked = because('not_connected');
  for (const [id, status] of [
    ['done', 'synced'],
    ['skipped', 'skipped'],
    ['again', 'syncing'],
    ['stopped', 'needs_attention'],
  ] as const) {
    await put(id, status, { minutes: 9, reason: status === 'needs_attention' ? because('hubspot_rejected') : null });
    await pass(id, 9, 'needs_attention', blocked);
    await pass(id, 4, status === 'syncing' ? 'needs_attention' : status, blocked);
    await pass(id, 3, 'synced');
  }
  await put('queued', 'accepted', { minutes: 9 });
  // None of these waited for the account.
  await put('later', 'synced', { minutes: 2 });
  await pass('later', 2, 'synced');
  await put('before', 'synced', { minutes: 30 });
  await pass('before', 30, 'synced');
  await put('changed', 'synced', { minutes: 30 });
  await pass('changed', 30, 'skipped', because('no_crm_match'));
  await pass('changed', 1, 'synced');
  expect(await countReleased(db, workspaceId, connected)).toEqual({ done: 2, underWay: 2, stopped: 1 });
});

test('Causes come with the newest of their meetings, the most frequent first', async () => {
  await put('a', 'needs_attention', { reason: because('hubspot_rejected', 'Older.'), minutes: 9 });
  await put('b', 'needs_attention', { reason: because('hubspot_rejected', 'Newer.'), minutes: 3 });
  await put('c', 'needs_attention', { reason: because('reauthorize'), minutes: 5 });
  await put('d', 'skipped', { reason: because('no_crm_match') });
  const causes = await listCauses(db, workspaceId);
  expect(causes.map(({ code, count, newest }) => [code, count, newest.message])).toEqual([
    ['hubspot_rejected', 2, 'Newer.'],
    ['reauthorize', 1, 'It happened.'],
  ]);
});

test('Contacts are requested for every meeting that waits for these people, and for no other', async () => {
  const maya = { email: 'maya@tansy.example', name: 'Maya Lind' };
  const leo = { email: 'leo@tansy.example', name: null };
  const reason = because('no_crm_match');
  await put('both', 'skipped', { reason, unmatched: [maya, leo] });
  await put('maya', 'skipped', { reason, unmatched: [{ ...maya, email: 'Maya@Tansy.example' }] });
  await put('excluded', 'skipped', { reason: because('meeting_excluded'), unmatched: [maya] });
  await put('example-meeting', 'skipped', { reason, unmatched: [{ email: 'invented@bluewater.example', name: null }] });
  expect(
    await listMissingPeople(db, workspaceId, { limit: 5, except: 'example-meeting', mayBecomeContact: anyone }),
  ).toEqual({
    people: [
      { ...maya, meetings: 2 },
      { ...leo, meetings: 1 },
    ],
    total: 2,
    meetings: 2,
  });
  expect(
    await listMissingPeople(db, workspaceId, { limit: 1, except: 'example-meeting', mayBecomeContact: anyone }),
  ).toMatchObject({
    people: [{ email: maya.email }],
    total: 2,
  });

  expect(await requestContacts(db, workspaceId, [])).toBe(0);
  expect(await requestContacts(db, workspaceId, [maya.email])).toBe(2);
  expect(
    await listMissingPeople(db, workspaceId, { limit: 5, except: 'example-meeting', mayBecomeContact: anyone }),
  ).toEqual({
    people: [],
    total: 0,
    meetings: 0,
  });
  const requested = await db
    .selectFrom('meeting_participants')
    .select(['meeting_id', 'email'])
    .where('workspace_id', '=', workspaceId)
    .where('contact_requested', '=', true)
    .orderBy('meeting_id')
    .execute();
  expect(requested).toEqual([
    { meeting_id: 'both', email: maya.email },
    { meeting_id: 'maya', email: maya.email },
  ]);
  expect(await requestContacts(db, workspaceId, [maya.email])).toBe(0);
});

test('A workspace is set up step by step', async () => {
  const fresh = { hasMeetings: false, isUsed: false, hasImported: false, hasMembers: false };
  expect(await readSetup(db, workspaceId)).toEqual(fresh);
  for (let index = 0; index < 10; index += 1) await put(`m-${index}`, 'synced');
  expect(await readSetup(db, workspaceId)).toEqual({ ...fresh, hasMeetings: true });
  await put('m-10', 'synced');
  expect(await readSetup(db, workspaceId)).toMatchObject({ isUsed: true });
});
