import { expect, test } from '@jest/globals';
import { FakeCrm } from './crm';
import { PlannedMeeting } from './plans';

const known = { email: 'marc@acme.example', createdate: '2025-01-01T00:00:00Z' };
const created = (createdate: string) => ({ ...known, createdate });

test('a participant who becomes known within lateMatchDays brings the meeting in, later only when a person asks', async () => {
  for (const [days, createdate, asked, skip] of [
    [29, '2026-12-02T00:00:00Z', false, null],
    [31, '2026-12-04T00:00:00Z', false, 'no_crm_match'],
    [31, '2026-12-04T00:00:00Z', true, null],
    // In HubSpot in time, though no pass saw it in time.
    [31, '2026-12-01T00:00:00Z', false, null],
    // HubSpot reports no time, so nothing is guessed.
    [31, '', false, 'no_crm_match'],
  ] as const) {
    const crm = new FakeCrm();
    const meeting = new PlannedMeeting(crm);
    expect((await meeting.pass()).skip).toBe('no_crm_match');
    crm.add('contacts', '1', created(createdate));
    expect([days, createdate, asked, (await meeting.after(days).asked(asked).pass()).skip]).toEqual([
      days,
      createdate,
      asked,
      skip,
    ]);
  }
});

test('with lateMatchDays 0 only who is known at once is matched', async () => {
  const crm = new FakeCrm();
  crm.add('contacts', '1', known);
  const meeting = new PlannedMeeting(crm)
    .settings({ lateMatchDays: 0 })
    .emails('marc@acme.example', 'late@acme.example');
  expect((await meeting.after(0.001).pass()).links).toEqual(['contacts/1 participant']);
  crm.add('contacts', '2', { email: 'late@acme.example', createdate: '2026-11-03T12:10:00Z' });
  crm.add('companies', '3', { domain: 'acme.example', createdate: '2026-11-03T12:10:00Z' });
  const later = await meeting.after(0.01).pass();
  expect(later.links).toEqual(['contacts/1 participant']);
  expect(later.leftOut).toEqual(['late@acme.example late_match']);
  expect(meeting.input.row.unmatched).toEqual([{ email: 'late@acme.example', name: null }]);
});

test('a matched person stays matched later, also under a new address or after a merge', async () => {
  const crm = new FakeCrm();
  const marc = crm.add('contacts', '1', known);
  const meeting = new PlannedMeeting(crm);
  expect(await meeting.links()).toEqual(['contacts/1 participant']);
  crm.remove(marc);
  crm.add('contacts', '5', created('2027-06-01T00:00:00Z'));
  expect((await meeting.after(300).pass()).links).toEqual(['contacts/5 participant']);
});

test('each unmatched person is reported with the reason', async () => {
  const crm = new FakeCrm();
  const meeting = new PlannedMeeting(crm).emails('a@gmail.com', 'b@beta.example', 'colleague@northwind.example');
  meeting.input = {
    ...meeting.input,
    meeting: { ...meeting.input.meeting, participants: [...meeting.input.meeting.participants, { name: 'Room 4' }] },
  };
  const unmatched = ['Room 4 no_address', 'colleague@northwind.example internal'];
  expect((await meeting.pass()).leftOut).toEqual([
    'a@gmail.com free_mail',
    'b@beta.example no_crm_match',
    ...unmatched,
  ]);
  expect(await meeting.settings({ createMissingContacts: 'unknown_company' }).pass()).toMatchObject({
    skip: null,
    toCreate: 2,
    leftOut: ['a@gmail.com would_be_created', 'b@beta.example would_be_created', ...unmatched],
  });
});

test('`always` creates a contact at a known company too, and for no other person', async () => {
  const crm = new FakeCrm();
  crm.add('companies', '1', { domain: 'acme.example', createdate: known.createdate });
  crm.add('contacts', '2', { email: 'ana@acme.example', createdate: known.createdate });
  const meeting = new PlannedMeeting(crm).emails(
    'new@acme.example',
    'ana@acme.example',
    'info@acme.example',
    'a@gmail.com',
  );
  for (const [createMissingContacts, leftOut] of [
    ['never', ['info@acme.example shared_mailbox', 'a@gmail.com free_mail']],
    ['unknown_company', ['info@acme.example shared_mailbox', 'a@gmail.com would_be_created']],
    [
      'always',
      ['new@acme.example would_be_created', 'info@acme.example shared_mailbox', 'a@gmail.com would_be_created'],
    ],
  ] as const) {
    meeting.settings({ createMissingContacts });
    expect(await meeting.pass()).toMatchObject({ skip: null, leftOut });
  }
});

