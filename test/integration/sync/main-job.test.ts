import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { requestDeletion } from '../../../src/store/meetings/delete-meeting';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';

let stack: Stack;
beforeAll(async () => {
  stack = await startStack();
  await stack.connect();
  stack.sandbox.portals.addOwner(stack.portalId, { email: 'ana.ruiz@northwind.example' });
  customer('marc.serra@acme.example');
});
afterAll(() => stack.close());

/** Creates a contact and its company with two deals, one of which the contact has too. */
function customer(email: string) {
  const { crm } = stack.sandbox;
  const contact = crm.create('contacts', { email });
  const company = crm.create('companies', { domain: email.split('@')[1] ?? '' });
  const [pilot, rollout] = [crm.create('deals', { dealname: 'Pilot' }), crm.create('deals', { dealname: 'Rollout' })];
  crm.associate('contacts', contact.id, 'companies', company.id);
  crm.associate('companies', company.id, 'deals', pilot.id);
  crm.associate('companies', company.id, 'deals', rollout.id);
  crm.associate('contacts', contact.id, 'deals', pilot.id);
  return { contact, company, pilot, rollout };
}

test('a processed meeting is on every related timeline as two activities', async () => {
  const { contact, company, pilot, rollout } = customer('laia.pons@beta.example');
  const [owner] = stack.sandbox.portals.owners(stack.portalId);
  stack.sandbox.requests.clear();

  const participants = [
    { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz', internal: true },
    { email: 'Laia.Pons@beta.example', name: 'Laia Pons' },
  ];
  const document = await stack.sync(meeting({ meetingId: 'm1', participants }));

  expect(document).toMatchObject({ status: 'synced', reason: null, unmatched: [] });
  expect(document.links).toEqual([
    { objectType: 'contacts', id: contact.id, via: 'participant', from: null },
    { objectType: 'companies', id: company.id, via: 'cascade', from: { objectType: 'contacts', id: contact.id } },
    { objectType: 'deals', id: pilot.id, via: 'cascade', from: { objectType: 'contacts', id: contact.id } },
    { objectType: 'deals', id: rollout.id, via: 'cascade', from: { objectType: 'companies', id: company.id } },
  ]);
  const ends = [
    ['contacts', contact.id],
    ['companies', company.id],
    ['deals', pilot.id],
    ['deals', rollout.id],
  ] as const;
  for (const [objectType, id] of ends) {
    const timeline = stack.sandbox.crm.timeline(objectType, id);
    expect(timeline.map((entry) => entry.objectType).toSorted()).toEqual(['meetings', 'notes']);
    expect(timeline.map((entry) => entry.id).toSorted()).toEqual(
      [document.engagements.summary?.id ?? '', document.engagements.notes?.id ?? ''].toSorted(),
    );
    expect(new Set(timeline.map((entry) => entry.at))).toEqual(new Set([Date.parse('2026-11-03T09:00:00Z')]));
  }
  const summary = stack.sandbox.crm.get('meetings', document.engagements.summary?.id ?? '');
  expect(summary?.properties).toMatchObject({
    hs_meeting_title: 'Acme <> Northwind: discovery call',
    hs_meeting_outcome: 'COMPLETED',
    hs_meeting_external_url: 'https://app.northwind.example/meetings/m1?a=1&b=2',
    hubspot_owner_id: owner?.id,
  });
  expect(summary?.properties['hs_meeting_body']).toContain('&lt;before&gt; Q1');

  // A single meeting may cost at most seven calls (README.md).
  expect(stack.sandbox.requests.list().filter((request) => request.status !== null).length).toBeLessThanOrEqual(7);
});

test("an activity's address shows it on the timeline of a linked record", async () => {
  const { contact } = customer('nil.roca@delta.example');
  const participants = [{ email: 'nil.roca@delta.example' }];
  const { engagements } = await stack.sync(meeting({ meetingId: 'address', participants }));
  for (const activity of [engagements.summary, engagements.notes]) {
    expect(activity?.url).toBe(
      `${stack.sandbox.url}/contacts/${stack.portalId}/record/0-1/${contact.id}/view/1?engagement=${activity?.id}`,
    );
    const page = await fetch(activity?.url ?? '');
    expect(await page.text()).toContain(`data-id="${activity?.id}" aria-current="true"`);
  }

  // Without a connected account, the document has no timeline page, only the URL that HubSpot returned.
  const { db } = stack.product;
  await db.updateTable('connections').set({ portal_id: 1 }).execute();
  const { summary } = (await stack.status('address')).engagements;
  await db.updateTable('connections').set({ portal_id: stack.portalId }).execute();
  expect(summary?.url).toBe(`${stack.sandbox.url}/contacts/${stack.portalId}/record/0-47/${summary?.id}`);
});

test('a repeated post, a resync and a change keep the same two activities', async () => {
  const first = await stack.sync(meeting({ meetingId: 'm2' }));
  stack.sandbox.requests.clear();
  expect(await stack.sync(meeting({ meetingId: 'm2' }))).toEqual(first);
  expect(stack.sandbox.requests.list()).toEqual([]);

  expect((await stack.resync('m2')).engagements).toEqual(first.engagements);

  const changed = await stack.sync(
    meeting({ meetingId: 'm2', title: 'Renamed', summary: { overview: 'Shorter.', topics: [], nextSteps: [] } }),
  );
  expect(changed.engagements).toEqual(first.engagements);
  const summary = stack.sandbox.crm.get('meetings', first.engagements.summary?.id ?? '');
  expect(summary?.properties).toMatchObject({
    hs_meeting_title: 'Renamed',
    hs_meeting_body: expect.stringContaining('Shorter.'),
  });
});

test('a meeting without notes loses its note, and gets it again with notes', async () => {
  const first = await stack.sync(meeting({ meetingId: 'm3' }));
  const without = await stack.sync(meeting({ meetingId: 'm3', smartCategories: [] }));
  expect([without.engagements.summary, without.engagements.notes]).toEqual([first.engagements.summary, null]);
  expect(stack.sandbox.crm.get('notes', first.engagements.notes?.id ?? '')?.archived).toBe(true);
  expect((await stack.sync(meeting({ meetingId: 'm3' }))).engagements.notes).not.toBeNull();
});

test('a removed participant is unlinked with the records reached only from them', async () => {
  const { crm } = stack.sandbox;
  const zoe = crm.create('contacts', { email: 'zoe@zeta.example' });
  const both = meeting({ meetingId: 'm4' });
  const first = await stack.sync({ ...both, participants: [...both.participants, { email: 'zoe@zeta.example' }] });
  expect(crm.timeline('contacts', zoe.id)).toHaveLength(2);
  const then = await stack.sync(both);
  expect(then.engagements).toEqual(first.engagements);
  expect(crm.timeline('contacts', zoe.id)).toEqual([]);
  expect(then.links).toHaveLength(first.links.length - 1);
});

test('without any match in HubSpot, nothing is written', async () => {
  stack.sandbox.requests.clear();
  const document = await stack.sync(
    meeting({ meetingId: 'm5', participants: [{ email: 'stranger@gmail.com', name: 'Stranger' }] }),
  );
  expect(document).toMatchObject({
    status: 'skipped',
    reason: { code: 'no_crm_match' },
    engagements: { summary: null, notes: null },
    links: [],
    unmatched: [{ email: 'stranger@gmail.com', name: 'Stranger' }],
  });
  expect(stack.sandbox.requests.list({ path: 'batch/create' })).toEqual([]);
  expect(await stack.sync(meeting({ meetingId: 'm6', participants: [] }))).toMatchObject({
    status: 'skipped',
    reason: { code: 'internal_only' },
  });
});

test('a deleted meeting leaves neither activities nor content', async () => {
  const first = await stack.sync(meeting({ meetingId: 'm7' }));
  await requestDeletion(stack.product.db, stack.workspaceId, 'm7');
  await stack.starter.start(stack.workspaceId, 'm7');
  const deleted = await stack.until('m7', 'deleted');
  expect(deleted).toMatchObject({ engagements: { summary: null, notes: null }, links: [] });
  expect(stack.sandbox.crm.get('meetings', first.engagements.summary?.id ?? '')?.archived).toBe(true);
  const row = await stack.product.db
    .selectFrom('meetings')
    .selectAll()
    .where('meeting_id', '=', 'm7')
    .executeTakeFirstOrThrow();
  expect(row).toMatchObject({ body: null, title: '' });
});
