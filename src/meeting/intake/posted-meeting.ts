import { z } from 'zod';
import { storable } from '../content/characters';
import { postedFields } from './posted-fields';
import { isBlank } from '../people/invisible';
import { DATE_TIME } from './meeting-times';
import { isHttpUrl } from '../content/urls';

/**
 * Bounds of a posted meeting (docs/reference.md, "A processed meeting"). The lengths are so wide that only a mistake
 * exceeds them.
 */
export const bounds = {
  participants: 200,
  topics: 50,
  nextSteps: 50,
  /** The caller's id of a next step, in characters. */
  stepId: 128,
  notesAndClips: 2_000,
  categories: 2_000,
  /** Titles, names and labels, in characters. */
  line: 1_000,
  url: 2_000,
  /** Overview, details, notes and clips, in characters. */
  text: 1_000_000,
  /** Positions in a recording, in seconds. */
  seconds: 10_000_000,
} as const;

const clean = (text: string) => storable(text).trim();

const textOrAbsent = (text: string | null | undefined) =>
  text === null || text === undefined || isBlank(text) ? undefined : text;

const says = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    (issue.input ?? undefined) === undefined ? 'is required' : `must be ${what}`,
});
const atMost = (count: number, what: string) => `must not have more than ${count.toLocaleString('en')} ${what}`;

function required(max: number) {
  return z.string(says('a text')).overwrite(clean).min(1, 'must not be empty').max(max, atMost(max, 'characters'));
}

/** An optional text. It may also be `null` or empty, which pipelines send for "nothing". All three read as absent. */
function optional(max: number, description?: string) {
  const schema = z.string(says('a text')).overwrite(clean).max(max, atMost(max, 'characters'));
  return (description === undefined ? schema : schema.meta({ description }))
    .nullish()
    .transform(textOrAbsent)
    .optional();
}

/** A text of any length. A problem with it excludes only this field. */
function lenient(description: string) {
  return z.string(says('a text')).overwrite(clean).meta({ description }).nullish().transform(textOrAbsent).optional();
}

const absent = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();

/** Entries may be `null`, which models write for an entry without content. */
const list = <T extends z.ZodType>(entry: T, max: number, what: string) =>
  z
    .array(entry.nullable(), says('a list'))
    .max(max, atMost(max, what))
    .nullish()
    .transform((entries) => entries ?? []);

const numberOrText = (description: string) =>
  absent(z.union([z.number(), z.string().overwrite(clean)], says('a number')).meta({ description }));

const EMAIL =
  'An e-mail address. Other spellings (`Laia <laia@acme.example>`, `mailto:`, quotes, a list of several people) are read; a person without a readable address is taken with a warning, and not matched';

const participant = z.strictObject(
  {
    email: lenient(EMAIL),
    name: lenient('At most 1,000 characters are kept'),
    phone: lenient('At most 1,000 characters are kept'),
    internal: absent(z.boolean(says('true or false'))),
  },
  says('an object'),
);

const scoreObject = z.strictObject(
  {
    value: numberOrText('A number, or a text such as `78`, `78/100` or `78%`'),
    max: numberOrText('What the score is out of; may be absent where `value` says so itself'),
    label: optional(bounds.line),
  },
  says('an object'),
);
const aiScore = z.union(
  [
    scoreObject,
    z.string().overwrite(clean).meta({ description: 'Such as `78/100` or `78%`' }),
    z.number().meta({ description: 'Left out, because it does not say what the score is out of' }),
  ],
  says('an object'),
);

const topic = z.strictObject(
  { title: optional(bounds.line, 'A topic without one is left out'), detail: optional(bounds.text) },
  says('an object'),
);

const nextStep = z.strictObject(
  {
    text: optional(bounds.text, 'A next step without one is left out'),
    owner: optional(bounds.line),
    dueDate: lenient('A date such as 2026-11-06, or a date and time, whose date counts; anything else is left out'),
    id: optional(bounds.stepId, 'Your own, stable within the meeting. It identifies the step when its text changes'),
    ownerEmail: lenient('The e-mail address of the person who does it; anything else is left out'),
  },
  says('an object'),
);

const summary = z.strictObject(
  {
    overview: optional(bounds.text),
    aiScore: absent(aiScore),
    topics: list(topic, bounds.topics, 'topics'),
    nextSteps: list(nextStep, bounds.nextSteps, 'next steps'),
  },
  says('an object'),
);

