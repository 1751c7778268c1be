import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { portalsWithWork } from '../../../src/store/inbox/crm-events';
import { rememberContacts } from '../../../src/store/inbox/privacy-deletions';
import { changeSettings } from '../../../src/store/settings/settings';
import { meeting } from '../../support/meetings';
import { startStack, type Stack } from '../../support/stack';
import { TEST_ACTOR } from '../../support/actors';

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

/** The counter of one kind of security event. */
async function securityEvents(kind: string): Promise<number> {
  const { text } = await stack.product.metrics.text();
  const line = text.split('\n').find((each) => each.startsWith(`security_events_total{kind="${kind}"}`));
  return Number(line?.split(' ').at(-1) ?? 0);
}

/** Every stored row, as JSON. */
async function kept(): Promise<string> {
  const { db } = stack.product;
  return JSON.stringify([
    await db.selectFrom('meetings').selectAll().execute(),
    await db.selectFrom('meeting_participants').selectAll().execute(),
    await db.selectFrom('crm_records').selectAll().execute(),
    await db.selectFrom('crm_events').selectAll().execute(),
  ]).toLowerCase();
}

/** Syncs a meeting with one contact and reads the contact into the mirror. */
async function met(name: string, domain = 'private.example'): Promise<string> {
  const { id } = crm.create('contacts', { email: `${name}@${domain}`, firstname: name });
  await stack.sync(meeting({ meetingId: name, participants: [{ email: `${name.toUpperCase()}@${domain}`, name }] }));
  await stack.apply();
  return id;
}

const recordEvent = (subscriptionType: string, id: string) => ({ subscriptionType, objectId: Number(id) });

test('the deletion event may arrive before the privacy deletion', async () => {
  const id = await met('first');
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.deletion', id));
  expect(await kept()).toContain('first@private.example');
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  expect(await kept()).not.toContain('first@private.example');
  expect(await stack.status('first')).toMatchObject({ status: 'skipped', unmatched: [], links: [] });
});

test('a company linked by the person’s domain is unlinked too', async () => {
  const { id: company } = crm.create('companies', { domain: 'private-company.example' });
  const id = await met('domain', 'private-company.example');
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.deletion', id));
  expect((await stack.status('domain')).links).toMatchObject([{ objectType: 'companies', id: company, via: 'domain' }]);
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  expect(await stack.status('domain')).toMatchObject({ status: 'skipped', links: [] });
  expect(crm.timeline('companies', company)).toEqual([]);
});

test('the person’s ids before a merge are deleted too', async () => {
  const [one, two] = [await met('one'), await met('two')];
  const { id } = crm.merge('contacts', one, two);
  await stack.apply({ ...recordEvent('contact.merge', one), mergedObjectIds: [Number(two)], newObjectId: Number(id) });
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.privacyDeletion', id), recordEvent('contact.deletion', id));
  const left = await kept();
  expect(left).not.toMatch(/(?<![\w-])(one|two)@private\.example/);
  const rows = await stack.product.db.selectFrom('crm_records').select('record_id').execute();
  expect(rows.map((row) => row.record_id).filter((known) => [one, two, id].includes(known))).toEqual([]);
});

