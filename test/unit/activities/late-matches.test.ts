import { expect, test } from '@jest/globals';
import { lateMatchesOf } from '../../../src/activities/crm-changes/late-matches';
import { event } from './events';

const email = (value: string) => event('propertyChange', 'contacts/1', ['email', value]);

test.each([
  ['a creation alone is read', [event('creation', 'contacts/1')], [], ['1']],
  [
    'a creation with its address is not',
    [event('creation', 'contacts/1'), email('A@b.example')],
    [['a@b.example']],
    [],
  ],
  ['nor is one whose address came before', [event('creation', 'contacts/9')], [], []],
  ['in any order', [email('A@b.example'), event('creation', 'contacts/1')], [['a@b.example']], []],
  ['an address of its own', [email('a@b.example')], [['a@b.example']], []],
  [
    'several addresses',
    [event('propertyChange', 'contacts/1', ['hs_additional_emails', 'x@b.example; y@b.example'])],
    [['x@b.example', 'y@b.example']],
    [],
  ],
  ['a domain', [event('propertyChange', 'companies/1', ['domain', 'https://Acme.example/x'])], [['acme.example']], []],
  ['a change without its value is read', [email('')], [], ['1']],
  [
    'the address of another record has no effect',
    [event('creation', 'contacts/2'), email('a@b.example')],
    [['a@b.example']],
    ['2'],
  ],
  [
    'what was restored is read, address or not',
    [event('restore', 'contacts/1'), email('a@b.example')],
    [['a@b.example']],
    ['1'],
  ],
  ['what was merged is read', [event('merge', 'companies/1')], [], ['1']],
  ['deals and custom objects are no late matches', [event('creation', 'deals/1'), event('restore', '2-7/1')], [], []],
  ['a name is no address', [event('propertyChange', 'contacts/1', ['firstname', 'a@b.example'])], [], []],
])('%s', (_name, events, reported, toRead) => {
  const matches = lateMatchesOf(events, new Set(['contacts/9']));
  expect(matches.fromEvents.map(({ emails, domains }) => [...emails, ...domains])).toEqual(reported);
  expect(matches.toRead.map(({ id }) => id)).toEqual(toRead);
});
