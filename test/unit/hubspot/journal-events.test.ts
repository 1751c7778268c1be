import { expect, test } from '@jest/globals';
import { readJournalFile } from '../../../src/hubspot/journal/journal-events';

const at = '2026-11-24T10:00:00.123Z';
const read = (...events: unknown[]) => readJournalFile({ offset: 'x', journalEvents: events, publishedAt: at });
const record = { type: 'crmObject', portalId: 7, occurredAt: at, objectTypeId: '2-55', objectId: 101 };

test.each([
  ['CREATE', 'creation'],
  ['UPDATE', 'propertyChange'],
  ['DELETE', 'deletion'],
  ['RESTORE', 'restore'],
])('%s of a custom object is a %s', (action, kind) => {
  expect(read({ ...record, action, propertyChanges: { name: 'x' } })).toEqual({
    uninstalled: [],
    changes: [
      {
        portalId: 7,
        key: `journal:${action}:${Date.parse(at)}:2-55/101`,
        kind,
        records: [{ objectType: '2-55', id: '101' }],
        property: null,
        occurredAt: at,
      },
    ],
  });
});

test('a merge concerns every record that it names, in any of the fields', () => {
  const merge = { ...record, action: 'MERGE', primaryObjectId: 102, mergedObjectIds: ['103', 104] };
  expect(read(merge).changes[0]?.records.map(({ id }) => id)).toEqual(['102', '103', '104', '101']);
});

// The guide's form, and the one of a public tool for this API.
test.each([
  { fromObjectTypeId: '2-55', fromObjectId: 101, toObjectTypeId: '0-3', toObjectId: '9' },
  { objectTypeId: '2-55', objectId: 101, associatedObjectTypeId: '0-3', associatedObjectId: 9 },
])('an association concerns both of its records: %j', (ends) => {
  const event = { type: 'association', portalId: 7, occurredAt: at, action: 'ASSOCIATION_REMOVED', ...ends };
  expect(read(event).changes).toMatchObject([
    {
      kind: 'associationChange',
      records: [
        { objectType: '2-55', id: '101' },
        { objectType: 'deals', id: '9' },
      ],
    },
  ]);
});

test('each uninstall is returned once, and is no change of a record', () => {
  const uninstall = { type: 'app_lifecycle_event', action: 'APP_UNINSTALL', portalId: 7, occurredAt: at };
  expect(read(uninstall, uninstall, { ...uninstall, portalId: '8' }, { ...uninstall, action: 'APP_INSTALL' })).toEqual({
    changes: [],
    uninstalled: [7, 8],
  });
});

test('an unreadable event is skipped and does not stop the others', () => {
  const strange = [
    null,
    'text',
    {},
    { ...record, action: 'SNAPSHOT' },
    { ...record, action: 'UPDATE', occurredAt: 'yesterday' },
    { ...record, action: 'UPDATE', objectId: undefined },
    { ...record, action: 'UPDATE', objectTypeId: 5 },
    { ...record, action: 'ASSOCIATION_ADDED', objectId: undefined },
  ];
  const late = { ...record, action: 'DELETE', occurredAt: Date.parse(at), mergedObjectIds: 'none' };
  expect(read(...strange, late).changes).toMatchObject([{ kind: 'deletion', occurredAt: at }]);
  expect(() => readJournalFile({ error: 'not a file' })).toThrow(/journalEvents/);
});
