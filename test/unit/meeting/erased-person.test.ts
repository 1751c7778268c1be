import { describe, expect, test } from '@jest/globals';
import { ERASED, phoneEndings, masker, tracesOf, withoutPerson } from '../../../src/meeting/people/erased-person';
import { processedMeetingSchema } from '../../../src/meeting/intake/schema';
import { meeting } from '../../support/meetings';

const jane = { emails: ['jane.doe@acme.example'], names: ['Jane Doe'] };
const others = [{ name: 'Ana Ruiz' }, { name: 'Mark Doe' }, { email: 'x@acme.example' }];

describe('masked', () => {
  test.each([
    ['Call with Jane Doe', `Call with ${ERASED}`],
    ['JANE  DOE and jane doe', `${ERASED} and ${ERASED}`],
    ['Jane Doe’s offer, Jane Doe.', `${ERASED}’s offer, ${ERASED}.`],
    ['Jane asked. (Jane)', `${ERASED} asked. (${ERASED})`],
    ['Jane-Doe', 'Jane-Doe'],
    ['write to JANE.DOE@acme.example, please', `write to ${ERASED}, please`],
    ['<jane.doe@acme.example>', `<${ERASED}>`],
    ['mailto:jane.doe@acme.example.', `mailto:${ERASED}.`],
  ])('%s', (text, masked) => {
    expect(masker(jane, others)(text)).toBe(masked);
  });
});

describe('left as it is, because it may mean another person', () => {
  test.each([
    'Janet, Janeway and Mary-Jane',
    'jane is a word in lower case here',
    'Jane Smith called',
    'Mark Doe and the Does; Doe stays because of Mark',
    'mary.jane.doe@acme.example',
    'jane.doe@acme.example.org',
    'jane.doe@acme.example-tools.org',
    'Doe',
  ])('%s', (text) => {
    expect(masker(jane, others)(text)).toBe(text);
  });
});

test('an address that was kept as a name is masked', () => {
  const odd = { name: '"laia.pons@acme.example x"@mail' };
  const erased = withoutPerson(
    { ...processedMeetingSchema.parse(meeting({ meetingId: 'odd' })), participants: [odd] },
    { emails: ['laia.pons@acme.example'], names: [] },
  );
  expect(erased.participants).toEqual([{ name: '"[erased] x"@mail' }]);
});

test('a last name that no one else has is masked alone, one with a prefix only as a whole', () => {
  const mask = masker({ emails: [], names: ['Dr. Ludwig van Beethoven'] }, others);
  expect(mask('Dr. Ludwig van Beethoven, Ludwig, Beethoven, van, Dr. Who')).toBe(`${ERASED}, van, Dr. Who`);
});

test('masks names of one word, in other scripts and with special characters of patterns', () => {
  const mask = (name: string, text: string) => masker({ emails: [], names: [name] }, others)(text);
  expect(mask('Zoë', 'Zoë and Zoëlle')).toBe(`${ERASED} and Zoëlle`);
  expect(mask('王小明', '今天王小明说')).toBe(`今天${ERASED}说`);
  expect(mask("Conan O'Brien (CEO)", "Conan O'Brien (CEO) agreed")).toContain(ERASED);
  expect(mask('A+B (x', 'A+B (x')).toBeDefined();
  expect(mask('Mary-Jane O-B', 'Mary-Jane O-B')).toBe(ERASED);
  expect(masker({ emails: ['a-b+c@d-e.example'], names: [] }, [])('a-b+c@d-e.example')).toBe(ERASED);
  expect(mask('', 'nothing')).toBe('nothing');
});

test('a name is masked in either Unicode form, and other texts keep theirs', () => {
  const mask = masker({ emails: ['zoë@acme.example'], names: ['Zoë Martín'] }, others);
  const text = 'Zoë, ZOË MARTÍN and zoë@acme.example agreed';
  expect(mask(text.normalize('NFD'))).toBe(mask(text));
  expect(mask(text)).toBe(`${ERASED} and ${ERASED} agreed`);
  expect(mask('Chloë'.normalize('NFD'))).toBe('Chloë'.normalize('NFD'));
});

test('a text of a megabyte is masked in bounded time', () => {
  const text = 'Jane '.repeat(100_000) + 'A'.repeat(500_000);
  expect(masker(jane, others)(text).length).toBeLessThan(text.length);
});

test.each([
  ['a phone number', { name: 'Zoe Moss', phone: '0034 600 112 233' }],
  ['a number in the place of the name', { name: '+34 600 11 22 33' }],
])('a participant with %s of the person is the person', (_, zoe) => {
  const given = processedMeetingSchema.parse(
    meeting({
      meetingId: 'phone',
      participants: [zoe, { name: 'Bob', phone: '+34 600 112 234' }, { name: 'Ann', email: 'ann@acme.example' }],
      summary: { overview: 'Zoe Moss agreed.', topics: [], nextSteps: [] },
    }),
  );
  const person = { emails: [], names: [], phones: ['600 11 22 33'] };
  const erased = withoutPerson(given, person);
  expect(erased.participants.map(({ name }) => name)).toEqual(['Bob', 'Ann']);
  expect(erased.summary.overview).toBe(zoe.name === 'Zoe Moss' ? `${ERASED} agreed.` : 'Zoe Moss agreed.');
  expect(phoneEndings(person)).toEqual(['112233']);
});

