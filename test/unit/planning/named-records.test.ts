import { expect, test } from '@jest/globals';
import { NamedRecords } from '../../../src/planning/named-records';

const person = (email: string, domain: string | null) => ({
  email,
  shown: email,
  name: null,
  phone: null,
  domain,
  shared: false,
});
const named = (kind: 'email' | 'domain', key: string, ageMs: number, recordId = '1') => ({
  kind,
  key,
  ageMs,
  recordId,
});

test('records are found by what events named them by', () => {
  const records = new NamedRecords([named('domain', 'x.example', 0, '7'), named('domain', 'x.example', 0, '8')]);
  expect(records.ids('domain', 'x.example')).toEqual(['7', '8']);
  expect(records.ids('email', 'x.example')).toEqual([]);
});

test.each([
  ['no event named a record', [], null],
  ['someone else was', [named('email', 'other@x.example', 0)], null],
  ['the address was named five seconds ago', [named('email', 'a@x.example', 5_000)], 25_000],
  ['the domain was', [named('domain', 'x.example', 5_000)], 25_000],
  [
    'both were: the newer one counts',
    [named('email', 'a@x.example', 20_000), named('domain', 'x.example', 1_000)],
    29_000,
  ],
  ['it was long enough ago for the index', [named('email', 'a@x.example', 30_000)], null],
])('when %s', (_, records, ms) => {
  expect(new NamedRecords(records).againInMs([person('a@x.example', 'x.example')])).toBe(ms);
});
