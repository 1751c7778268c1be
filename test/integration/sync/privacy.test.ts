import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
let crm: Stack['sandbox']['crm'];
beforeAll(async () => {
  stack = await startStack({
    ownNamespace: true,
  });
  crm = stack.sandbox.crm;
  await stack.connect();
});
afterAll(() => stack.close());

/** Everything that is kept, as text. */
async function kept(): Promise<string> {
  const { db } = stack.product;
  return JSON.stringify([
    await db.selectFrom('meetings').selectAll().execute(),
    await db.selectFrom('meeting_participants').selectAll().execute(),
    await db.selectFrom('crm_records').selectAll().execute(),
    await db.selectFrom('crm_events').selectAll().execute(),
  ]).toLowerCase();
}

/** A synced meeting with one contact, who is in the mirror. */
async function met(name: string, domain = 'private.example'): Promise<string> {
  const { id } = crm.create('contacts', { email: `${name}@${domain}`, firstname: name });
  await stack.sync(meeting({ meetingId: name, participants: [{ email: `${name.toUpperCase()}@${domain}`, name }] }));
  await stack.apply();
  return id;
}

const told = (subscriptionType: string, id: string) => ({ subscriptionType, objectId: Number(id) });

test('the deletion that comes with it may come first', async () => {
  const id = await met('first');
  crm.privacyDelete('contacts', id);
  await stack.apply(told('contact.deletion', id));
  expect(await kept()).toContain('first@private.example');
  await stack.apply(told('contact.privacyDeletion', id));
  expect(await kept()).not.toContain('first@private.example');
  expect(await stack.status('first')).toMatchObject({ status: 'skipped', unmatched: [], links: [] });
});

test('what was linked for the person’s sake by their company’s domain goes too', async () => {
  const { id: company } = crm.create('companies', { domain: 'private-company.example' });
  const id = await met('domain', 'private-company.example');
  crm.privacyDelete('contacts', id);
  await stack.apply(told('contact.deletion', id));
  expect((await stack.status('domain')).links).toMatchObject([{ objectType: 'companies', id: company, via: 'domain' }]);
  await stack.apply(told('contact.privacyDeletion', id));
  expect(await stack.status('domain')).toMatchObject({ status: 'skipped', links: [] });
  expect(crm.timeline('companies', company)).toEqual([]);
});

test('the ids under which the person was known before a merge are forgotten with them', async () => {
  const [one, two] = [await met('one'), await met('two')];
  const { id } = crm.merge('contacts', one, two);
  await stack.apply({ ...told('contact.merge', one), mergedObjectIds: [Number(two)], newObjectId: Number(id) });
  crm.privacyDelete('contacts', id);
  await stack.apply(told('contact.privacyDeletion', id), told('contact.deletion', id));
  const left = await kept();
  expect(left).not.toMatch(/(one|two)@private\.example/);
  const rows = await stack.product.db.selectFrom('crm_records').select('record_id').execute();
  expect(rows.map((row) => row.record_id).filter((known) => [one, two, id].includes(known))).toEqual([]);
});
