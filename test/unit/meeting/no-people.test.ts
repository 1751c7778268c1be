import { expect, test } from '@jest/globals';
import { MARKETING, MEETING, NOTIFICATION } from 'role-based-email-addresses';
import { isNotetakerName, noPersonKind } from '../../../src/meeting/people/no-people';
import { isSharedMailbox, NOT_SHARED } from '../../../src/meeting/people/shared-mailboxes';

const none = { excludedDomains: [], excludedAddresses: [] };

test.each([
  ['c_1881d77mmcaqsihgi426fseae6vnc@resource.calendar.google.com', 'room'],
  ['acme.example_3436@resource.calendar.google.com', 'room'],
  ['Sales123@Group.Calendar.Google.com', 'room'],
  ['en.usa#holiday@group.v.calendar.google.com', 'room'],
  ['abc@import.calendar.google.com', 'room'],
  ['unknownorganizer@calendar.google.com', 'room'],
  ['19:meeting_ZTA@thread.v2', 'room'],
  ['123456789@zoomcrc.com', 'room'],
  ['ana@acme.webex.com', 'room'],
  ['4711@bcc.hubspot.com', 'room'],
  ['4711@bcc.na2.hubspot.com', 'room'],
  ['4711@forward.eu1.hubspot.com', 'room'],
  ['acme@pipedrivemail.com', 'room'],
  ['room4@acme.example', 'room'],
  ['blue.room-3@acme.example', 'room'],
  ['mtr-berlin@acme.example', 'room'],
  ['teams-room@acme.example', 'room'],
  ['zoomroom@acme.example', 'room'],
  ['raum-4@acme.example', 'room'],
  ['besprechung.raum@acme.example', 'room'],
  ['meeting-room.2@acme.example', 'room'],
  ['berlin.confroom1@acme.example', 'room'],
  ['Boardroom@acme.example', 'room'],
  ['room-4@acme.example', 'room'],
  ['sala.de.juntas@acme.example', 'room'],
  ['fred@fireflies.ai', 'notetaker'],
  ['Fred+ana@fireflies.ai', 'notetaker'],
  ['notetaker@acme.example', 'notetaker'],
  ['ai-notetaker@acme.example', 'notetaker'],
  ['acme.note-taker@acme.example', 'notetaker'],
  ['notes@fathom.video', 'notetaker'],
  ['otterpilot@otter.ai', 'notetaker'],
  ['executiveassistant@e.read.ai', 'notetaker'],
  ['assistant@gong.io', 'notetaker'],
  ['assistant@avoma.com', 'notetaker'],
  ['bot@tldv.io', 'notetaker'],
  ['recorder@grain.com', 'notetaker'],
  ['rec@meetgeek.ai', 'notetaker'],
  ['no-reply@acme.example', 'automatic_sender'],
  ['NoReply@acme.example', 'automatic_sender'],
  ['noreply+42@acme.example', 'automatic_sender'],
  ['do_not_reply@acme.example', 'automatic_sender'],
  ['calendar-noreply@acme.example', 'automatic_sender'],
  ['no.reply.eu@acme.example', 'automatic_sender'],
  ['ne-pas-repondre@acme.example', 'automatic_sender'],
  ['mailer-daemon@acme.example', 'automatic_sender'],
  ['postmaster@acme.example', 'automatic_sender'],
  ['bounce+3fa2-ana=acme.example@acme.example', 'automatic_sender'],
  ['bounces@acme.example', 'automatic_sender'],
  ['notifications@acme.example', 'automatic_sender'],
  ['undisclosed-recipients@acme.example', 'automatic_sender'],
  ['unknownorganizer@acme.example', 'automatic_sender'],
  ['acme-sales@googlegroups.com', 'mailing_list'],
  ['dev@lists.acme.example', 'mailing_list'],
])('%s is no person: %s', (address, kind) => {
  expect(noPersonKind(address, none)).toBe(kind);
});

test.each([
  'ana@fireflies.ai',
  'marc@gong.io',
  'eva@google.com',
  'sue@zoom.us',
  'lee@hubspot.com',
  'noreen@acme.example',
  'noriko.replyanov@acme.example',
  'bouncer@acme.example',
  'alerta@acme.example',
  'frederic@fireflies.example',
  'fred@acme.example',
  'roomie@acme.example',
  'anna.room@acme.example',
  'raumann@acme.example',
  'lee@bcc.hubspot.com.example',
  'k.roomer@acme.example',
  'confroomski@acme.example',
  'sala@acme.example',
  'info@acme.example',
  'team@acme.example',
  'Ana Ruiz',
  '',
])('%s may be a person', (address) => {
  expect(noPersonKind(address, none)).toBeNull();
});

test('the settings exclude further domains, with those below, and addresses in any spelling', () => {
  const settings = { excludedDomains: ['Rooms.example'], excludedAddresses: ['Board@München.example'] };
  for (const address of ['a@rooms.example', 'a@eu.ROOMS.example', 'board@xn--mnchen-3ya.example'])
    expect([address, noPersonKind(address, settings)]).toEqual([address, 'excluded']);
  for (const address of ['a@notrooms.example', 'ana@münchen.example'])
    expect([address, noPersonKind(address, settings)]).toEqual([address, null]);
});

test.each([
  'Fireflies.ai Notetaker Ana',
  "Ana's Notetaker",
  'Otter.ai notes',
  'Read.ai meeting notes',
  'tl;dv recorder',
  'Read AI',
  'Recall.ai Bot',
  'Meeting Bot',
  'Recording-Bot',
  'Leexi bot',
  'Claap Recorder',
  'Krisp AI',
  'MeetGeek',
  'Circleback',
  'Spinach AI',
  'Microsoft Copilot',
  'Ana’s OtterPilot',
])('the name %s is that of a notetaker', (name) => {
  expect(isNotetakerName(name)).toBe(true);
});

test.each([
  'Meeting room 4',
  'Jamie',
  'Grain Lee',
  'Abbot',
  'Chorus',
  'Otter Berg',
  'Gong Li',
  'Ana Notaker',
  'Read Smith',
])('the name %s may be a person', (name) => {
  expect(isNotetakerName(name)).toBe(false);
});

test.each([
  'info@acme.example',
  'Sales@acme.example',
  'office+de@acme.example',
  'kontakt@acme.example',
  'büro@acme.example',
  'all@acme.example',
  'team@acme.example',
  'sales-team@acme.example',
  'everyone@acme.example',
  'dl-partners@acme.example',
  'hr@acme.example',
])('%s is read by several people', (address) => {
  expect(isSharedMailbox(address)).toBe(true);
});

test.each([
  'ana@acme.example',
  'paris@acme.example',
  'sydney.ross@acme.example',
  'ceo@acme.example',
  'md@acme.example',
  'mark@acme.example',
  'alistair@acme.example',
  'nobody@acme.example',
  'client@acme.example',
  'buyer@acme.example',
  'test@acme.example',
  '+@acme.example',
])('%s is read by one', (address) => {
  expect(isSharedMailbox(address)).toBe(false);
});

test('our exceptions are on the list to which they are exceptions', () => {
  const listed = new Set([...MARKETING, ...NOTIFICATION, ...MEETING]);
  expect([...NOT_SHARED].filter((name) => !listed.has(name))).toEqual([]);
});