describe('a privacy deletion that HubSpot does not confirm erases no one', () => {
  test('for a live contact, it is logged and counted as a security event', async () => {
    const id = await met('alive');
    const before = await stack.status('alive');
    const [counted, written] = [await securityEvents('deletion_of_live_contact'), crm.timeline('contacts', id)];
    await stack.apply(recordEvent('contact.privacyDeletion', id), recordEvent('contact.deletion', id));
    expect(await stack.status('alive')).toMatchObject({ status: 'synced', links: before.links });
    expect(await kept()).toContain('alive@private.example');
    expect(crm.timeline('contacts', id)).toMatchObject(written.map((entry) => ({ id: entry.id, archived: false })));
    expect(written).toHaveLength(2);
    expect(await securityEvents('deletion_of_live_contact')).toBe(counted + 1);
    await stack.reconcile();
    expect(await kept()).toContain('alive@private.example');
  });

  test('for an archived contact, which can be restored, it is checked again', async () => {
    const id = await met('archived');
    crm.archive('contacts', id);
    await stack.apply(recordEvent('contact.privacyDeletion', id), recordEvent('contact.deletion', id));
    await stack.reconcile();
    expect(await kept()).toContain('archived@private.example');
    crm.restore('contacts', id);
    await stack.apply(recordEvent('contact.restore', id));
    expect((await stack.status('archived')).links).toMatchObject([{ objectType: 'contacts', id }]);

    crm.privacyDelete('contacts', id);
    await stack.reconcile();
    expect(await kept()).not.toContain('archived@private.example');
    expect((await stack.status('archived')).links).toEqual([]);
  });

  test('for a contact that was merged into another one', async () => {
    const [one, two] = [await met('merged-one'), await met('merged-two')];
    crm.merge('contacts', one, two);
    await stack.apply(recordEvent('contact.privacyDeletion', two), recordEvent('contact.deletion', two));
    expect(await kept()).toMatch(/merged-two@private\.example/);
  });

  test('while HubSpot is unavailable, the event waits', async () => {
    const id = await met('unasked');
    crm.privacyDelete('contacts', id);
    stack.sandbox.faults.add({ match: { path: '/contacts/batch/read' }, times: 3, action: { kind: 'html-502' } });
    await stack.apply(recordEvent('contact.privacyDeletion', id));
    expect(await kept()).not.toContain('unasked@private.example');
  });
});

test('a reconciliation finds a privacy deletion without an event, and an archived contact is not one', async () => {
  const [gone, archived] = [await met('missed'), await met('put-away')];
  crm.privacyDelete('contacts', gone);
  crm.archive('contacts', archived);
  await stack.reconcile();
  const left = await kept();
  expect(left).not.toContain('missed@private.example');
  expect(left).toContain('put-away@private.example');
});

describe('every meeting of an erased person is found', () => {
  const participants = [{ email: 'found@everywhere.example', name: 'Greta Found' }];

  test('skipped by settings, private, and late', async () => {
    await stack.product.db
      .updateTable('workspaces')
      .set({ settings: JSON.stringify({ excludedTitleWords: ['secret'] }) })
      .execute();
    await stack.sync(meeting({ meetingId: 'late', participants }));
    await stack.product.db
      .updateTable('meetings')
      .set({ accepted_at: new Date('2020-01-01') })
      .where('meeting_id', '=', 'late')
      .execute();
    const { id } = crm.create('contacts', { email: 'found@everywhere.example' });
    await stack.sync(meeting({ meetingId: 'private', private: true, participants }));
    await stack.sync(meeting({ meetingId: 'excluded', title: 'Secret', participants }));
    expect((await stack.status('late')).links).toEqual([]);
    crm.privacyDelete('contacts', id);
    // Without a link, the mirror has not read the contact.
    expect(
      await stack.product.db.selectFrom('crm_records').select('record_id').where('record_id', '=', id).execute(),
    ).toEqual([]);
    await stack.apply(recordEvent('contact.privacyDeletion', id));
    expect(await kept()).not.toMatch(/found@everywhere|greta found/);
  });

  test('during its first sync', async () => {
    const { id } = crm.create('contacts', { email: 'quick@moment.example' });
    await stack.sync(
      meeting({ meetingId: 'quick', participants: [{ email: 'quick@moment.example', name: 'Quick Gone' }] }),
    );
    expect((await stack.status('quick')).links).toMatchObject([{ id }]);
    crm.privacyDelete('contacts', id);
    await stack.apply(recordEvent('contact.privacyDeletion', id));
    expect(await kept()).not.toMatch(/quick@moment|quick gone/);
  });

  test('by a pass that read HubSpot before the deletion', async () => {
    await stack.sync(meeting({ meetingId: 'raced', participants: [{ email: 'raced@moment.example' }] }));
    const { id } = crm.create('contacts', { email: 'elsewhere@moment.example' });
    crm.privacyDelete('contacts', id);
    await stack.apply(recordEvent('contact.privacyDeletion', id));
    const { db } = stack.product;
    await rememberContacts(db, stack, [{ id, email: 'raced@moment.example' }]);
    expect(await portalsWithWork(db)).toEqual([stack.portalId]);
    await stack.apply();
    expect(await kept()).not.toContain('raced@moment.example');
    expect(await db.selectFrom('known_contacts').selectAll().where('record_id', '=', id).execute()).toEqual([]);
  });

  test('a contact of an old participant that is known only from an event', async () => {
    await stack.sync(meeting({ meetingId: 'years-ago', participants: [{ email: 'old@years.example' }] }));
    await stack.product.db
      .updateTable('meetings')
      .set({ accepted_at: new Date('2020-01-01') })
      .where('meeting_id', '=', 'years-ago')
      .execute();
    const { id } = crm.create('contacts', { email: 'old@years.example' });
    await stack.apply(recordEvent('contact.creation', id));
    crm.privacyDelete('contacts', id);
    await stack.apply(recordEvent('contact.privacyDeletion', id));
    expect(await kept()).not.toContain('old@years.example');
  });
});

