import { expect, test } from '@jest/globals';
import {
  contactsErased,
  decideEffects,
  decideReads,
  restoredBy,
} from '../../../src/activities/crm-changes/decide-changes';
import { recordKey, type RecordRef } from '../../../src/meeting/linking/cascade';
import type { ReadRecord } from '../../../src/store/mirror/mirror';
import { event, ref } from './events';

const keys = (records: readonly RecordRef[]) => records.map(recordKey);
const mirrored = (key: string, state: { archived?: boolean; merged_into?: string } = {}) => ({
  object_type: ref(key).objectType,
  record_id: ref(key).id,
  archived: false,
  merged_into: null,
  ...state,
});
const read = (key: string, properties: ReadRecord['properties'] = {}): ReadRecord => ({
  ref: ref(key),
  properties,
  mergedInto: null,
});

const NONE = { unread: [], toRead: [], awaited: true };

test.each([
  ['a mirrored record', [event('propertyChange', 'deals/1')], [mirrored('deals/1')], NONE, ['deals/1'], []],
  ['no record that is not mirrored', [event('propertyChange', 'deals/1')], [], NONE, [], []],
  [
    'each record once',
    [event('deletion', 'deals/1'), event('restore', ['deals/1', 'deals/2'])],
    [mirrored('deals/1'), mirrored('deals/2')],
    NONE,
    ['deals/1', 'deals/2'],
    [],
  ],
  ['linked records that were never read', [], [], { ...NONE, unread: [ref('deals/3')] }, ['deals/3'], []],
  ['late matches', [event('creation', 'contacts/1')], [], { ...NONE, toRead: [ref('contacts/1')] }, [], ['contacts/1']],
  [
    'late matches that are mirrored only once',
    [event('merge', 'contacts/1')],
    [mirrored('contacts/1')],
    { ...NONE, toRead: [ref('contacts/1')] },
    ['contacts/1'],
    [],
  ],
  [
    'no late matches that no meeting waits for',
    [event('creation', 'contacts/1')],
    [],
    { ...NONE, toRead: [ref('contacts/1')], awaited: false },
    [],
    [],
  ],
])('reads %s', (_name, events, copies, options, expected, unknown) => {
  const reads = decideReads(events, copies, options);
  expect([keys(reads.mirrored), keys(reads.unknown)]).toEqual([expected, unknown]);
});

test.each([
  ['a deletion', [event('deletion', 'contacts/1')], [mirrored('contacts/1')], ['contacts/1']],
  ['a privacy deletion', [event('privacyDeletion', 'contacts/1')], [mirrored('contacts/1')], ['contacts/1']],
  ['the mirror', [], [mirrored('contacts/1', { archived: true })], ['contacts/1']],
  ['a deletion of a merged record', [event('deletion', 'contacts/1'), event('merge', 'contacts/1')], [], []],
  ['the mirror, of a merged record', [], [mirrored('contacts/1', { archived: true, merged_into: '2' })], []],
  ['a restore', [event('restore', 'contacts/1')], [mirrored('contacts/1')], []],
])('a record is deleted according to %s', (_name, events, copies, expected) => {
  expect([...decideReads(events, copies, NONE).deleted]).toEqual(expected);
});

test.each([
  ['a creation', [event('creation', 'contacts/1')], [], []],
  ['an association', [event('associationChange', ['contacts/1', 'deals/2'])], [], ['contacts/1', 'deals/2']],
  ['a new name', [event('propertyChange', 'contacts/1', ['firstname', 'Ada'])], [], []],
  ['a new address', [event('propertyChange', 'contacts/1', ['email', 'ada@acme.example'])], [], ['contacts/1']],
  ['a new domain', [event('propertyChange', 'companies/1', ['domain', 'acme.example'])], [], ['companies/1']],
  ['a domain of a contact', [event('propertyChange', 'contacts/1', ['domain', 'acme.example'])], [], []],
  ['a deletion that only the mirror shows', [], [ref('deals/1')], ['deals/1']],
  ['a deletion that both show', [event('deletion', 'deals/1')], [ref('deals/1')], ['deals/1']],
])('links may move after %s', (_name, events, moved, expected) => {
  expect(keys(decideEffects(events, [], { moved, fromEvents: [] }).moved)).toEqual(expected);
});

test('existing records are seen, and those that the events made match are named', () => {
  const events = [event('creation', 'contacts/1'), event('propertyChange', 'contacts/2', ['firstname', 'Ada'])];
  const records = [
    read('contacts/1', { email: 'Ada@acme.example' }),
    read('contacts/2', { email: 'bob@acme.example' }),
    read('contacts/3', null),
  ];
  const fromEvents = [{ record: ref('companies/4'), emails: [], domains: ['acme.example'] }];
  const { seen, named } = decideEffects(events, records, { moved: [], fromEvents });
  expect(seen.map(({ record, emails }) => [record.id, ...emails])).toEqual([
    ['1', 'ada@acme.example'],
    ['2', 'bob@acme.example'],
  ]);
  expect(named.map(({ record, emails, domains }) => [record.id, ...emails, ...domains])).toEqual([
    ['1', 'ada@acme.example'],
    ['4', 'acme.example'],
  ]);
});

test('privacy deletions name contacts only', () => {
  const events = [event('privacyDeletion', ['contacts/1', 'deals/2']), event('deletion', 'contacts/3')];
  expect(contactsErased(events)).toEqual(['1']);
});

test('restored records are those of the CRM, not our activities', () => {
  const events = [event('restore', ['deals/1', 'meetings/2', 'notes/4', '2-7/5']), event('merge', 'deals/6')];
  expect(keys(restoredBy(events))).toEqual(['deals/1', '2-7/5']);
});