const SECONDS = 'Seconds, or a text such as `750` or `00:12:30`; anything else is left out';

const smartCategoryItem = z.strictObject(
  {
    kind: z
      .string(says('note or clip'))
      .overwrite((kind) => kind.trim().toLowerCase())
      .pipe(z.enum(['note', 'clip'], says('note or clip')))
      .meta({ description: '`note` or `clip`' }),
    text: optional(bounds.text, 'A note or clip without one is left out'),
    startSeconds: numberOrText(SECONDS),
    endSeconds: numberOrText(SECONDS),
    clipUrl: lenient('An http or https address; anything else is left out'),
  },
  says('an object'),
);

const smartCategory = z.strictObject(
  {
    name: optional(bounds.line, 'A category without one is called "Notes"'),
    items: list(smartCategoryItem, bounds.notesAndClips, 'notes and clips'),
  },
  says('an object'),
);

const smartCategoryList = z
  .array(smartCategory.nullable(), says('a list'))
  .max(bounds.categories, atMost(bounds.categories, 'categories'));

// Counted before any item is read: two thousand lists within their own bounds would be millions of entries to validate.
const smartCategories = z
  .pipe(
    z.transform((categories: z.input<typeof smartCategoryList>, context) => {
      if (notesAndClipsIn(categories) <= bounds.notesAndClips) return categories;
      const message = `${atMost(bounds.notesAndClips, 'notes and clips')} in all categories together`;
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
    smartCategoryList,
  )
  .nullish()
  .transform((categories) => categories ?? []);

/**
 * Counts the notes and clips of a body that is not validated yet. Lists over their own bound do not count, because they
 * are rejected for it.
 */
function notesAndClipsIn(categories: unknown): number {
  if (!Array.isArray(categories) || categories.length > bounds.categories) return 0;
  return categories
    .map((category: unknown) =>
      typeof category === 'object' && category !== null && 'items' in category && Array.isArray(category.items)
        ? category.items.length
        : 0,
    )
    .filter((count) => count <= bounds.notesAndClips)
    .reduce((sum, count) => sum + count, 0);
}

/**
 * The structure of a processed meeting as a pipeline posts it (docs/reference.md, "A processed meeting"). It rejects
 * unknown fields, wrong types, values over a bound, and a meeting without id, start, recording, host or list of
 * participants. `readMeeting` reads the content of the other fields later: an unreadable value excludes only that
 * value.
 */
export const postedStructure = z.strictObject(
  {
    meetingId: z
      .string(says('a text'))
      .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, colons, dashes or underscores')
      // Browsers and proxies resolve these as path segments.
      .refine((id) => id !== '.' && id !== '..', 'must not be "." or ".."'),
    title: optional(bounds.line, 'A meeting without one is called "Meeting"'),
    startedAt: required(128).meta({ format: 'date-time', description: DATE_TIME }),
    endedAt: lenient('A date and time as `startedAt`; where it is absent or unreadable, the start is taken for it'),
    language: lenient('A language tag such as en or es-MX, `en_US.UTF-8` or `English`; anything else reads as en'),
    recordingUrl: required(bounds.url)
      .refine(
        (text) => text === '' || isHttpUrl(text),
        'must be an http or https address such as https://app.acme.example/recording',
      )
      .meta({ format: 'uri' }),
    recordingMediaUrl: lenient(
      'The https address of the audio or video itself, which HubSpot plays where the Meeting Summary is a call; anything else is left out',
    ),
    calendarEventId: optional(1_024),
    private: absent(z.boolean(says('true or false'))),
    host: z.strictObject(
      {
        email: lenient(`${EMAIL}. The host's may be absent where one internal participant can be the host`),
        name: lenient('At most 1,000 characters are kept'),
      },
      says('an object'),
    ),
    participants: z
      .array(participant.nullable(), says('a list'))
      .max(bounds.participants, atMost(bounds.participants, 'participants')),
    summary: summary.nullish().transform((given) => given ?? { topics: [], nextSteps: [] }),
    smartCategories,
    fields: postedFields,
  },
  says('an object'),
);

/** A posted meeting with a valid structure. */
export type PostedMeeting = z.output<typeof postedStructure>;
export type PostedParticipant = NonNullable<PostedMeeting['participants'][number]>;
