import { readAddressField, type AddressField } from './address-field';
import { bounds, type PostedMeeting, type PostedParticipant } from './posted-meeting';
import type { Participant, ProcessedMeeting } from './processed-meeting';
import type { Warning } from '../warnings/warnings';

/** The people of a meeting, and warnings about posted values that were excluded. */
export type ReadAttendees = { readonly participants: Participant[]; readonly warnings: readonly Warning[] };

const NOT_AN_ADDRESS = 'This is not an e-mail address: it was left out.';

type Person = { readonly name?: string | undefined; readonly phone?: string | undefined; readonly internal?: boolean };

/**
 * Reads the posted participants. It cleans addresses in other spellings, reads a name in an address field, and takes
 * several addresses as several people. A person without a readable address is kept without one, and is therefore listed
 * as unmatched. An entry without address, name and phone is excluded.
 */
export function readAttendees(posted: PostedMeeting['participants']): ReadAttendees {
  const read = posted.map((person, index) => readAttendee(person, `participants[${index}]`));
  const participants = read.flatMap((each) => each.participants);
  const warnings = read.flatMap((each) => each.warnings);
  if (participants.length <= bounds.participants) return { participants, warnings };
  const message = `With the people who share a field there are ${participants.length.toLocaleString('en')}: the first ${bounds.participants} were taken.`;
  return {
    participants: participants.slice(0, bounds.participants),
    warnings: [...warnings, { path: 'participants', message }],
  };
}

function readAttendee(posted: PostedParticipant | null, path: string): ReadAttendees {
  if (posted === null) return emptyEntry(path);
  const warnings: Warning[] = [];
  const person: Person = {
    name: cut(posted.name, `${path}.name`, warnings),
    phone: cut(posted.phone, `${path}.phone`, warnings),
    ...(posted.internal === undefined ? {} : { internal: posted.internal }),
  };
  const read = readFields(posted.email, person, path);
  return { participants: read.participants, warnings: [...warnings, ...read.warnings] };
}

function readFields(email: string | undefined, person: Person, path: string): ReadAttendees {
  const field = email === undefined ? null : readAddressField(email);
  if (field !== null && field.mailboxes.length > 0) return withField(field, person, `${path}.email`, path);
  // Calendars put the address into the name field when they have no name.
  const inName = /@|%40/i.test(person.name ?? '') ? readAddressField(person.name ?? '') : null;
  const unread = field === null ? [] : [{ path: `${path}.email`, message: NOT_AN_ADDRESS }];
  if (inName !== null && inName.mailboxes.length > 0) {
    const read = withField(inName, { ...person, name: undefined }, `${path}.name`, path);
    return { participants: read.participants, warnings: [...unread, ...read.warnings] };
  }
  if (field !== null) return withField(field, person, `${path}.email`, path);
  return person.name === undefined && person.phone === undefined ? emptyEntry(path) : one(participant(person));
}

function withField(field: AddressField, person: Person, at: string, path: string): ReadAttendees {
  const [mailbox, ...more] = field.mailboxes;
  if (mailbox === undefined) return withoutAddress(field, person, at, path);
  if (more.length + field.others.length > 0) return severalPeople(field, person, at);
  const name = isAddressOf(mailbox.email, person.name) ? undefined : person.name;
  const phone = person.phone ?? field.phone ?? undefined;
  return one(participant({ ...person, name: name ?? mailbox.name ?? undefined, phone }, mailbox.email));
}

function withoutAddress(field: AddressField, person: Person, at: string, path: string): ReadAttendees {
  const name = person.name ?? field.name ?? undefined;
  const phone = person.phone ?? field.phone ?? undefined;
  if (name === undefined && phone === undefined) return emptyEntry(path);
  const message =
    field.phone === null
      ? 'This is not an e-mail address: the person was taken without one, and cannot be matched by it.'
      : 'This is a phone number, not an e-mail address: the person was taken without an address.';
  return one(participant({ ...person, name, phone }), [{ path: at, message }]);
}

