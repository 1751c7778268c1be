import { expect, test } from '@jest/globals';
import { mergedValues } from '../../../sandbox/crm/record-rules';
import type { StoredRecord, Values } from '../../../sandbox/crm/records';

const record = (id: string, properties: Values): StoredRecord => ({
  portalId: 1,
  typeId: '0-1',
  id,
  properties: { hs_object_id: id, ...properties },
  archived: false,
  mergedInto: null,
  createdAt: 0,
  updatedAt: 0,
  archivedAt: null,
  changedAt: 0,
  indexed: null,
});

test.each<[string, Values, Values, Values, number]>([
  ['the primary wins', { phone: '1' }, { phone: '2' }, { phone: '1' }, 0],
  ['empty values are filled', { phone: '' }, { phone: '2', city: 'Vic' }, { phone: '2', city: 'Vic' }, 2],
  ['empty values fill nothing', {}, { phone: '' }, {}, 0],
  [
    'addresses of the other become additional ones',
    { email: 'a@x.example', hs_additional_emails: 'b@x.example' },
    { email: 'c@x.example', hs_additional_emails: 'b@x.example;d@x.example' },
    { email: 'a@x.example', hs_additional_emails: 'b@x.example;c@x.example;d@x.example' },
    0,
  ],
  [
    'domains of the other become additional ones',
    { domain: 'a.example', hs_additional_domains: 'b.example' },
    { domain: 'c.example', hs_additional_domains: 'b.example;d.example' },
    { domain: 'a.example', hs_additional_domains: 'b.example;c.example;d.example' },
    0,
  ],
  ['earlier merges are named too', { hs_merged_object_ids: '5' }, {}, { hs_merged_object_ids: '5;1;2' }, 0],
])('a merge: %s', (_name, primary, other, expected, moved) => {
  const merged = mergedValues(record('1', primary), record('2', other), '3');
  expect(merged).toEqual({ values: { hs_merged_object_ids: '1;2', hs_object_id: '3', ...expected }, moved });
});

test('a merge that keeps the id of the primary names only the other', () => {
  expect(mergedValues(record('1', {}), record('2', {}), '1').values).toEqual({
    hs_object_id: '1',
    hs_merged_object_ids: '2',
  });
});
