import * as fc from 'fast-check';
import {
  processedMeetingSchema,
  type ProcessedMeeting,
  type ProcessedMeetingInput,
} from '../../../src/meeting/intake/schema';

/** A discovery call with everything a meeting can have. */
export const exampleInput: ProcessedMeetingInput = {
  meetingId: 'mtg_2026_11_03_acme_discovery',
  title: 'Acme <> Northwind: discovery call',
  startedAt: '2026-11-03T10:00:00+01:00',
  endedAt: '2026-11-03T10:42:11+01:00',
  language: 'en',
  recordingUrl: 'https://app.northwind.example/meetings/mtg_1?a=1&b=2',
  calendarEventId: '5c7q2m1k@google.com',
  host: { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz' },
  participants: [
    { email: 'ana.ruiz@northwind.example', name: 'Ana Ruiz', internal: true },
    { email: 'Marc.Serra@acme.example', name: 'Marc Serra' },
    { email: 'laia.pons@acme.example', name: 'Laia Pons', phone: '+34 600 000 001' },
    { name: 'Meeting room 4' },
  ],
  summary: {
    overview: 'Acme wants to replace its call reviews before the Q1 hiring wave.',
    aiScore: { value: 82, max: 100, label: 'Good discovery' },
    topics: [
      { title: 'Current process', detail: 'Managers review 3 % of calls by hand.' },
      { title: 'Budget & timing', detail: '€40k approved;\ndecision before 15 January.' },
      { title: 'Security' },
    ],
    nextSteps: [
      { text: 'Send the security questionnaire', owner: 'Ana Ruiz', dueDate: '2026-11-06' },
      { text: 'Book the technical session with IT', owner: 'Marc Serra' },
      { text: 'Call back' },
    ],
  },
  smartCategories: [
    {
      name: 'Objections',
      items: [
        {
          kind: 'note',
          text: 'Worried about "yet another tool" for <managers>.',
          startSeconds: 612,
          clipUrl: 'https://app.northwind.example/clips/c_881',
        },
        {
          kind: 'clip',
          text: 'Legal needs EU data residency.',
          startSeconds: 3723,
          endSeconds: 3760.4,
          clipUrl: 'https://app.northwind.example/clips/c_882',
        },
      ],
    },
    { name: 'Competition', items: [] },
    { name: 'Buying signals', items: [{ kind: 'note', text: "IT's sign-off is near." }] },
  ],
};

export const example = processedMeetingSchema.parse(exampleInput);

/** One line per block, for expectations that a person can read. */
export const blocks = (html: string): string[] => html.split(/(?=<(?:p|ul|ol|li)>)/);

/** Texts as hostile as meetings can hold: markup, entities, control characters, emojis and halves of them. */
export const hostileText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '<script>',
        '</li>',
        '</ul>',
        '"',
        "'",
        '&',
        '&amp;',
        '<',
        '>',
        '<!--',
        '\n',
        '\r\n',
        '\u0007',
        '👩‍💻',
        '\uD83D',
        '\t',
        '  ',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => `x${parts.join('')}`);

/** Texts of every length up to beyond HubSpot's limit, long ones made by repeating a short one. */
const anyLength = fc
  .tuple(
    hostileText,
    fc.oneof(
      { weight: 6, arbitrary: fc.constant(1) },
      { weight: 3, arbitrary: fc.integer({ min: 2, max: 100 }) },
      { weight: 1, arbitrary: fc.integer({ min: 2_000, max: 30_000 }) },
    ),
  )
  .map(([text, times]) => text.repeat(times).slice(0, 200_000));

const line = hostileText.map((text) => text.slice(0, 1_000));
const url = fc
  .nat(5)
  .chain((size) => fc.constantFrom('"', '&', 'a', "'").map((c) => `https://n.example/r?${c.repeat(size * 390)}`));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const item = fc.record({
  kind: fc.constantFrom('note' as const, 'clip' as const),
  text: anyLength,
  startSeconds: maybe(fc.integer({ min: 0, max: 9_000 })),
  endSeconds: maybe(fc.integer({ min: 9_000, max: 10_000 })),
  clipUrl: maybe(url),
});

/** Meetings of every size, in every supported and some other languages. */
export const anyMeeting: fc.Arbitrary<ProcessedMeeting> = fc
  .record({
    title: line,
    language: fc.constantFrom('en', 'es', 'es-MX', 'de', 'zh-Hant-TW'),
    recordingUrl: url,
    summary: fc.record({
      overview: maybe(anyLength),
      aiScore: maybe(fc.record({ value: fc.integer({ min: 0, max: 10 }), max: fc.constant(10), label: maybe(line) })),
      topics: fc.array(fc.record({ title: line, detail: maybe(anyLength) }), { maxLength: 50 }),
      nextSteps: fc.array(
        fc.record({ text: anyLength, owner: maybe(line), dueDate: maybe(fc.constantFrom('2026-11-06', '2024-02-29')) }),
        { maxLength: 50 },
      ),
    }),
    smartCategories: fc.array(fc.record({ name: line, items: fc.array(item, { maxLength: 25 }) }), { maxLength: 6 }),
  })
  .map((parts) => ({ ...example, ...parts }));

const allowedTags = new Set(['p', 'br', 'strong', 'em', 'ul', 'ol', 'li', 'a']);

/**
 * The errors of a body: tags that are not allowed, left open or closed in the wrong order, list items outside of lists,
 * attributes other than http(s) addresses, bare special characters, halves of surrogate pairs.
 */
export function htmlErrors(html: string): string[] {
  const errors: string[] = [];
  const open: string[] = [];
  const rest = html.replaceAll(
    /<(\/?)([a-z]+)((?: href="https?:\/\/[^"<>\s]*")?)>/g,
    (whole, slash, tag, attribute) => {
      if (!allowedTags.has(tag)) errors.push(`tag ${whole}`);
      if ((tag === 'a' && slash === '') !== (attribute !== '')) errors.push(`attribute ${whole}`);
      if (tag === 'br') return '';
      if (slash === '/') {
        if (open.pop() !== tag) errors.push(`closed out of order ${whole}`);
      } else {
        if (tag === 'li' && open.at(-1) !== 'ul' && open.at(-1) !== 'ol') errors.push('item outside of a list');
        open.push(tag);
      }
      return '';
    },
  );
  if (open.length > 0) errors.push(`left open: ${open.join(' ')}`);
  if (/[<>"']/.test(rest)) errors.push('bare special character');
  if (/&(?!amp;|lt;|gt;|quot;|#39;)/.test(html)) errors.push('bare ampersand');
  if (/\p{Surrogate}/u.test(html)) errors.push('half a surrogate pair');
  if (/\p{Cc}/u.test(html)) errors.push('control character');
  return errors;
}

/**
 * Like `fc.assert`, without printing a counterexample of megabytes: the seed and path repeat it. FAST_CHECK_RUNS, where
 * set, is the case count instead.
 */
export function holds<T>(property: fc.IProperty<T>, cases: number): void {
  const numRuns = Number(process.env['FAST_CHECK_RUNS'] ?? cases);
  const details = fc.check(property, { numRuns, endOnFailure: true });
  if (!details.failed) return;
  throw new Error(`Failed with seed ${details.seed}, path ${details.counterexamplePath}`, {
    cause: details.errorInstance,
  });
}
