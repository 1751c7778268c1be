import { readAddressField } from './address-field';
import { readAttendees, readHost } from './attendees';
import { pathText } from '../validation-errors';
import { readDay, readLanguage, readScore, readSeconds, type Read } from './given-values';
import { readTimes } from './meeting-times';
import { bounds, type PostedMeeting } from './posted-meeting';
import type { MeetingSummary, ProcessedMeeting, SmartCategory, SmartCategoryItem } from './processed-meeting';
import type { MeetingField } from '../fields/meeting-field';
import { isHttpUrl } from '../content/urls';
import type { Warning } from '../warnings/warnings';

/** An accepted meeting, and warnings about what was excluded from it. */
export type TakenMeeting = { readonly meeting: ProcessedMeeting; readonly warnings: readonly Warning[] };
/** A validation error in a field that every meeting needs. */
export type InvalidField = { readonly path: readonly string[]; readonly message: string };

type Path = readonly (string | number)[];

/**
 * Reads a posted meeting. It excludes unreadable values and items without text, with a warning. Only the values that
 * every meeting needs can cause a validation error: its start and the host's address.
 */
export function readMeeting(posted: PostedMeeting): TakenMeeting | { readonly errors: readonly InvalidField[] } {
  const { meetingId, recordingUrl, calendarEventId } = posted;
  const times = readTimes(posted.startedAt, posted.endedAt);
  const people = readAttendees(posted.participants);
  const host = readHost(posted.host, people.participants);
  if ('error' in times || 'error' in host)
    return {
      errors: [
        ...('error' in times ? [{ path: [times.field], message: times.error }] : []),
        ...('error' in host ? [{ path: ['host', 'email'], message: host.error }] : []),
      ],
    };
  const notes = new Notes();
  const title = posted.title ?? notes.say(['title'], 'The meeting has no title: it is called "Meeting".') ?? 'Meeting';
  if (times.startWarning !== null) notes.say(['startedAt'], times.startWarning);
  if (times.endWarning !== null) notes.say(['endedAt'], times.endWarning);
  const language =
    posted.language === undefined ? 'en' : (notes.read(['language'], readLanguage(posted.language)) ?? 'en');
  const summary = readSummary(posted.summary, notes);
  const smartCategories = readCategories(posted.smartCategories, notes);
  const fields = readFields(posted.fields, notes);
  const media = readMedia(posted.recordingMediaUrl, notes);
  // The order of the fields is part of a body's identity.
  const meeting = {
    meetingId,
    title,
    ...times.times,
    language,
    recordingUrl,
    ...(media === undefined ? {} : { recordingMediaUrl: media }),
    ...(calendarEventId === undefined ? {} : { calendarEventId }),
    ...(posted.private === undefined ? {} : { private: posted.private }),
    host: host.host,
    participants: people.participants,
    summary,
    smartCategories,
    ...(fields.length === 0 ? {} : { fields }),
  };
  return { meeting, warnings: [...host.warnings, ...people.warnings, ...notes.warnings] };
}

function readSummary(posted: PostedMeeting['summary'], notes: Notes): MeetingSummary {
  const { overview, aiScore } = posted;
  const score = aiScore === undefined ? undefined : readAiScore(aiScore, notes);
  return {
    ...(overview === undefined ? {} : { overview }),
    ...(score === undefined ? {} : { aiScore: score }),
    topics: posted.topics.flatMap((topic, index) => readTopic(topic, ['summary', 'topics', index], notes)),
    nextSteps: posted.nextSteps.flatMap((step, index) => readNextStep(step, ['summary', 'nextSteps', index], notes)),
  };
}

type PostedSummary = PostedMeeting['summary'];

function readAiScore(posted: NonNullable<PostedSummary['aiScore']>, notes: Notes): MeetingSummary['aiScore'] {
  const { value, max, label } = typeof posted === 'object' ? posted : { value: posted };
  const nothing = [value, max].every((each) => each === undefined || each === '');
  if (nothing && label === undefined) return undefined;
  const score = notes.read(['summary', 'aiScore', 'value'], readScore(value, max === '' ? undefined : max));
  return score === undefined ? undefined : { ...score, ...(label === undefined ? {} : { label }) };
}

function readTopic(posted: PostedSummary['topics'][number], path: Path, notes: Notes): MeetingSummary['topics'] {
  const { title, detail } = posted ?? {};
  if (title === undefined) return leftOut(path, 'This topic has no title: it was left out.', notes);
  return [{ title, ...(detail === undefined ? {} : { detail }) }];
}