/** The given name and phone may belong to any of the people, and a wrong name would be written to HubSpot. */
function severalPeople({ mailboxes, others }: AddressField, person: Person, at: string): ReadAttendees {
  const { internal } = person;
  const shared = internal === undefined ? {} : { internal };
  const participants = [
    ...mailboxes.map(({ email, name }) => participant({ ...shared, name: name ?? undefined }, email)),
    ...others.map((name) => participant({ ...shared, name })),
  ];
  const given = [...(person.name === undefined ? [] : ['name']), ...(person.phone === undefined ? [] : ['phone'])].join(
    ' and ',
  );
  const message =
    given === ''
      ? `This field names ${participants.length} people: they were taken as such.`
      : `This field names ${participants.length} people: they were taken as such, without the given ${given}.`;
  return { participants, warnings: [{ path: at, message }] };
}

/** The host, or the reason why the meeting is rejected. */
export type ReadHost =
  { readonly error: string } | { readonly host: ProcessedMeeting['host']; readonly warnings: readonly Warning[] };

/**
 * Reads the host, whose domain determines who is internal. When the address is missing or unreadable, the internal
 * participant of the same name provides it, or else the only internal one. Without either, the meeting is rejected:
 * otherwise colleagues would be searched for in HubSpot, and the meeting would be linked to the workspace's own
 * company.
 */
export function readHost(posted: PostedMeeting['host'], participants: readonly Participant[]): ReadHost {
  const warnings: Warning[] = [];
  const givenName = cut(posted.name, 'host.name', warnings);
  const { mailboxes, name: namedThere } = readAddressField(posted.email ?? '');
  const [mailbox] = mailboxes;
  const at = 'host.email';
  if (mailbox !== undefined) {
    if (mailboxes.length > 1)
      warnings.push({ path: at, message: `This field has ${mailboxes.length} addresses: the first was taken.` });
    const name = (isAddressOf(mailbox.email, givenName) ? undefined : givenName) ?? mailbox.name ?? undefined;
    return { host: hostOf(mailbox.email, name), warnings };
  }
  const name = givenName ?? namedThere ?? undefined;
  const standIn = standInFor(name, participants);
  const missing = posted.email === undefined;
  if (standIn === null)
    return { error: missing ? 'is required' : 'must be an e-mail address such as marc@acme.example' };
  const problem = missing ? 'The host has no e-mail address' : 'This is not an e-mail address';
  const message = `${problem}: that of the internal participant who can be the host was taken.`;
  return { host: hostOf(standIn, givenName), warnings: [...warnings, { path: at, message }] };
}

function standInFor(name: string | undefined, participants: readonly Participant[]): string | null {
  const internal = participants.filter((person) => person.internal === true && person.email !== undefined);
  const namesakes = internal.filter((person) => person.name?.toLowerCase() === name?.toLowerCase());
  const candidates = name !== undefined && namesakes.length > 0 ? namesakes : internal;
  const addresses = [...new Map(candidates.map(({ email = '' }) => [email.toLowerCase(), email])).values()];
  return addresses.length === 1 ? (addresses[0] ?? null) : null;
}

function hostOf(email: string, name: string | undefined): ProcessedMeeting['host'] {
  return name === undefined ? { email } : { email, name };
}

/** Keeps the fields in a fixed order and drops absent ones, because the order is part of a body's identity. */
function participant({ name, phone, internal }: Person, email?: string): Participant {
  return {
    ...(email === undefined ? {} : { email }),
    ...(name === undefined ? {} : { name }),
    ...(phone === undefined ? {} : { phone }),
    ...(internal === undefined ? {} : { internal }),
  };
}

function one(person: Participant, warnings: readonly Warning[] = []): ReadAttendees {
  return { participants: [person], warnings };
}

function emptyEntry(path: string): ReadAttendees {
  return {
    participants: [],
    warnings: [{ path, message: 'This entry has no address, name or phone: it was left out.' }],
  };
}

function isAddressOf(email: string, name: string | undefined): boolean {
  return name?.toLowerCase() === email.toLowerCase();
}

function cut(text: string | undefined, path: string, warnings: Warning[]): string | undefined {
  if (text === undefined || text.length <= bounds.line) return text;
  const length = bounds.line.toLocaleString('en');
  warnings.push({ path, message: `This is longer than ${length} characters, and was cut there.` });
  // Do not cut through a surrogate pair, because half of one cannot be stored.
  return text
    .slice(0, bounds.line)
    .replace(/[\uD800-\uDBFF]$/, '')
    .trimEnd();
}
