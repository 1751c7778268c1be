import { z } from 'zod';
import { storable } from './characters';
import { isEmailAddress } from './domains';
import { isHttpUrl } from './urls';

/** Bounds of a posted meeting (docs/reference.md, "A processed meeting"); the lengths are wide enough that only a mistake meets them. */
export const bounds = {
  participants: 200,
  topics: 50,
  nextSteps: 50,
  notesAndClips: 2_000,
  categories: 2_000,
  /** Titles, names and labels, in characters. */
  line: 1_000,
  url: 2_000,
  /** Overview, details, notes and clips, in characters. */
  text: 1_000_000,
  /** Places in a recording, in seconds. */
  seconds: 10_000_000,
} as const;

const clean = (text: string) => storable(text).trim();

const says = (what: string) => ({
  error: (issue: { readonly input?: unknown }) =>
    (issue.input ?? undefined) === undefined ? 'is required' : `must be ${what}`,
});
const atMost = (count: number, what: string) => `must not have more than ${count.toLocaleString('en')} ${what}`;

/** A year outside this range is a sender's mistake, such as seconds read as milliseconds or an empty field. */
function isPlausibleYear(text: string): boolean {
  const year = Number(text.slice(0, 4));
  return year >= 1970 && year <= 2100;
}

type Rule = {
  readonly fits: (text: string) => boolean;
  readonly what: string;
  readonly format?: string;
  /** Called only with a text that fits. */
  readonly isPlausible?: (text: string) => boolean;
};

const anyText: Rule = { fits: () => true, what: 'a text' };
const emailAddress: Rule = {
  fits: isEmailAddress,
  what: 'an e-mail address such as marc@acme.example',
  format: 'email',
};
const httpUrl: Rule = {
  fits: isHttpUrl,
  what: 'an http or https address such as https://app.acme.example/recording',
  format: 'uri',
};
const calendarDate: Rule = {
  fits: (text) => z.iso.date().safeParse(text).success,
  what: 'a date such as 2026-11-06',
  isPlausible: isPlausibleYear,
  format: 'date',
};
const dateTime: Rule = {
  fits: (text) => z.iso.datetime({ offset: true }).safeParse(text).success,
  what: 'a date and time with its offset from UTC such as 2026-11-03T10:00:00+01:00',
  isPlausible: isPlausibleYear,
  format: 'date-time',
};
const languageTag: Rule = { fits: isLanguageTag, what: 'a language tag such as en or es-MX' };

// A time that is refused already must not be reported a second time, as the wrong way round.
function endsAfterItsStart({ startedAt, endedAt }: { readonly startedAt: string; readonly endedAt: string }): boolean {
  return [startedAt, endedAt].some((time) => !dateTime.fits(time)) || Date.parse(endedAt) >= Date.parse(startedAt);
}

function isLanguageTag(text: string): boolean {
  try {
    return Intl.getCanonicalLocales(text).length === 1;
  } catch {
    return false;
  }
}

const withFormat = <T extends z.ZodType>(schema: T, rule: Rule) =>
  rule.format === undefined ? schema : schema.meta({ format: rule.format });

function required(max: number, rule: Rule = anyText) {
  const schema = z
    .string(says(rule.what))
    .overwrite(clean)
    .min(1, 'must not be empty')
    .max(max, atMost(max, 'characters'))
    .refine((text) => text === '' || rule.fits(text), `must be ${rule.what}`)
    .refine((text) => !rule.fits(text) || (rule.isPlausible?.(text) ?? true), 'must be in the years 1970 to 2100');
  return withFormat(schema, rule);
}

/** A text that may be left out, also as `null` or empty, which pipelines send for "nothing": all three read as absent. */
function optional(max: number, rule: Rule = anyText, normalise: (text: string) => string = clean) {
  const schema = z
    .string(says(rule.what))
    .overwrite(normalise)
    .max(max, atMost(max, 'characters'))
    .refine((text) => text === '' || rule.fits(text), `must be ${rule.what}`)
    .refine((text) => !rule.fits(text) || (rule.isPlausible?.(text) ?? true), 'must be in the years 1970 to 2100');
  return withFormat(schema, rule)
    .nullish()
    .transform((text) => text || undefined)
    .optional();
}

const absent = <T extends z.ZodType>(schema: T) =>
  schema
    .nullish()
    .transform((value) => value ?? undefined)
    .optional();

