import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { SettingsPatch } from '../../../src/meeting/settings';
import { changeSettings, loadSettings } from '../../../src/store/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterEach(() =>
  change({
    ownDomains: [],
    createMissingContacts: false,
    customObjectTypes: [],
    minimumMinutes: 0,
    excludedTitleWords: [],
  }),
);
afterAll(() => stack.close());

const change = (patch: SettingsPatch) => changeSettings(stack.product.db, stack.workspaceId, patch, 'test');

test("addresses of the workspace's own domains are internal", async () => {
  stack.sandbox.crm.create('contacts', { email: 'colleague@northwind-labs.example' });
  await change({ ownDomains: ['northwind-labs.example'] });
  const document = await stack.sync(
    meeting({
      meetingId: 's1',
      participants: [{ email: 'colleague@eu.northwind-labs.example' }, { email: 'colleague@northwind-labs.example' }],
    }),
  );
  expect(document).toMatchObject({ status: 'skipped', reason: { code: 'internal_only' }, unmatched: [] });
});

test('a missing contact is created once, and the meeting is associated with it', async () => {
  await change({ createMissingContacts: true });
  const people = [{ email: 'New.Person@fresh.example', name: 'Nuria de la Vega', phone: '+34 600 000 009' }];
  const [first, second] = await Promise.all(
    ['s2', 's3'].map((meetingId) => stack.sync(meeting({ meetingId, participants: people }))),
  );
  expect([first?.status, second?.status]).toEqual(['synced', 'synced']);
  const contacts = stack.sandbox.crm
    .list('contacts')
    .filter(({ properties }) => properties['email'] === 'new.person@fresh.example');
  expect(contacts).toHaveLength(1);
  expect(contacts[0]?.properties).toMatchObject({
    firstname: 'Nuria de la',
    lastname: 'Vega',
    phone: '+34 600 000 009',
  });
  expect(stack.sandbox.crm.timeline('contacts', contacts[0]?.id ?? '')).toHaveLength(4);
});

test.each([
  ['short', { minimumMinutes: 60 }, 'under 60 minutes'],
  ['by its title', { excludedTitleWords: ['DISCOVERY'] }, 'DISCOVERY'],
])('an excluded meeting names the setting that excludes it: %s', async (name, patch, said) => {
  stack.sandbox.requests.clear();
  await change(patch);
  const document = await stack.sync(meeting({ meetingId: `s4-${name.replaceAll(' ', '-')}` }));
  expect(document).toMatchObject({
    status: 'skipped',
    reason: { code: 'meeting_excluded', message: expect.stringContaining(said) },
  });
  // Contacts are looked up, so that a later privacy deletion finds the meeting. Nothing is written.
  const looks = /\/contacts\/(batch\/read|search)$/;
  expect(stack.sandbox.requests.list().filter(({ path }) => !looks.test(path))).toEqual([]);
});

test('every change of settings is recorded with its author', async () => {
  await change({ minimumMinutes: 5 });
  const last = await stack.product.db
    .selectFrom('settings_changes')
    .selectAll()
    .orderBy('id', 'desc')
    .executeTakeFirstOrThrow();
  expect(last).toMatchObject({ changed_by: 'test', before: { minimumMinutes: 0 }, after: { minimumMinutes: 5 } });
  expect(await loadSettings(stack.product.db, stack.workspaceId)).toMatchObject({ minimumMinutes: 5, ownDomains: [] });
});
