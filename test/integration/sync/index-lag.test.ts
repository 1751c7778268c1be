import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { previewMeeting } from '../../../src/planning/preview';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

/** Search does not know what is made like this for as long as these tests run. */
const LAGS = { searchable: false };

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ sandbox: { searchLagMs: 3_600_000 } });
  await stack.connect();
});
afterAll(() => stack.close());

const linksOf = async (meetingId: string) =>
  (await stack.status(meetingId)).links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`);
const post = async (meetingId: string, email: string) =>
  await stack.sync(meeting({ meetingId, participants: [{ email }] }));

test.each([
  ['with its domain', true],
  ['without it', false],
])('a company that search does not know yet is known from its event %s', async (_, withDomain) => {
  const domain = `fresh-${withDomain}.example`;
  const meetingId = `company-${withDomain}`;
  expect(await post(meetingId, `guest@${domain}`)).toMatchObject({ status: 'skipped' });
  const { id } = stack.sandbox.crm.create('companies', { name: 'Fresh', domain }, LAGS);
  const change = { subscriptionType: 'company.propertyChange', objectId: Number(id), propertyName: 'domain' };
  await stack.apply(
    { subscriptionType: 'company.creation', objectId: Number(id) },
    ...(withDomain ? [{ ...change, propertyValue: domain }] : []),
  );
  expect(await linksOf(meetingId)).toEqual([`companies/${id} domain`]);
});

test('so is a secondary address that an existing contact got', async () => {
  const { crm } = stack.sandbox;
  const { id } = crm.create('contacts', { email: 'main@second.example' });
  expect(await post('secondary', 'other@second.example')).toMatchObject({ status: 'skipped' });
  crm.update('contacts', id, { hs_additional_emails: 'other@second.example' }, LAGS);
  await stack.apply({
    subscriptionType: 'contact.propertyChange',
    objectId: Number(id),
    propertyName: 'hs_additional_emails',
    propertyValue: 'other@second.example',
  });
  expect(await linksOf('secondary')).toEqual([`contacts/${id} participant`]);
});

test('a record is known although its event came before the meeting', async () => {
  const { id } = stack.sandbox.crm.create('companies', { name: 'Early', domain: 'early.example' }, LAGS);
  await stack.apply({ subscriptionType: 'company.creation', objectId: Number(id) });
  await post('early', 'guest@early.example');
  expect(await linksOf('early')).toEqual([`companies/${id} domain`]);
});

test('a new company is linked in addition to those that search finds', async () => {
  const { crm } = stack.sandbox;
  const old = crm.create('companies', { name: 'Old', domain: 'shared.example' });
  await post('shared', 'guest@shared.example');
  const { id } = crm.create('companies', { name: 'New', domain: 'shared.example' }, LAGS);
  await stack.apply({ subscriptionType: 'company.creation', objectId: Number(id) });
  expect(await linksOf('shared')).toEqual([`companies/${old.id} domain`, `companies/${id} domain`]);
});

test('what an event says is not believed: the record is read', async () => {
  const { crm } = stack.sandbox;
  const { id } = crm.create('contacts', { email: 'now@moved.example' });
  await post('moved', 'before@moved.example');
  await stack.apply({
    subscriptionType: 'contact.propertyChange',
    objectId: Number(id),
    propertyName: 'email',
    propertyValue: 'before@moved.example',
  });
  expect(await stack.status('moved')).toMatchObject({ status: 'skipped', links: [] });
});

test.each([
  ['a merge', (one: string, two: string) => stack.sandbox.crm.merge('contacts', one, two).id, 'contact.merge'],
  [
    'a restoration',
    (one: string, two: string) => {
      const { crm } = stack.sandbox;
      crm.archive('contacts', two);
      crm.archive('contacts', one);
      crm.update('contacts', one, { hs_additional_emails: 'two@again.example' });
      return crm.restore('contacts', one).id;
    },
    'contact.restore',
  ],
])('a secondary address is known from the event of %s', async (what, change, subscriptionType) => {
  const { crm } = stack.sandbox;
  const host = `${what.replace(' ', '-')}.example`;
  const [one, two] = ['one', 'two'].map((name) => crm.create('contacts', { email: `${name}@${host}` }).id);
  const id = change(one ?? '', two ?? '');
  crm.update('contacts', id, { hs_additional_emails: `two@${host}`, firstname: 'Fresh' }, LAGS);
  await stack.apply({
    subscriptionType,
    objectId: Number(id),
    primaryObjectId: Number(one),
    mergedObjectIds: [Number(two)],
  });
  await post(host, `two@${host}`);
  expect(await linksOf(host)).toEqual([`contacts/${id} participant`]);
});

test('among hundreds of new companies in one delivery, those of many meetings are known', async () => {
  const { crm } = stack.sandbox;
  const awaited = Array.from({ length: 12 }, (_, index) => `awaited-${index}`);
  await Promise.all(awaited.map((name) => post(name, `guest@${name}.example`)));
  const others = Array.from({ length: 238 }, (_, index) => `other-${index}`);
  const created = [...others, ...awaited].map((name) => {
    const { id } = crm.create('companies', { name, domain: `${name}.example` }, LAGS);
    return { subscriptionType: 'company.creation', objectId: Number(id) };
  });
  await stack.apply(...created);
  await Promise.all(awaited.map((name) => stack.until(name, 'synced')));
  expect(await Promise.all(awaited.map(linksOf))).toEqual(
    created.slice(others.length).map(({ objectId }) => [`companies/${objectId} domain`]),
  );
});

test('a preview knows it as well', async () => {
  const { id } = stack.sandbox.crm.create('companies', { name: 'Seen', domain: 'seen.example' }, LAGS);
  await stack.apply({ subscriptionType: 'company.creation', objectId: Number(id) });
  await post('seen', 'guest@seen.example');
  const preview = await previewMeeting(stack.product, { workspaceId: stack.workspaceId, meetingId: 'seen' });
  expect(preview?.links.map((link) => link.id)).toEqual([id]);
});
