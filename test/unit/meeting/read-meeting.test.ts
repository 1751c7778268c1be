import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { postedMeetingSchema, type ProcessedMeetingInput } from '../../../src/meeting/intake/schema';
import { exampleInput } from './meetings';

const read = (change: Record<string, unknown>) => postedMeetingSchema.parse({ ...exampleInput, ...change });
const people = (...participants: unknown[]) => {
  const { meeting, warnings } = read({ participants });
  return { people: meeting.participants, paths: warnings.map(({ path }) => path) };
};
const MARC = { email: 'marc@acme.example', name: 'Marc' };

describe('one odd attendee', () => {
  test.each<[string, unknown, readonly unknown[], readonly string[]]>([
    [
      'a name with the address',
      { email: 'Laia <laia@acme.example>' },
      [{ email: 'laia@acme.example', name: 'Laia' }],
      [],
    ],
    [
      'a given name counts first',
      { email: 'L <laia@acme.example>', name: 'Laia' },
      [{ email: 'laia@acme.example', name: 'Laia' }],
      [],
    ],
    [
      'the address as name',
      { email: 'laia@acme.example', name: 'Laia@acme.example' },
      [{ email: 'laia@acme.example' }],
      [],
    ],
    [
      'the address in the name',
      { name: 'Laia <laia@acme.example>', phone: '1' },
      [{ email: 'laia@acme.example', name: 'Laia', phone: '1' }],
      [],
    ],
    [
      'the address in the name, and no address',
      { email: 'Laia', name: 'laia@acme.example' },
      [{ email: 'laia@acme.example' }],
      ['participants[1].email'],
    ],
    ['a place in the name', { name: 'Laia @ Acme' }, [{ name: 'Laia @ Acme' }], []],
    [
      'two people',
      { email: 'a@x.example; B <b@y.example>', name: 'Laia', phone: '1', internal: true },
      [
        { email: 'a@x.example', internal: true },
        { email: 'b@y.example', name: 'B', internal: true },
      ],
      ['participants[1].email'],
    ],
    [
      'a directory name',
      { email: '/o=Labs/ou=G/cn=Recipients/cn=0a1b2c3d-laia', name: 'Laia Pons' },
      [{ name: 'Laia Pons' }],
      ['participants[1].email'],
    ],
    [
      'a directory name alone',
      { email: '/o=Labs/ou=G/cn=Recipients/cn=0a1b2c3d-laia' },
      [{ name: 'laia' }],
      ['participants[1].email'],
    ],
    ['a name as address', { email: 'Laia Pons' }, [{ name: 'Laia Pons' }], ['participants[1].email']],
    [
      'a phone as address',
      { email: 'tel:+34600000001', name: 'Laia' },
      [{ name: 'Laia', phone: '+34600000001' }],
      ['participants[1].email'],
    ],
    ['a phone alone', { phone: '+34 600 000 001' }, [{ phone: '+34 600 000 001' }], []],
    ['a person without any value', { email: null, name: null, phone: null }, [], ['participants[1]']],
    ['no entry', null, [], ['participants[1]']],
    ['only whether internal', { internal: false }, [], ['participants[1]']],
    ['"n/a"', { email: 'n/a' }, [], ['participants[1]']],
    ['a long name', { name: 'x'.repeat(2_000) }, [{ name: 'x'.repeat(1_000) }], ['participants[1].name']],
    ['a long address', { email: 'x'.repeat(200_000), name: 'Laia' }, [{ name: 'Laia' }], ['participants[1].email']],
  ])('%s', (_, odd, expected, paths) => {
    expect(people(MARC, odd)).toEqual({ people: [MARC, ...expected], paths });
  });

  test('a list beyond two hundred people is cut', () => {
    const list = Array.from({ length: 250 }, (_, n) => `p${n}@a.example`).join(', ');
    const result = people({ email: list });
    expect(result.people).toHaveLength(200);
    expect(result.paths).toEqual(['participants[0].email', 'participants']);
  });
});

describe('the host', () => {
  const host = (email: string | null, name?: string, participants?: unknown) => {
    const { meeting, warnings } = read({
      host: { email, name },
      ...(participants === undefined ? {} : { participants }),
    });
    return [meeting.host, warnings.map(({ path }) => path)];
  };
  const internal = (email: string, name: string) => ({ email, name, internal: true });

  test('is cleaned as attendees are', () => {
    expect(host('Ana Ruiz <mailto:ana.ruiz@northwind.example>')).toEqual([internalHost('Ana Ruiz'), []]);
    expect(host("'ana.ruiz@northwind.example.'")).toEqual([{ email: 'ana.ruiz@northwind.example' }, []]);
    expect(host('ana.ruiz@northwind.example, bo@northwind.example')).toEqual([
      { email: 'ana.ruiz@northwind.example' },
      ['host.email'],
    ]);
  });

  test('without a readable address is the internal participant of the same name, or the only one', () => {
    expect(host('/o=Northwind/cn=Recipients/cn=ana', 'Ana Ruiz')).toEqual([internalHost('Ana Ruiz'), ['host.email']]);
    expect(host(null, 'Ana Ruiz')).toEqual([internalHost('Ana Ruiz'), ['host.email']]);
    expect(host('Ana Ruiz')).toEqual([{ email: 'ana.ruiz@northwind.example' }, ['host.email']]);
    const two = [internal('bo@northwind.example', 'Bo'), internal('ana.ruiz@northwind.example', 'ANA RUIZ')];
    expect(host('+34600000001', 'Ana Ruiz', two)).toEqual([internalHost('Ana Ruiz'), ['host.email']]);
    expect(() => host('+34600000001', 'Cy', two)).toThrow(/must be an e-mail address/);
    expect(() => host('', 'Cy', two)).toThrow(/is required/);
  });
});