test('the person’s names and addresses are removed from every text, here and in HubSpot, and no one else’s', async () => {
  const { db } = stack.product;
  const { id } = crm.create('contacts', { email: 'greta@texts.example', firstname: 'Margareta', lastname: 'Gone' });
  const { id: bob } = crm.create('contacts', { email: 'bob@texts.example' });
  await stack.sync(
    meeting({
      meetingId: 'texts',
      title: 'Demo for Greta Gone and Bob Stays',
      participants: [
        { email: 'greta@texts.example', name: 'Greta Gone' },
        { email: 'bob@texts.example', name: 'Bob Stays' },
      ],
      summary: {
        overview: 'Greta Gone (greta@texts.example) liked it, Margareta Gone signs, Bob Stays as well. Gretel waits.',
        topics: [{ title: 'Greta’s budget', detail: 'Greta Gone' }],
        nextSteps: [{ text: 'Call Greta Gone', owner: 'Greta Gone' }],
      },
      smartCategories: [{ name: 'Objections', items: [{ kind: 'note', text: 'Greta Gone doubts it' }] }],
    }),
  );
  await stack.sync(
    meeting({
      meetingId: 'others',
      title: 'Greta Gone in a meeting without her: write to greta@texts.example',
      participants: [{ email: 'bob@texts.example' }],
      summary: { overview: 'Ask GRETA@texts.example; Greta Gone knows. Greta Stays does not.' },
      smartCategories: [{ name: 'Objections', items: [{ kind: 'note', text: 'Margareta Gone asked' }] }],
    }),
  );
  await stack.apply();
  const written = crm.timeline('contacts', bob).map((entry) => entry.id);
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.privacyDeletion', id));

  const everywhere = [
    await db.selectFrom('meetings').selectAll().where('meeting_id', '=', 'texts').execute(),
    await db.selectFrom('meeting_listings').selectAll().where('meeting_id', '=', 'texts').execute(),
    await db.selectFrom('meeting_next_steps').selectAll().where('meeting_id', '=', 'texts').execute(),
    await db.selectFrom('known_contacts').selectAll().where('record_id', '=', id).execute(),
    crm
      .timeline('contacts', bob)
      .filter(
        (entry) =>
          JSON.stringify(entry.properties).includes('texts.example') ||
          entry.properties['hs_meeting_title']?.includes('Demo'),
      ),
  ];
  expect(JSON.stringify(everywhere)).not.toMatch(/greta\b|margareta|\bgone\b/i);
  const after = crm.timeline('contacts', bob);
  expect(after.map((entry) => entry.id).toSorted()).toEqual(written.toSorted());
  const bodies = JSON.stringify(after.map((entry) => entry.properties));
  expect(bodies).toContain('Bob Stays');
  expect(bodies).toContain('Gretel waits');
  expect(bodies).toContain('[erased]');
  const others = await db
    .selectFrom('meetings')
    .select(['title', 'body'])
    .where('meeting_id', '=', 'others')
    .executeTakeFirstOrThrow();
  expect(others.title).toBe('[erased] in a meeting without her: write to [erased]');
  expect(others.body?.summary.overview).toBe('Ask [erased]; [erased] knows. Greta Stays does not.');
  expect(bodies).not.toMatch(/greta@texts|Greta Gone|Margareta/i);
  expect(bodies).toContain('Greta Stays does not');
  expect(await stack.status('others')).toMatchObject({ status: 'synced' });
});

