import { normaliseEmail } from './mailboxes';
import { isPhoneNumber, phoneNumber } from './phones';
import type { MeetingField } from '../fields/meeting-field';
import type { ProcessedMeeting } from '../intake/schema';

/** Replaces an erased person's name or address in texts. */
export const ERASED = '[erased]';

/** A person to erase, with every known address and name. */
export interface ErasedPerson {
  /** Normalised by `normaliseEmail`. */
  readonly emails: readonly string[];
  readonly names: readonly string[];
  /** As HubSpot has them. They identify participants without an address. */
  readonly phones?: readonly string[];
}

type Named = {
  readonly email?: string | null | undefined;
  readonly name?: string | null | undefined;
  readonly phone?: string | null | undefined;
};

/** Titles and particles. Alone they identify no one, so they are not masked. */
const COMMON_PARTS = new Set([
  'dr',
  'mr',
  'mrs',
  'ms',
  'miss',
  'prof',
  'sir',
  'the',
  'van',
  'von',
  'der',
  'den',
  'del',
]);
/** Fewer than a number has without country and area code in most countries. */
const ENDING_DIGITS = 6;
const LETTER = String.raw`[\p{L}\p{N}\p{M}]`;
const WHOLE = { before: `(?<!${LETTER})`, after: `(?!${LETTER})` };
/** Keeps "Jane" from matching in "Mary-Jane". */
const ALONE = { before: `(?<!${LETTER}|${LETTER}-)`, after: `(?!${LETTER}|-${LETTER})` };

/** Whether a participant is the person: by address, or by phone number or name if there is no address. */
export function isPerson(person: ErasedPerson, participant: Named): boolean {
  if (participant.email) return person.emails.includes(normaliseEmail(participant.email));
  return (
    hasPhoneOf(person, participant) || person.names.some((known) => folded(known) === folded(participant.name ?? ''))
  );
}

/** A number may stand in the name's field too. */
function hasPhoneOf({ phones = [] }: ErasedPerson, { phone, name }: Named): boolean {
  if (phones.length === 0) return false;
  const numbers = [phone, name].flatMap((text) => (text ? (phoneNumber(text) ?? []) : []));
  return numbers.some((e164) => phones.some((known) => isPhoneNumber(known, e164)));
}

/** Returns the names that a meeting gives to the person's addresses and phone numbers. */
export function namesOf(meeting: Pick<ProcessedMeeting, 'participants'>, person: ErasedPerson): string[] {
  return meeting.participants
    .filter((each) => isPerson({ ...person, names: [] }, each))
    .flatMap(({ name }) => name ?? []);
}

/** Whether the person took part in the meeting: by address, or by phone number or full name if there is no address. */
export function tookPart(meeting: Pick<ProcessedMeeting, 'participants'>, person: ErasedPerson): boolean {
  const known = { ...person, names: fullNames(person) };
  return meeting.participants.some((each) => isPerson(known, each));
}

/**
 * Removes the person from the participants and masks them in every text. Ids, times and links stay. In a meeting
 * without the person, a single part of the name may mean another person, and so may a full name that a participant has:
 * both stay.
 */
export function withoutPerson(meeting: ProcessedMeeting, known: ErasedPerson): ProcessedMeeting {
  const person = { ...known, names: [...new Set([...known.names, ...namesOf(meeting, known)])] };
  const present = tookPart(meeting, person);
  const participants = (
    present ? meeting.participants.filter((each) => !isPerson(person, each)) : meeting.participants
  ).map((each) => withoutAddressInName(person, each));
  const others = [meeting.host, ...participants];
  return withMaskedTexts(
    { ...meeting, participants },
    present ? masker(person, others) : mentionMasker(person, others),
  );
}

/** Masks the person's address in a name. An unreadable address was stored as a name. */
export function withoutAddressInName<Kind extends Named>({ emails }: Pick<ErasedPerson, 'emails'>, each: Kind): Kind {
  return each.name ? { ...each, name: masker({ emails, names: [] }, [])(each.name) } : each;
}

/**
 * Returns the texts that find a meeting which names the person. Each entry is a list of lower-case texts that must all
 * occur.
 */
export function tracesOf(person: ErasedPerson): string[][] {
  return [...person.emails.map((email) => [email]), ...fullNames(person).map((name) => partsOf(name.toLowerCase()))];
}

/** The last digits of the person's phone numbers, which every spelling of them shares. */
export function phoneEndings({ phones = [] }: ErasedPerson): string[] {
  return phones.map((phone) => phone.replaceAll(/\D/g, '').slice(-ENDING_DIGITS)).filter((digits) => digits !== '');
}

/** Masks a person who did not take part: by the address and by full names that no one of the others has. */
export function mentionMasker({ emails, names }: ErasedPerson, others: readonly Named[]): (text: string) => string {
  const taken = new Set(others.map(({ name }) => folded(name ?? '')));
  const free = fullNames({ names }).filter((name) => !taken.has(folded(name)));
  // The names also count as others', so that no single part of them is masked.
  return masker({ emails, names: free }, [...others, ...free.map((name) => ({ name }))]);
}