function internalHost(name: string) {
  return { email: 'ana.ruiz@northwind.example', name };
}

describe('what models write into strict fields', () => {
  const step = (dueDate: string) => ({ summary: { nextSteps: [{ text: 'x', dueDate }] } });
  const score = (aiScore: unknown) => ({ summary: { aiScore } });
  const items = (...given: unknown[]) => ({ smartCategories: [{ name: 'Needs', items: given }] });
  const note = { kind: 'note', text: 'Price' };

  test.each<[string, Record<string, unknown>, Record<string, unknown>, readonly string[]]>([
    ['no title', { title: undefined }, { title: 'Meeting' }, ['title']],
    ['a null title', { title: null }, { title: 'Meeting' }, ['title']],
    ['a title without width', { title: '\u200B \u00AD' }, { title: 'Meeting' }, ['title']],
    ['a blank title', { title: '  ' }, { title: 'Meeting' }, ['title']],
    [
      'a due date with a time',
      step('2026-11-06T17:00:00Z'),
      { summary: { nextSteps: [{ text: 'x', dueDate: '2026-11-06' }] } },
      [],
    ],
    [
      'a due date in words',
      step('next week'),
      { summary: { nextSteps: [{ text: 'x' }] } },
      ['summary.nextSteps[0].dueDate'],
    ],
    ['a score as text', score({ value: '78', max: 100 }), { summary: { aiScore: { value: 78, max: 100 } } }, []],
    ['a score as a fraction', score('78/100'), { summary: { aiScore: { value: 78, max: 100 } } }, []],
    [
      'a score in percent',
      score({ value: '78%', label: 'Good' }),
      { summary: { aiScore: { value: 78, max: 100, label: 'Good' } } },
      [],
    ],
    ['a score over its maximum', score({ value: 11, max: 10 }), { summary: { topics: [] } }, ['summary.aiScore.value']],
    ['a score without a maximum', score(78), { summary: { topics: [] } }, ['summary.aiScore.value']],
    ['a score in words', score('high'), { summary: { topics: [] } }, ['summary.aiScore.value']],
    ['no score', score({ value: null, max: null }), { summary: { topics: [] } }, []],
    [
      'a topic without a title',
      { summary: { topics: [{ title: '' }, { title: 'Budget' }, null] } },
      { summary: { topics: [{ title: 'Budget' }] } },
      ['summary.topics[0]', 'summary.topics[2]'],
    ],
    [
      'a next step without text',
      { summary: { nextSteps: [{ text: null }, { text: 'Call' }] } },
      { summary: { nextSteps: [{ text: 'Call' }] } },
      ['summary.nextSteps[0]'],
    ],
    [
      'the address of the recording’s media',
      { recordingMediaUrl: ' https://media.northwind.example/r.mp4?token=1 ' },
      { recordingMediaUrl: 'https://media.northwind.example/r.mp4?token=1' },
      [],
    ],
    ['media without https', { recordingMediaUrl: 'http://media.northwind.example/r.mp4' }, {}, ['recordingMediaUrl']],
    [
      'an id and the owner’s address of a next step',
      { summary: { nextSteps: [{ text: 'Call', id: ' s-1 ', ownerEmail: 'Ana <ana@northwind.example>' }] } },
      { summary: { nextSteps: [{ text: 'Call', id: 's-1', ownerEmail: 'ana@northwind.example' }] } },
      [],
    ],
    [
      'an owner’s address that is none, and one too many',
      {
        summary: {
          nextSteps: [
            { text: 'Call', id: '', ownerEmail: 'Ana' },
            { text: 'Write', ownerEmail: 'a@x.example, b@x.example' },
          ],
        },
      },
      { summary: { nextSteps: [{ text: 'Call' }, { text: 'Write', ownerEmail: 'a@x.example' }] } },
      ['summary.nextSteps[0].ownerEmail', 'summary.nextSteps[1].ownerEmail'],
    ],
    [
      'an empty note among good ones',
      items({ kind: 'note', text: '\n' }, note),
      items(note),
      ['smartCategories[0].items[0]'],
    ],
    [
      'a clip with a blank in its address',
      items({ ...note, clipUrl: 'https://n.example/a b' }),
      items(note),
      ['smartCategories[0].items[0].clipUrl'],
    ],
    [
      'a clip that is a script',
      items({ ...note, clipUrl: 'javascript:alert(1)' }),
      items(note),
      ['smartCategories[0].items[0].clipUrl'],
    ],
    [
      'a clip with an endless address',
      items({ ...note, clipUrl: `https://n.example/${'x'.repeat(2_000)}` }),
      items(note),
      ['smartCategories[0].items[0].clipUrl'],
    ],
    [
      'seconds as text',
      items({ ...note, startSeconds: '00:12:30', endSeconds: '800' }),
      items({ ...note, startSeconds: 750, endSeconds: 800 }),
      [],
    ],
    [
      'seconds in words',
      items({ ...note, startSeconds: 'early' }),
      items(note),
      ['smartCategories[0].items[0].startSeconds'],
    ],
    [
      'an end before its start',
      items({ ...note, startSeconds: 9, endSeconds: 5 }),
      items({ ...note, startSeconds: 9 }),
      ['smartCategories[0].items[0].endSeconds'],
    ],
    ['a kind in capitals', items({ kind: ' NOTE ', text: 'Price' }), items(note), []],
    [
      'a category without a name',
      { smartCategories: [{ name: '', items: [note] }, null] },
      { smartCategories: [{ name: 'Notes', items: [note] }] },
      ['smartCategories[0].name', 'smartCategories[1]'],
    ],
    ['a locale as language', { language: 'en_US.UTF-8' }, { language: 'en-US' }, []],
    ['a language by name', { language: 'Spanish' }, { language: 'es' }, []],
    ['no language', { language: 'en-' }, { language: 'en' }, ['language']],
    ['no end', { endedAt: null }, { endedAt: exampleInput.startedAt }, ['endedAt']],
  ])('%s', (_, change, expected, paths) => {
    const { meeting, warnings } = read(change);
    expect(meeting).toMatchObject(expected);
    expect(warnings.map(({ path }) => path)).toEqual(paths);
  });

  test('an absent value stays absent and is not empty', () => {
    const { meeting } = read(score('high'));
    expect(meeting.summary).toEqual({ topics: [], nextSteps: [] });
  });
});