test('a meeting without the person keeps all people and everything else', () => {
  const given = processedMeetingSchema.parse(
    meeting({
      meetingId: 'm1',
      title: 'Demo for Jane Doe',
      recordingUrl: 'https://app.northwind.example/jane.doe@acme.example',
      participants: [
        { email: 'Jane.Doe@acme.example', name: 'Jane Doe', phone: '+34 600' },
        { name: 'jane  doe' },
        { email: 'bob@acme.example', name: 'Bob Roe' },
      ],
      summary: {
        overview: 'Jane and Bob agreed.',
        aiScore: { value: 5, max: 10, label: 'Jane is convinced' },
        topics: [{ title: 'Jane’s budget', detail: 'jane.doe@acme.example' }],
        nextSteps: [{ text: 'Call Jane Doe', owner: 'Jane Doe' }, { text: 'Call Bob' }],
      },
      smartCategories: [{ name: 'Quotes of Jane', items: [{ kind: 'note', text: 'Jane Doe: yes' }] }],
    }),
  );
  expect(withoutPerson(given, jane)).toEqual({
    ...given,
    title: `Demo for ${ERASED}`,
    participants: [{ email: 'bob@acme.example', name: 'Bob Roe' }],
    summary: {
      overview: `${ERASED} and Bob agreed.`,
      aiScore: { value: 5, max: 10, label: `${ERASED} is convinced` },
      topics: [{ title: `${ERASED}’s budget`, detail: ERASED }],
      nextSteps: [{ text: `Call ${ERASED}`, owner: ERASED }, { text: 'Call Bob' }],
    },
    smartCategories: [{ name: `Quotes of ${ERASED}`, items: [{ kind: 'note', text: `${ERASED}: yes` }] }],
  });
});

describe('a meeting of others', () => {
  const of = (participants: object[], overview: string) =>
    processedMeetingSchema.parse(meeting({ meetingId: 'others', participants, summary: { overview } }));

  test('loses the address and the full name, and keeps single parts, which may mean another person', () => {
    const given = of([{ email: 'bob@acme.example' }], 'Jane Doe (jane.doe@acme.example) asked. Jane and Doe.');
    expect(withoutPerson(given, jane).summary.overview).toBe(`${ERASED} (${ERASED}) asked. Jane and Doe.`);
  });

  test('keeps the name that a participant with another address has', () => {
    const given = of([{ email: 'jane@other.example', name: 'Jane  Doe' }], 'Jane Doe, jane.doe@acme.example');
    const erased = withoutPerson(given, jane);
    expect(erased).toEqual({ ...given, summary: { ...given.summary, overview: `Jane Doe, ${ERASED}` } });
  });

  test('with a participant of that full name and without an address is one of the person', () => {
    const given = of([{ name: 'jane doe' }, { email: 'bob@acme.example' }], 'Jane asked.');
    const erased = withoutPerson(given, jane);
    expect(erased.participants).toEqual([{ email: 'bob@acme.example' }]);
    expect(erased.summary.overview).toBe(`${ERASED} asked.`);
  });

  test('is found by the address, or by all parts of a full name', () => {
    expect(tracesOf({ emails: ['jane@acme.example'], names: ['Jane  DOE', 'Zoë', 'Jane van Doe'] })).toEqual([
      ['jane@acme.example'],
      ['jane', 'doe'],
      ['jane', 'van', 'doe'],
    ]);
  });
});

test('the values of a meeting are masked as its texts are', () => {
  const fields = [
    { key: 'champion', value: 'Jane Doe', quote: 'Jane Doe decides.', startSeconds: 5 },
    { key: 'people', value: ['Jane Doe', 'Ana'] },
    { key: 'budget', value: 5 },
  ];
  const given = processedMeetingSchema.parse(meeting({ meetingId: 'm-fields', fields }));
  expect(withoutPerson(given, jane).fields).toEqual([
    { key: 'champion', value: ERASED, quote: `${ERASED} decides.`, startSeconds: 5 },
    { key: 'people', value: [ERASED, 'Ana'] },
    { key: 'budget', value: 5 },
  ]);
});

test('a next step loses the address of the erased person, and keeps its id and that of others', () => {
  const steps = [
    { text: 'Jane Doe calls', id: 's-1', ownerEmail: 'jane.doe@acme.example' },
    { text: 'Write', ownerEmail: 'ana.ruiz@northwind.example' },
  ];
  const erased = withoutPerson(
    processedMeetingSchema.parse(meeting({ meetingId: 'steps', summary: { nextSteps: steps } })),
    { emails: ['jane.doe@acme.example'], names: ['Jane Doe'] },
  );
  expect(JSON.parse(JSON.stringify(erased.summary.nextSteps))).toEqual([
    { text: `${ERASED} calls`, id: 's-1' },
    { text: 'Write', ownerEmail: 'ana.ruiz@northwind.example' },
  ]);
});