const list = <T extends z.ZodType>(entry: T, max: number, what: string) =>
  z
    .array(entry, says('a list'))
    .max(max, atMost(max, what))
    .nullish()
    .transform((entries) => entries ?? []);

const amount = (max: number) =>
  z
    .number(says('a number'))
    .min(0, 'must not be negative')
    .max(max, `must not be over ${max.toLocaleString('en')}`);

const participant = z
  .strictObject(
    {
      email: optional(320, emailAddress),
      name: optional(bounds.line),
      phone: optional(bounds.line),
      internal: absent(z.boolean(says('true or false'))),
    },
    says('an object'),
  )
  .refine((person) => person.email !== undefined || person.name !== undefined, 'must have an email or a name');

const aiScore = z
  .strictObject(
    {
      value: amount(Number.MAX_SAFE_INTEGER),
      max: amount(Number.MAX_SAFE_INTEGER).refine((max) => max > 0, 'must be over 0'),
      label: optional(bounds.line),
    },
    says('an object'),
  )
  .refine((score) => score.value <= score.max, { path: ['value'], message: 'must not be over max' });

const topic = z.strictObject({ title: required(bounds.line), detail: optional(bounds.text) }, says('an object'));

const nextStep = z.strictObject(
  { text: required(bounds.text), owner: optional(bounds.line), dueDate: optional(10, calendarDate) },
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

const smartCategoryItem = z
  .strictObject(
    {
      kind: z.enum(['note', 'clip'], says('note or clip')),
      text: required(bounds.text),
      startSeconds: absent(amount(bounds.seconds)),
      endSeconds: absent(amount(bounds.seconds)),
      clipUrl: optional(bounds.url, httpUrl),
    },
    says('an object'),
  )
  .refine(
    (item) => item.startSeconds === undefined || item.endSeconds === undefined || item.endSeconds >= item.startSeconds,
    { path: ['endSeconds'], message: 'must not be before startSeconds' },
  );

const smartCategory = z.strictObject(
  { name: required(bounds.line), items: list(smartCategoryItem, bounds.notesAndClips, 'notes and clips') },
  says('an object'),
);

const smartCategoryList = z
  .array(smartCategory, says('a list'))
  .max(bounds.categories, atMost(bounds.categories, 'categories'));

// Counted before any is read: two thousand lists within their own bounds would be millions of entries to find faults in.
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

/** How many a body has that nothing was checked of yet. Lists over their own bound do not count: they are refused for it. */
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
 * A processed meeting as a pipeline hands it over (docs/reference.md, "A processed meeting"). Unknown fields are refused by name; `null` and
 * empty texts in optional fields read as absent. What it gives back is trimmed and safe for jsonb: store that, not the
 * body as it came.
 */
export const processedMeetingSchema = z
  .strictObject(
    {
      meetingId: z
        .string(says('a text'))
        .regex(/^[A-Za-z0-9._:-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, colons, dashes or underscores')
        // Browsers and proxies resolve these as path segments.
        .refine((id) => id !== '.' && id !== '..', 'must not be "." or ".."'),
      title: required(bounds.line),
      startedAt: required(64, dateTime),
      endedAt: required(64, dateTime),
      language: optional(64, languageTag, (text) => clean(text).replaceAll('_', '-')).transform(
        (tag) => Intl.getCanonicalLocales(tag ?? 'en')[0] ?? 'en',
      ),
      recordingUrl: required(bounds.url, httpUrl),
      calendarEventId: optional(1_024),
      private: absent(z.boolean(says('true or false'))),
      host: z.strictObject({ email: required(320, emailAddress), name: optional(bounds.line) }, says('an object')),
      participants: z
        .array(participant, says('a list'))
        .max(bounds.participants, atMost(bounds.participants, 'participants')),
      summary: summary.nullish().transform((given) => given ?? { topics: [], nextSteps: [] }),
      smartCategories,
    },
    says('an object'),
  )
  .refine(endsAfterItsStart, { path: ['endedAt'], message: 'must not be before startedAt' });

/** A processed meeting once it has been read: optional fields are there or absent, lists are always there. */
export type ProcessedMeeting = z.output<typeof processedMeetingSchema>;
/** A processed meeting as a pipeline may send it. */
export type ProcessedMeetingInput = z.input<typeof processedMeetingSchema>;
export type Participant = ProcessedMeeting['participants'][number];
export type MeetingSummary = ProcessedMeeting['summary'];
export type SmartCategory = ProcessedMeeting['smartCategories'][number];
export type SmartCategoryItem = SmartCategory['items'][number];