test('a clean meeting is stored as earlier versions stored it, so that the same body changes nothing', () => {
  const example: unknown = JSON.parse(readFileSync('examples/meeting.json', 'utf8'));
  const { meeting, warnings } = postedMeetingSchema.parse(example);
  expect(JSON.stringify(meeting)).toBe(JSON.stringify(example));
  expect(warnings).toEqual([]);
});

const text = fc.oneof(
  fc.constantFrom(
    '',
    ' ',
    'n/a',
    'Laia <laia@acme.example>',
    'a@x.example; b@y.example',
    '+34 600 000 001',
    '78%',
    '12:30',
    '2026-11-06T10:00:00Z',
    'https://n.example/a b',
    'English',
  ),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const oddMeeting: fc.Arbitrary<ProcessedMeetingInput> = fc
  .record({
    title: maybe(text),
    endedAt: maybe(text),
    language: maybe(text),
    participants: fc.array(
      maybe(fc.record({ email: maybe(text), name: maybe(text), phone: maybe(text), internal: maybe(fc.boolean()) })),
      { maxLength: 5 },
    ),
    summary: fc.record({
      aiScore: maybe(
        fc.oneof(
          text,
          fc.record({
            value: maybe(fc.oneof(text, fc.double({ noNaN: true, noDefaultInfinity: true }))),
            max: maybe(text),
            label: maybe(text),
          }),
        ),
      ),
      topics: fc.array(maybe(fc.record({ title: maybe(text), detail: maybe(text) })), { maxLength: 3 }),
      nextSteps: fc.array(maybe(fc.record({ text: maybe(text), dueDate: maybe(text) })), { maxLength: 3 }),
    }),
    smartCategories: fc.array(
      fc.record({
        name: maybe(text),
        items: fc.array(
          maybe(
            fc.record({
              kind: fc.constantFrom('note', 'Clip'),
              text: maybe(text),
              startSeconds: maybe(fc.oneof(text, fc.integer())),
              endSeconds: maybe(text),
              clipUrl: maybe(text),
            }),
          ),
          { maxLength: 3 },
        ),
      }),
      { maxLength: 2 },
    ),
  })
  .map((change) => ({ ...exampleInput, ...change }));

test('no odd value rejects a meeting, and an accepted meeting is accepted unchanged without a warning', () => {
  fc.assert(
    fc.property(oddMeeting, (posted) => {
      const { meeting, warnings } = postedMeetingSchema.parse(posted);
      for (const { path, message } of warnings) expect([typeof path, message.endsWith('.')]).toEqual(['string', true]);
      // A name may hold what reads as an address once the quotes around it are gone.
      fc.pre(meeting.participants.every(({ name = '' }) => !name.includes('@')));
      const again = postedMeetingSchema.parse(JSON.parse(JSON.stringify(meeting)));
      expect(JSON.stringify(again.meeting)).toBe(JSON.stringify(meeting));
      expect(again.warnings).toEqual([]);
    }),
  );
});
