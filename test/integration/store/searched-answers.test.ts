import { beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { removeWorkspace } from '../../../src/store/access/delete-workspace';
import { saveParticipants, timeOfReading } from '../../../src/store/mirror/mirror';
import { acceptMeeting } from '../../../src/store/meetings/meetings';
import { erasePerson } from '../../../src/store/mirror/privacy';
import { deleteOldNamed, namedBy, nameRecords } from '../../../src/store/inbox/named-records';
import {
  deleteOldAnswers,
  dropAnswers,
  keepAnswers,
  keptAnswers,
  type SearchedKey,
} from '../../../src/store/mirror/searched-answers';
import { createWorkspace } from '../../../src/store/access/workspaces';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { meeting } from '../../support/meetings';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();
let account: { readonly workspaceId: string; readonly portalId: number };
let start: string;
let workspaces = 0;
beforeEach(async () => {
  const { workspaceId } = await createWorkspace(db, `answers-${++workspaces}`);
  account = { workspaceId, portalId: 7 };
  const guests = ['a', 'b'].map((name) => ({
    email: `${name}@x.example`,
    shown: `${name}@x.example`,
    name: null,
    phone: null,
    domain: 'x.example',
  }));
  const given = processedMeetingSchema.parse(
    meeting({ meetingId: 'm1', participants: guests.map(({ email }) => ({ email })) }),
  );
  await acceptMeeting(db, { workspaceId, meeting: given });
  await saveParticipants(db, { workspaceId, meetingId: 'm1' }, guests);
  start = await timeOfReading(db);
});

const A: SearchedKey = { kind: 'email', key: 'a@x.example' };
const B: SearchedKey = { kind: 'email', key: 'b@x.example' };
const DOMAIN: SearchedKey = { kind: 'domain', key: 'x.example' };
const all = [A, B, DOMAIN];
const record = { id: '1', properties: { name: 'X' } };
const keep = (key: SearchedKey, askedMsAgo = 0, records = [record]) =>
  keepAnswers(db, account, [{ ...key, records, askedMsAgo }]);
const known = async (since = start) =>
  Object.fromEntries((await keptAnswers(db, account, all, since)).map(({ key, records }) => [key, records.length]));

test('results of searches sent after the given time are returned', async () => {
  await keep(A, 0, []);
  await keep(DOMAIN, 60_000);
  expect(await known()).toEqual({ 'a@x.example': 0 });
  expect(await known('2026-01-01')).toEqual({ 'a@x.example': 0, 'x.example': 1 });
  expect(await known(await timeOfReading(db))).toEqual({});
});

test('the newer of two results is kept, in any order of arrival', async () => {
  await keep(A, 0, []);
  await keep(A, 60_000);
  expect(await known()).toEqual({ 'a@x.example': 0 });
  await keep(A);
  expect(await known()).toEqual({ 'a@x.example': 1 });
});

test('results about people without a meeting are not stored', async () => {
  await keep({ kind: 'email', key: 'stranger@x.example' });
  expect(await db.selectFrom('searched_answers').select('key').where('key', 'like', 'stranger%').execute()).toEqual([]);
});

test('an outdated result is deleted, the others stay', async () => {
  await keep(A);
  await keep(B);
  await dropAnswers(db, account, [A]);
  expect(await known()).toEqual({ 'b@x.example': 1 });
});

test('an event that names a record drops what was known, and is remembered for minutes', async () => {
  await keep(A, 0, []);
  await keep(B);
  const contact = { objectType: 'contacts', id: '9' };
  await nameRecords(db, account, [{ record: contact, emails: [A.key], domains: [] }]);
  expect(await known()).toEqual({ 'b@x.example': 1 });
  const ids = async () => (await namedBy(db, account.portalId, all)).map(({ recordId }) => recordId);
  expect(await ids()).toEqual(['9']);
  await sql`update named_records set named_at = now() - interval '11 minutes'`.execute(db);
  expect(await ids()).toEqual([]);
  await deleteOldNamed(db);
  expect(await db.selectFrom('named_records').selectAll().execute()).toEqual([]);
});

test('results about an erased person are deleted, the others stay', async () => {
  await keep(A);
  await keep(B);
  await nameRecords(db, account, [
    { record: { objectType: 'contacts', id: '9' }, emails: ['a2@x.example'], domains: [] },
  ]);
  await keep(A);
  await erasePerson(db, account, {
    records: [{ objectType: 'contacts', id: '9' }],
    emails: ['a@x.example'],
    names: [],
  });
  expect(await known()).toEqual({ 'b@x.example': 1 });
  expect(await db.selectFrom('named_records').selectAll().execute()).toEqual([]);
});

test('old results are not returned, and are deleted by a sweep', async () => {
  await keep(A);
  await keep(B);
  await sql`update searched_answers set asked_at = now() - interval '61 minutes' where key = ${A.key}`.execute(db);
  expect(await known('2026-01-01')).toEqual({ 'b@x.example': 1 });
  await deleteOldAnswers(db);
  const left = await db
    .selectFrom('searched_answers')
    .select('key')
    .where('workspace_id', '=', account.workspaceId)
    .execute();
  expect(left.map(({ key }) => key)).toEqual([B.key]);
});

test('a deleted workspace has no results', async () => {
  await keep(A);
  await removeWorkspace(db, account.workspaceId);
  expect(await known('2026-01-01')).toEqual({});
});