test.each([
  ['erased for good where the account can do that', true],
  ['archived where it cannot, which is remembered', false],
])('activities whose last external person was erased are %s', async (_name, activityErasure) => {
  stack.sandbox.settings.activityErasure = activityErasure;
  const { db } = stack.product;
  await db.updateTable('connections').set({ erases_activities: null }).execute();
  const name = `purged-${activityErasure}`;
  const id = await met(name);
  const { summary, notes } = (await stack.status(name)).engagements;
  crm.privacyDelete('contacts', id);
  stack.sandbox.requests.clear();
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  expect(await stack.status(name)).toMatchObject({ status: 'skipped', engagements: { summary: null, notes: null } });
  const left = [summary, notes].map((ref) => crm.get(ref?.objectType ?? '', ref?.id ?? '')?.archived);
  expect(left).toEqual(activityErasure ? [undefined, undefined] : [true, true]);
  const { erases_activities: erases } = await db
    .selectFrom('connections')
    .select('erases_activities')
    .executeTakeFirstOrThrow();
  expect(erases).toBe(activityErasure ? null : false);
  expect(stack.sandbox.requests.list({ path: '/gdpr-delete' })).toHaveLength(activityErasure ? 2 : 1);
  stack.sandbox.settings.activityErasure = true;
});

test('activities of which a person edited the text are rewritten without an erased person’s name', async () => {
  const zoe = crm.create('contacts', { email: 'zoe@private.example' }).id;
  const id = crm.create('contacts', { email: 'mina.gone@private.example', firstname: 'Mina', lastname: 'Gone' }).id;
  const participants = [{ email: 'mina.gone@private.example', name: 'Mina Gone' }, { email: 'zoe@private.example' }];
  const { engagements } = await stack.sync(meeting({ meetingId: 'edited', participants }));
  await stack.apply();
  const summary = engagements.summary?.id ?? '';
  crm.update('meetings', summary, { hs_meeting_body: '<p>Mina Gone called back.</p>' });
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  expect(await stack.status('edited')).toMatchObject({ status: 'synced', links: [{ id: zoe }] });
  expect(crm.get('meetings', summary)?.properties['hs_meeting_body']).not.toContain('Mina');
});

test('activities whose last external person was erased are removed, and a repeated post restores no one', async () => {
  await stack.product.db.updateTable('connections').set({ erases_activities: null }).execute();
  const id = await met('last');
  const [summary, notes] = Object.values((await stack.status('last')).engagements);
  crm.privacyDelete('contacts', id);
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  expect(await stack.status('last')).toMatchObject({ status: 'skipped', engagements: { summary: null, notes: null } });
  for (const engagement of [summary, notes]) {
    expect(crm.get(engagement?.objectType ?? '', engagement?.id ?? '')).toBeUndefined();
  }
  await stack.sync(meeting({ meetingId: 'last', participants: [{ email: 'LAST@private.example', name: 'last' }] }));
  expect(await kept()).not.toContain('last@private.example');
});

test('a person who was matched by phone number alone is erased from every meeting', async () => {
  const { db } = stack.product;
  await changeSettings(db, stack.workspaceId, { matchPhoneNumbers: true }, TEST_ACTOR);
  const { id } = crm.create('contacts', { firstname: 'Noor', mobilephone: '+34 611 22 33 44' });
  const phone = '+34611223344';
  const other = { email: 'other@private.example' };
  crm.create('contacts', other);
  await stack.sync(meeting({ meetingId: 'phone', participants: [{ name: 'N. Haddad', phone }, other] }));
  await stack.sync(meeting({ meetingId: 'phone-short', title: 'Too short', participants: [{ name: phone }] }));
  await stack.apply();
  expect((await stack.status('phone')).links.map((link) => link.id)).toContain(id);
  crm.privacyDelete('contacts', id);
  // Unlinks the contact and empties its copy.
  await stack.apply(recordEvent('contact.deletion', id));
  await stack.apply(recordEvent('contact.privacyDeletion', id));
  const rows = await kept();
  for (const trace of ['34611223344', '611 22 33 44', 'haddad']) expect(rows).not.toContain(trace);
});
