import { beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { CrmChange } from '../../../src/meeting/crm-types';
import {
  deleteOldEvents,
  markEventsDone,
  pendingEvents,
  putEvents,
  recordsWithKnownMatch,
} from '../../../src/store/inbox/crm-events';
import { MATCHED_BY } from '../../../src/meeting/people/matching';
import { useDatabase } from '../../support/use-database';

const { db } = useDatabase();
beforeEach(async () => {
  await db.deleteFrom('crm_events').execute();
});

const PORTAL = 7;
const at = (ms: number) => new Date(1_700_000_000_000 + ms).toISOString();
const change = (key: string, changes: Partial<CrmChange> = {}): CrmChange => ({
  portalId: PORTAL,
  key,
  kind: 'creation',
  records: [{ objectType: 'contacts', id: key }],
  property: null,
  occurredAt: at(0),
  ...changes,
});

test('each event is stored once and unchanged, also when one delivery repeats it', async () => {
  const merge = change('m', {
    kind: 'merge',
    records: ['1', '2', '3'].map((id) => ({ objectType: 'contacts', id })),
    occurredAt: at(5),
  });
  const changed = change('p', { kind: 'propertyChange', property: { name: 'email', value: 'a "quoted", {x}' } });
  expect(await putEvents(db, [merge, changed, changed])).toBe(2);
  expect(await putEvents(db, [changed, change('n')])).toBe(1);
  expect(await pendingEvents(db, PORTAL, 10)).toMatchObject([
    { kind: 'propertyChange', records: changed.records, property: changed.property },
    { kind: 'creation' },
    { kind: 'merge', records: merge.records, occurredAt: new Date(at(5)) },
  ]);
});

test('concurrent deliveries of the same events in another order do not deadlock', async () => {
  const events = Array.from({ length: 3_000 }, (_, index) => change(String(index)));
  const counts = await Promise.all(
    Array.from({ length: 8 }, (_, turn) => putEvents(db, turn % 2 === 0 ? events : events.toReversed())),
  );
  expect(counts.reduce((sum, count) => sum + count)).toBe(3_000);
});

test('records with a reported address or domain are known before and after processing', async () => {
  const nameChange = (objectType: string, id: string, name: string) =>
    change(`${id}/${name}`, {
      kind: 'propertyChange',
      records: [{ objectType, id }],
      property: { name, value: 'x' },
    });
  await putEvents(db, [
    change('1'),
    nameChange('contacts', '1', 'firstname'),
    nameChange('contacts', '2', 'email'),
    nameChange('companies', '3', 'hs_additional_domains'),
    { ...nameChange('contacts', '4', 'email'), portalId: 8 },
  ]);
  const refs = ['1', '2', '4'].map((id) => ({ objectType: 'contacts', id }));
  const company = { objectType: 'companies', id: '3' };
  expect(await recordsWithKnownMatch(db, PORTAL, [...refs, company])).toEqual(new Set(['contacts/2', 'companies/3']));
  await markEventsDone(
    db,
    (await pendingEvents(db, PORTAL, 10)).map((event) => event.id),
  );
  expect(await recordsWithKnownMatch(db, PORTAL, refs)).toEqual(new Set(['contacts/2']));
  expect(await recordsWithKnownMatch(db, PORTAL, [])).toEqual(new Set());
});

test('the matching properties are the same as in the index', () => {
  expect(Object.values(MATCHED_BY).flat()).toEqual([
    'email',
    'hs_additional_emails',
    'domain',
    'hs_additional_domains',
  ]);
});

test('events are deleted a week after processing, and those of disconnected accounts a week after arrival', async () => {
  await putEvents(
    db,
    ['done-old', 'done-new', 'waits-old', 'waits-new', 'waits-connected'].map((key) => change(key)),
  );
  await putEvents(db, [change('connected', { portalId: 8 })]);
  const ids = async (...keys: string[]) =>
    (await db.selectFrom('crm_events').select('id').where('event_key', 'in', keys).execute()).map((row) => row.id);
  await markEventsDone(db, await ids('done-old', 'done-new'));
  await sql`
    update crm_events set received_at = now() - interval '8 days', done_at = case when done_at is null then null else now() - interval '8 days' end
    where event_key in ('done-old', 'waits-old', 'connected')
  `.execute(db);
  await sql`insert into workspaces (id, name) values ('w', 'W')`.execute(db);
  await sql`
    insert into connections (workspace_id, portal_id, state, ui_domain, time_zone, scopes, access_token, refresh_token, access_token_issued_at, access_token_expires_at)
    values ('w', 8, 'connected', 'app.hubspot.com', 'UTC', '{}', '', '', now(), now())
  `.execute(db);
  expect(await deleteOldEvents(db, 1)).toBe(1);
  expect(await deleteOldEvents(db, 10)).toBe(1);
  expect(await deleteOldEvents(db, 10)).toBe(0);
  const left = await db.selectFrom('crm_events').select('event_key').orderBy('event_key').execute();
  expect(left.map((row) => row.event_key)).toEqual(['connected', 'done-new', 'waits-connected', 'waits-new']);
});
