import { expect, test } from '@jest/globals';
import { learnedFrom, PROVEN, witnesses } from '../../../src/hubspot/search/search-form';

const contact = (id: string, list: string | null, archived = false) => ({
  id,
  archived,
  properties: { hs_additional_emails: list },
});
const pick = (...records: ReturnType<typeof contact>[]) =>
  witnesses(records, 'hs_additional_emails', (value) => value.toLowerCase());

test('only a live record with several values shows how lists are read: a single value is found either way', () => {
  expect(pick(contact('1', null), contact('2', 'a@x.example'), contact('3', 'b@x.example;c@x.example', true))).toEqual(
    [],
  );
  expect(pick(contact('4', 'd@x.example; e@x.example'))).toEqual([
    { id: '4', value: 'd@x.example', hasCapitals: false },
  ]);
});

test('picks at most five records, those with capitals first', () => {
  const plain = Array.from({ length: 6 }, (_, index) => contact(String(index), `a${index}@x.example;b@x.example`));
  const picked = pick(...plain, contact('9', 'c@x.example;D@x.example'));
  expect(picked).toHaveLength(5);
  expect(picked[0]).toEqual({ id: '9', value: 'd@x.example', hasCapitals: true });
});

const plain = { id: '1', value: 'a@x.example', hasCapitals: false };
const other = { id: '2', value: 'b@x.example', hasCapitals: false };
const capital = { id: '3', value: 'c@x.example', hasCapitals: true };
test.each([
  ['an answer without hits proves nothing', [plain, other], [], false],
  ['hits of others prove nothing', [plain], ['7'], false],
  ['one witness is enough: the index may lag behind another', [plain, other], ['2'], true],
  ['one with capitals must be found', [plain, capital], ['1'], false],
  ['and proves it', [plain, capital], ['1', '3'], true],
])('%s', (_, asked, found, takesLists) => {
  const learned = learnedFrom(asked, new Set(found));
  expect(learned.takesLists).toBe(takesLists);
  expect(learned === PROVEN).toBe(takesLists);
});
