import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