function readNextStep(
  posted: PostedSummary['nextSteps'][number],
  path: Path,
  notes: Notes,
): MeetingSummary['nextSteps'] {
  const { text, owner, dueDate, id, ownerEmail } = posted ?? {};
  if (text === undefined) return leftOut(path, 'This next step has no text: it was left out.', notes);
  const due = dueDate === undefined ? undefined : notes.read([...path, 'dueDate'], readDay(dueDate));
  const address = readOwnerEmail(ownerEmail, [...path, 'ownerEmail'], notes);
  return [
    {
      text,
      ...(owner === undefined ? {} : { owner }),
      ...(due === undefined ? {} : { dueDate: due }),
      ...(id === undefined ? {} : { id }),
      ...(address === undefined ? {} : { ownerEmail: address }),
    },
  ];
}

function readOwnerEmail(given: string | undefined, path: Path, notes: Notes): string | undefined {
  if (given === undefined) return undefined;
  const [mailbox, ...more] = readAddressField(given).mailboxes;
  if (mailbox === undefined) return notes.say(path, 'This is not an e-mail address: it was left out.');
  if (more.length > 0) notes.say(path, 'These are several addresses: the first was taken.');
  return mailbox.email;
}

function readCategories(posted: PostedMeeting['smartCategories'], notes: Notes): SmartCategory[] {
  return posted.flatMap((category, index) => {
    const path = ['smartCategories', index];
    if (category === null) return leftOut(path, 'This category is empty: it was left out.', notes);
    const name =
      category.name ?? notes.say([...path, 'name'], 'This category has no name: it is called "Notes".') ?? 'Notes';
    const items = category.items.flatMap((item, place) => readItem(item, [...path, 'items', place], notes));
    return [{ name, items }];
  });
}

type PostedItem = NonNullable<PostedMeeting['smartCategories'][number]>['items'][number];

function readItem(posted: PostedItem, path: Path, notes: Notes): SmartCategoryItem[] {
  if (posted === null || posted.text === undefined)
    return leftOut(path, `This ${posted?.kind ?? 'note'} has no text: it was left out.`, notes);
  const start = readPlace(posted.startSeconds, [...path, 'startSeconds'], notes);
  const end = readEnd(
    readPlace(posted.endSeconds, [...path, 'endSeconds'], notes),
    start,
    [...path, 'endSeconds'],
    notes,
  );
  const clipUrl = readClip(posted.clipUrl, [...path, 'clipUrl'], notes);
  return [
    {
      kind: posted.kind,
      text: posted.text,
      ...(start === undefined ? {} : { startSeconds: start }),
      ...(end === undefined ? {} : { endSeconds: end }),
      ...(clipUrl === undefined ? {} : { clipUrl }),
    },
  ];
}

function readFields(posted: PostedMeeting['fields'], notes: Notes): MeetingField[] {
  return posted.flatMap((field, index) => {
    const path = ['fields', index];
    if (field === null) return leftOut(path, 'This field is empty: it was left out.', notes);
    const { key, value, quote, confidence } = field;
    const given = typeof value === 'object' && value !== null ? value.filter((text) => text !== '') : value;
    if (given === null || given === '' || (typeof given === 'object' && given.length === 0))
      return leftOut(path, `The field "${key}" has no value: it was left out.`, notes);
    const start = readPlace(field.startSeconds, [...path, 'startSeconds'], notes);
    return [
      {
        key,
        value: given,
        ...(quote === undefined ? {} : { quote }),
        ...(start === undefined ? {} : { startSeconds: start }),
        ...(confidence === undefined ? {} : { confidence }),
      },
    ];
  });
}

function readPlace(given: number | string | undefined, path: Path, notes: Notes): number | undefined {
  return given === undefined || given === '' ? undefined : notes.read(path, readSeconds(given, bounds.seconds));
}

function readEnd(end: number | undefined, start: number | undefined, path: Path, notes: Notes): number | undefined {
  if (end === undefined || start === undefined || end >= start) return end;
  return notes.say(path, 'The end is before the start, so it was left out.');
}

function readClip(given: string | undefined, path: Path, notes: Notes): string | undefined {
  if (given === undefined || (given.length <= bounds.url && isHttpUrl(given))) return given;
  return notes.say(path, 'This is not an http or https address, so the link to the clip was left out.');
}

function readMedia(given: string | undefined, notes: Notes): string | undefined {
  if (given === undefined || (given.length <= bounds.url && isHttpUrl(given) && new URL(given).protocol === 'https:'))
    return given;
  return notes.say(['recordingMediaUrl'], 'This is not an https address, so HubSpot cannot play the recording.');
}

function leftOut(path: Path, message: string, notes: Notes): [] {
  notes.say(path, message);
  return [];
}

/** Collects warnings while a meeting is read. */
class Notes {
  readonly warnings: Warning[] = [];

  say(path: Path, message: string): undefined {
    this.warnings.push({ path: pathText(path), message });
  }

  /** Returns the value that was read, or adds a warning and returns undefined. */
  read<T>(path: Path, read: Read<T>): T | undefined {
    return 'value' in read ? read.value : this.say(path, read.problem);
  }
}
