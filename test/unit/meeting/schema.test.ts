import { describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { listErrors } from '../../../src/meeting/validation-errors';
import { bounds, postedMeetingSchema, processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { example, exampleInput } from './meetings';

/** The errors of the example meeting with some of its fields replaced. */
function errors(change: Record<string, unknown>) {
  const result = processedMeetingSchema.safeParse({ ...exampleInput, ...change });
  return result.success ? [] : listErrors(result.error).errors;
}
const parsed = (change: Record<string, unknown>) => processedMeetingSchema.parse({ ...exampleInput, ...change });
const withItem = (change: Record<string, unknown>) => ({
  smartCategories: [{ name: 'Needs', items: [{ kind: 'clip', text: 'x', startSeconds: 5, ...change }] }],
});
const withPerson = (person: Record<string, unknown>) => ({ participants: [person] });

const many = (count: number, entry: unknown) => Array.from({ length: count }, () => entry);

describe('what a pipeline may send', () => {
  test('the example meeting is read unchanged', () => {
    expect(JSON.parse(JSON.stringify(example))).toEqual(exampleInput);
  });

  test('only the required fields', () => {
    const { calendarEventId, language, summary, smartCategories, host, ...rest } = exampleInput;
    expect(processedMeetingSchema.parse({ ...rest, host: { email: host.email } })).toEqual({
      ...rest,
      host: { email: host.email },
      language: 'en',
      summary: { topics: [], nextSteps: [] },
      smartCategories: [],
    });
    expect([calendarEventId, language, summary, smartCategories]).not.toContain(undefined);
  });

  test.each([
    [{ summary: null }],
    [{ smartCategories: null, calendarEventId: null, language: null, private: null }],
    [{ summary: { overview: null, aiScore: null, topics: null, nextSteps: null } }],
    [{ summary: { topics: [{ title: 'x', detail: '' }], nextSteps: [{ text: 'x', owner: ' ', dueDate: '' }] } }],
    [withItem({ startSeconds: null, endSeconds: null, clipUrl: '' })],
    [withPerson({ email: '', name: 'x', phone: null, internal: null })],
  ])('null and empty optional fields are absent fields: %j', (change) => {
    expect(JSON.stringify(parsed(change))).not.toMatch(/null|""|" "/);
  });

  test('texts are trimmed and made fit for PostgreSQL', () => {
    expect(parsed({ title: '  A\0 call \uD83D ' }).title).toBe('A call \uFFFD');
    expect(parsed(withPerson({ email: ' Marc@acme.example\n' })).participants[0]?.email).toBe('Marc@acme.example');
  });

  test.each([
    ['es', 'es'],
    ['es_MX', 'es-MX'],
    ['EN-gb', 'en-GB'],
    ['zh-hant-tw', 'zh-Hant-TW'],
    [undefined, 'en'],
  ])('language %j reads as %j', (language, tag) => {
    expect(parsed({ language }).language).toBe(tag);
  });

  test.each([
    'marc+crm@acme.example',
    "o'neil@acme.example",
    'MARC.SERRA@ACME.EXAMPLE',
    'jürgen.groß@münchen.example',
    '用户@例子.example',
    'a..b@docomo.example',
    'x_y-z=1/2@mail.acme.co.uk',
    'root@localhost',
    `${'x'.repeat(66)}@acme.example`,
    `${'例'.repeat(64)}@acme.example`,
    `marc@${'x'.repeat(63)}.example`,
  ])('%s is an e-mail address', (email) => {
    const { meeting, warnings } = postedMeetingSchema.parse({ ...exampleInput, ...withPerson({ email }) });
    expect(meeting.participants).toEqual([{ email }]);
    expect(warnings).toEqual([]);
  });

  test.each([
    `${'x'.repeat(310)}@acme.example`,
    'marc@acme_sales.example',
    'marc@acme!.example',
    "marc@o'neil.example",
    'marc@acme*.example',
    'marc@acme..example',
    'marc@.example',
    `marc@${'x'.repeat(64)}.example`,
    '@acme.example',
    'marc@',
  ])('%s is none', (email) => {
    const { meeting, warnings } = postedMeetingSchema.parse({ ...exampleInput, ...withPerson({ email }) });
    expect(meeting.participants).toMatchObject([{ name: expect.anything() }]);
    expect(meeting.participants[0]).not.toHaveProperty('email');
    expect(warnings).toMatchObject([{ path: 'participants[0].email' }]);
  });

  test.each(['2026-11-03T10:00:00Z', '2026-11-03T10:00:00.123456-03:30'])('%s is a date and time', (startedAt) => {
    expect(errors({ startedAt, endedAt: '2026-11-04T00:00:00Z' })).toEqual([]);
  });

  test('every bound is reached without a validation error', () => {
    const items = Array.from({ length: 1_000 }, () => ({ kind: 'note', text: 'x' }));
    expect(
      errors({
        meetingId: 'aZ0._:-'.padEnd(128, 'x'),
        participants: Array.from({ length: 200 }, (_, n) => ({ email: `p${n}@acme.example` })),
        summary: {
          aiScore: { value: 1, max: 1 },
          topics: Array.from({ length: 50 }, () => ({ title: 'x' })),
          nextSteps: Array.from({ length: 50 }, () => ({ text: 'x'.repeat(bounds.text) })),
        },
        smartCategories: [
          { name: 'a', items },
          { name: 'b', items },
        ],
      }),
    ).toEqual([]);
  });
});

describe('what is refused, by the name of the field', () => {
  test.each<[string, Record<string, unknown>, string, string]>([
    ['no id', { meetingId: undefined }, 'meetingId', 'is required'],
    ['a null id', { meetingId: null }, 'meetingId', 'is required'],
    [
      'a blank in the id',
      { meetingId: 'a b' },
      'meetingId',
      'must be 1 to 128 letters, digits, dots, colons, dashes or underscores',
    ],
    [
      'a long id',
      { meetingId: 'x'.repeat(129) },
      'meetingId',
      'must be 1 to 128 letters, digits, dots, colons, dashes or underscores',
    ],
    ['a number as title', { title: 5 }, 'title', 'must be a text'],
    ['a long title', { title: 'x'.repeat(1_001) }, 'title', 'must not have more than 1,000 characters'],
    [
      'a time without offset',
      { startedAt: '2026-11-03T10:00:00', endedAt: '2026-11-03T10:30:00' },
      'startedAt',
      'must be a date and time with its offset from UTC such as 2026-11-03T10:00:00+01:00',
    ],
    [
      'a start in words',
      { startedAt: 'yesterday' },
      'startedAt',
      'must be a date and time with its offset from UTC such as 2026-11-03T10:00:00+01:00',
    ],
    [
      'a start before computers',
      { startedAt: '0001-01-01T00:00:00Z' },
      'startedAt',
      'must be in the years 1970 to 2100',
    ],
    [
      'a host whom no internal participant can replace',
      { host: { email: 'Ana Ruiz' }, participants: [{ email: 'ana.ruiz@northwind.example' }] },
      'host.email',
      'must be an e-mail address such as marc@acme.example',
    ],
    ['a list as score', { summary: { aiScore: [78] } }, 'summary.aiScore', 'must be an object'],
    [
      'a list as label of the score',
      { summary: { aiScore: { value: 1, max: 2, label: [] } } },
      'summary.aiScore.label',
      'must be a text',
    ],
    [
      'an unknown field of the score',
      { summary: { aiScore: { value: 1, max: 2, min: 0 } } },
      'summary.aiScore.min',
      'is not a known field',
    ],
    ['true as place', withItem({ startSeconds: true }), 'smartCategories[0].items[0].startSeconds', 'must be a number'],
    [
      'a number as due date',
      { summary: { nextSteps: [{ text: 'x', dueDate: 5 }] } },
      'summary.nextSteps[0].dueDate',
      'must be a text',
    ],
    ['texts as topics', { summary: { topics: ['Budget'] } }, 'summary.topics[0]', 'must be an object'],
    ['a text as participant', { participants: ['marc@acme.example'] }, 'participants[0]', 'must be an object'],
    ['no recording', { recordingUrl: undefined }, 'recordingUrl', 'is required'],
    [
      'a script as recording',
      { recordingUrl: 'javascript:alert(1)' },
      'recordingUrl',
      'must be an http or https address such as https://app.acme.example/recording',
    ],
    ['no host', { host: undefined }, 'host', 'is required'],
    ['a host without address', { host: { name: 'Ana' }, participants: [] }, 'host.email', 'is required'],
    ['no participants', { participants: undefined }, 'participants', 'is required'],
    [
      'too many participants',
      { participants: many(201, { name: 'x' }) },
      'participants',
      'must not have more than 200 participants',
    ],
    [
      'internal as a text',
      withPerson({ name: 'x', internal: 'yes' }),
      'participants[0].internal',
      'must be true or false',
    ],
    [
      'too many topics',
      { summary: { topics: many(51, { title: 'x' }) } },
      'summary.topics',
      'must not have more than 50 topics',
    ],
    [
      'too many next steps',
      { summary: { nextSteps: many(51, { text: 'x' }) } },
      'summary.nextSteps',
      'must not have more than 50 next steps',
    ],
    ['another kind', withItem({ kind: 'quote' }), 'smartCategories[0].items[0].kind', 'must be note or clip'],
    [
      'too many notes over all categories',
      { smartCategories: many(3, { name: 'x', items: many(667, { kind: 'note', text: 'x' }) }) },
      'smartCategories',
      'must not have more than 2,000 notes and clips in all categories together',
    ],
  ])('%s', (_, change, path, message) => {
    expect(errors(change)).toEqual([{ path, message }]);
  });

  test('unknown fields are named at every level', () => {
    expect(
      errors({
        foo: 1,
        'a b': 2,
        host: { email: 'ana@n.example', role: 'AE' },
        ...withItem({ speaker: 'Marc' }),
      }),
    ).toEqual([
      { path: 'host.role', message: 'is not a known field' },
      { path: 'smartCategories[0].items[0].speaker', message: 'is not a known field' },
      { path: 'foo', message: 'is not a known field' },
      { path: '["a b"]', message: 'is not a known field' },
    ]);
  });

  test.each([
    [null, 'is required'],
    ['text', 'must be an object'],
    [[], 'must be an object'],
  ])('%j is not a meeting', (body, message) => {
    const result = processedMeetingSchema.safeParse(body);
    expect(listErrors(result.error ?? { issues: [] }).errors).toEqual([{ path: '', message }]);
  });
});

test('the schema can be converted to JSON Schema, for the API description', () => {
  const described = z.toJSONSchema(processedMeetingSchema, { io: 'input' });
  expect(described.additionalProperties).toBe(false);
  expect(described.required).toEqual(['meetingId', 'startedAt', 'recordingUrl', 'host', 'participants']);
  expect(described.properties?.startedAt).toMatchObject({ type: 'string', format: 'date-time' });
});

describe('the values of a meeting', () => {
  const field = (change: Record<string, unknown>) => ({ fields: [{ key: 'competitor', value: 'Initech', ...change }] });

  test('are read with their quote and its place', () => {
    const fields = [
      { key: 'competitor', value: ' Initech ', quote: ' We use Initech. ', startSeconds: '00:12:30', confidence: 0.8 },
      { key: 'budget', value: 12_000.5 },
      { key: 'decision_maker', value: false },
      { key: 'products', value: ['A', ' ', 'B'] },
    ];
    expect(parsed({ fields }).fields).toEqual([
      { key: 'competitor', value: 'Initech', quote: 'We use Initech.', startSeconds: 750, confidence: 0.8 },
      { key: 'budget', value: 12_000.5 },
      { key: 'decision_maker', value: false },
      { key: 'products', value: ['A', 'B'] },
    ]);
  });

  test('are absent without any, and a field without a value is left out with a warning', () => {
    expect('fields' in parsed({ fields: [] })).toBe(false);
    expect('fields' in parsed({ fields: null })).toBe(false);
    const { meeting, warnings } = postedMeetingSchema.parse({
      ...exampleInput,
      fields: [null, { key: 'budget', value: null }, { key: 'champion', value: ' ' }],
    });
    expect('fields' in meeting).toBe(false);
    expect(warnings.map(({ path }) => path)).toEqual(['fields[0]', 'fields[1]', 'fields[2]']);
  });

  test.each([
    [field({ key: 'Competitor' }), 'fields[0].key', 'lower-case letters'],
    [field({ key: '1st' }), 'fields[0].key', 'lower-case letters'],
    [field({ key: 'a'.repeat(65) }), 'fields[0].key', '1 to 64'],
    [field({ key: 'ai_score' }), 'fields[0].key', 'every meeting has'],
    [field({ value: undefined }), 'fields[0].value', 'is required'],
    [field({ value: { amount: 1 } }), 'fields[0].value', 'must be a text, a number'],
    [field({ value: 'x'.repeat(5_001) }), 'fields[0].value', '5,000 characters'],
    [field({ value: many(51, 'x') }), 'fields[0].value', '50 texts'],
    [field({ value: ['x', 1] }), 'fields[0].value', 'must be a text'],
    [field({ certainty: 1 }), 'fields[0].certainty', ''],
    [{ fields: [...field({}).fields, ...field({ value: 'Hooli' }).fields] }, 'fields[1].key', 'twice'],
    [{ fields: many(101, { key: 'a', value: 1 }) }, 'fields', '100 fields'],
  ])('%j is refused and named', (change, path, message) => {
    const found = errors(change);
    expect(found[0]?.path.startsWith(path)).toBe(true);
    expect(found[0]?.message).toContain(message);
  });
});