function fullNames({ names }: Pick<ErasedPerson, 'names'>): string[] {
  return names.filter((name) => partsOf(name).length > 1);
}

function withMaskedTexts(meeting: ProcessedMeeting, mask: (text: string) => string): ProcessedMeeting {
  const masked = (text: string | undefined) => (text === undefined ? text : mask(text));
  const { summary } = meeting;
  return {
    ...meeting,
    title: mask(meeting.title),
    summary: {
      ...summary,
      ...(summary.overview === undefined ? {} : { overview: mask(summary.overview) }),
      ...(summary.aiScore === undefined
        ? {}
        : { aiScore: { ...summary.aiScore, label: masked(summary.aiScore.label) } }),
      topics: summary.topics.map((topic) => ({
        ...topic,
        title: mask(topic.title),
        detail: masked(topic.detail),
      })),
      nextSteps: summary.nextSteps.map((step) => ({
        ...step,
        text: mask(step.text),
        owner: masked(step.owner),
        // Without an address the task belongs to the host.
        ...(masked(step.ownerEmail) === step.ownerEmail ? {} : { ownerEmail: undefined }),
      })),
    },
    smartCategories: meeting.smartCategories.map((category) => ({
      name: mask(category.name),
      items: category.items.map((item) => ({ ...item, text: mask(item.text) })),
    })),
    ...(meeting.fields === undefined ? {} : { fields: meeting.fields.map((field) => withMaskedField(field, mask)) }),
  };
}

function withMaskedField(field: MeetingField, mask: (text: string) => string): MeetingField {
  const { value, quote } = field;
  const masked = typeof value === 'string' ? mask(value) : typeof value === 'object' ? value.map(mask) : value;
  return { ...field, value: masked, ...(quote === undefined ? {} : { quote: mask(quote) }) };
}

/**
 * Masks the person's addresses and full names in any case. Masks a single part of a name only where it can mean no one
 * else: in the same case, as a whole word, not shared with a participant who stays, and not next to another name
 * ("Jane Smith" is not Jane Doe).
 *
 * @param others - the people of the same meeting who stay
 */
export function masker(person: ErasedPerson, others: readonly Named[]): (text: string) => string {
  const taken = new Set(others.flatMap(({ name }) => partsOf(name ?? '').map(folded)));
  const names = person.names.filter((name) => name.trim() !== '').toSorted((a, b) => b.length - a.length);
  const parts = names.flatMap(partsOf).filter((part) => isDistinctive(part) && !taken.has(folded(part)));
  const patterns = [
    ...person.emails.map(
      (email) => new RegExp(`(?<![\\p{L}\\p{N}._%+-])${escaped(email)}(?![\\p{L}\\p{N}_-]|\\.[\\p{L}\\p{N}])`, 'giu'),
    ),
    ...fullNames({ names }).map((name) => wholeName(name)),
    ...names.filter((name) => !/[\p{Lu}\p{Ll}]/u.test(name)).map((name) => new RegExp(escaped(name), 'gu')),
    ...(parts.length === 0 ? [] : [nameParts([...new Set(parts)])]),
  ];
  return (text) => {
    // Some systems write "ë" as two characters. The patterns have one.
    const composed = text.normalize('NFC');
    const masked = patterns.reduce((left, pattern) => left.replaceAll(pattern, ERASED), composed);
    return masked === composed ? text : masked.replaceAll(/\[erased\](?:[\s,]+\[erased\])+/g, ERASED);
  };
}

function wholeName(name: string): RegExp {
  const words = partsOf(name)
    .map(escaped)
    .join(String.raw`[.,]?\s+`);
  return new RegExp(`${WHOLE.before}${words}${WHOLE.after}`, 'giu');
}

/**
 * Matches single parts of the name. A part next to a capitalised word that is not one of them belongs to another person's
 * name, unless that word begins a sentence.
 */
function nameParts(parts: readonly string[]): RegExp {
  const any = parts
    .toSorted((a, b) => b.length - a.length)
    .map(escaped)
    .join('|');
  const otherName = String.raw`(?!\s+(?!(?:${any})(?!${LETTER}))\p{Lu}\p{Ll}+)`;
  return new RegExp(`${ALONE.before}(?:${any})${ALONE.after}${otherName}`, 'gu');
}

function isDistinctive(part: string): boolean {
  return part.length > 1 && /^\p{Lu}/u.test(part) && !COMMON_PARTS.has(folded(part));
}

function partsOf(name: string): string[] {
  return name
    .normalize('NFC')
    .split(/[\s,()"]+/u)
    .map((part) => part.replaceAll(/^\p{P}+|[\p{P}]+$/gu, ''))
    .filter((part) => part !== '' && !part.includes('@'));
}

function folded(text: string): string {
  return text.normalize('NFC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\/]/g, (character) => `\\${character}`);
}