test('rooms, bots and excluded addresses are excluded by rule, never searched for, reported as unmatched or created', async () => {
  const crm = new FakeCrm();
  crm.add('companies', '1', { domain: 'google.com', createdate: known.createdate });
  const meeting = new PlannedMeeting(crm)
    .settings({ createMissingContacts: 'unknown_company', excludedDomains: ['rooms.example'] })
    .emails('c_18@resource.calendar.google.com', 'fred@fireflies.ai', 'a@rooms.example', 'no-reply@acme.example');
  expect(await meeting.pass()).toMatchObject({
    skip: 'internal_only',
    toCreate: 0,
    leftOut: [
      'c_18@resource.calendar.google.com room',
      'fred@fireflies.ai notetaker',
      'a@rooms.example excluded',
      'no-reply@acme.example automatic_sender',
    ],
  });
  expect(meeting.input.row.unmatched).toEqual([]);
  expect(crm.asked).toEqual([]);
});

test('a shared mailbox is matched as its contact only', async () => {
  const crm = new FakeCrm();
  crm.add('companies', '1', { domain: 'acme.example', createdate: known.createdate });
  const meeting = new PlannedMeeting(crm)
    .settings({ createMissingContacts: 'unknown_company' })
    .emails('info@acme.example');
  expect(await meeting.pass()).toMatchObject({
    skip: 'no_crm_match',
    toCreate: 0,
    leftOut: ['info@acme.example shared_mailbox'],
  });
  crm.add('contacts', '2', { email: 'info@acme.example', createdate: known.createdate });
  expect((await meeting.pass()).links).toEqual(['contacts/2 participant']);
});

test('switched on later, createMissingContacts creates no contacts for old meetings', async () => {
  const meeting = new PlannedMeeting(new FakeCrm());
  await meeting.pass();
  meeting.settings({ createMissingContacts: 'unknown_company' });
  expect(await meeting.after(31).pass()).toMatchObject({ skip: 'no_crm_match', toCreate: 0 });
});

test('a link by hand outranks length and title, never privacy nor externalOnly', async () => {
  const crm = new FakeCrm();
  const deal = crm.add('deals', '7');
  const meeting = new PlannedMeeting(crm).emails('ana.ruiz@northwind.example');
  meeting.settings({ minimumMinutes: 500, excludedTitleWords: ['discovery'] });
  expect(await meeting.pass()).toMatchObject({ skip: 'meeting_excluded', links: [] });
  expect(crm.asked).toEqual([]);
  meeting.choose({ ...deal, choice: 'linked' });
  expect(await meeting.pass()).toMatchObject({ skip: null, links: ['deals/7 manual'] });
  expect((await meeting.settings({ externalOnly: true }).pass()).skip).toBe('meeting_excluded');
  meeting.settings({ externalOnly: false });
  crm.remove(deal);
  expect((await meeting.pass()).skip).toBe('meeting_excluded');
  crm.add('deals', '7');
  expect((await meeting.pass()).skip).toBeNull();
  meeting.input = { ...meeting.input, meeting: { ...meeting.input.meeting, private: true } };
  expect((await meeting.pass()).skip).toBe('private');
});

test('a person without an address is matched by phone when the setting is on, and only one contact has the number', async () => {
  const crm = new FakeCrm();
  const phone = '+34600112233';
  crm.add('contacts', '1', { phone });
  const meeting = new PlannedMeeting(crm);
  meeting.input = {
    ...meeting.input,
    meeting: { ...meeting.input.meeting, participants: [{ name: 'Ana', phone: '+34 600 11 22 33' }] },
  };
  expect(await meeting.pass()).toMatchObject({ skip: 'no_crm_match', leftOut: ['Ana no_address'] });
  expect(crm.asked).toEqual([]);
  meeting.settings({ matchPhoneNumbers: true });
  expect(await meeting.pass()).toMatchObject({ links: ['contacts/1 participant'], leftOut: [] });
  expect(meeting.input.row.unmatched).toEqual([]);
  crm.add('contacts', '2', { phone });
  expect(await meeting.pass()).toMatchObject({ skip: 'no_crm_match', leftOut: ['Ana several_contacts'] });
  expect(meeting.input.row.unmatched).toEqual([{ email: null, name: 'Ana' }]);
});

test.each(['never', 'unknown_company', 'always'] as const)(
  'with createMissingContacts %s, a contact that a person requested is created, if HubSpot has none',
  async (createMissingContacts) => {
    const crm = new FakeCrm();
    crm.add('contacts', '1', known);
    crm.add('companies', '2', { domain: 'acme.example' });
    const meeting = new PlannedMeeting(crm)
      .settings({ createMissingContacts, lateMatchDays: 0 })
      .emails('marc@acme.example', 'info@acme.example');
    await meeting.pass();
    meeting.input = { ...meeting.input, requestedContacts: new Set(['marc@acme.example', 'info@acme.example']) };
    const { toCreate, links, leftOut } = await meeting.after(1).pass();
    expect(toCreate).toBe(1);
    expect(links).toContain('contacts/1 participant');
    expect(leftOut).toContain('info@acme.example would_be_created');
  },
);
