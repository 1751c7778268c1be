import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chooseLink } from '../../../src/store/meetings/manual-links';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
});
afterAll(() => stack.close());

const choose = async (meetingId: string, objectType: string, id: string, choice: 'linked' | 'unlinked') => {
  await chooseLink(
    stack.product.db,
    { workspaceId: stack.workspaceId, meetingId },
    stack.portalId,
    { objectType, id },
    choice,
  );
  return await stack.resync(meetingId);
};
const linked = (document: { links: readonly { objectType: string; id: string; via: string }[] }) =>
  document.links.map(({ objectType, id, via }) => `${objectType}/${id} ${via}`);

test('a manual link has a skipped meeting written, cascades, and overrides the rules', async () => {
  const { crm } = stack.sandbox;
  const company = crm.create('companies', { name: 'Beta' });
  const deal = crm.create('deals', { dealname: 'Beta deal' });
  crm.associate('companies', company.id, 'deals', deal.id);
  const unknown = meeting({ meetingId: 'm1', participants: [{ email: 'unknown@gmail.com' }] });
  expect(await stack.sync(unknown)).toMatchObject({ status: 'skipped' });

  const document = await choose('m1', 'companies', company.id, 'linked');
  expect(document.status).toBe('synced');
  expect(linked(document)).toEqual([`companies/${company.id} manual`, `deals/${deal.id} cascade`]);
  expect(crm.timeline('deals', deal.id)).toHaveLength(2);

  // Unlinking the meeting's only record deletes its activities; linking it again creates them again.
  const gone = await choose('m1', 'companies', company.id, 'unlinked');
  expect(gone).toMatchObject({ status: 'skipped', engagements: { summary: null, notes: null } });
  expect(crm.timeline('deals', deal.id)).toEqual([]);
  expect((await choose('m1', 'companies', company.id, 'linked')).status).toBe('synced');
});

test('an unlinked record stays unlinked, with the records reached only from it', async () => {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email: 'marc.serra@acme.example' });
  const [company, other] = [crm.create('companies', { name: 'Acme' }), crm.create('companies', { name: 'Other' })];
  const deal = crm.create('deals', { dealname: 'Acme deal' });
  for (const { id } of [company, other]) crm.associate('contacts', contact.id, 'companies', id);
  crm.associate('companies', company.id, 'deals', deal.id);
  const first = await stack.sync(meeting({ meetingId: 'm2' }));
  expect(first.links).toHaveLength(4);

  const then = await choose('m2', 'companies', company.id, 'unlinked');
  expect(linked(then)).toEqual([`contacts/${contact.id} participant`, `companies/${other.id} cascade`]);
  expect(crm.timeline('deals', deal.id)).toEqual([]);
  expect((await stack.resync('m2')).links).toEqual(then.links);
  expect((await stack.sync(meeting({ meetingId: 'm2', title: 'Changed' }))).links).toEqual(then.links);
});
