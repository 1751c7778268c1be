import { describe, expect, test } from '@jest/globals';
import { readWebhookEvents } from '../../../src/hubspot/webhooks/webhook-events';

const common = { eventId: 100, subscriptionId: 7, portalId: 62_515, occurredAt: 1_700_000_000_000, attemptNumber: 0 };
const read = (...events: object[]) => readWebhookEvents(events.map((event) => ({ ...common, ...event })));
const records = (...events: object[]) =>
  read(...events).map((change) => change.records.map(({ objectType, id }) => `${objectType}/${id}`).join(' '));

describe('every kind of event, named and generic', () => {
  test.each([
    ['creation', 'contact', '0-1', 'contacts'],
    ['deletion', 'company', '0-2', 'companies'],
    ['restore', 'deal', '0-3', 'deals'],
  ])('%s of a %s', (kind, name, objectTypeId, objectType) => {
    const named = { subscriptionType: `${name}.${kind}`, objectId: 11 };
    const generic = { subscriptionType: `object.${kind}`, objectTypeId, objectId: '11' };
    for (const change of read(named, generic)) {
      expect(change).toMatchObject({ portalId: 62_515, kind, records: [{ objectType, id: '11' }], property: null });
      expect(change.occurredAt).toBe('2023-11-14T22:13:20.000Z');
    }
    expect(read(named, generic)).toHaveLength(2);
  });

  test('a property change names the property, with its value as text', () => {
    const change = { subscriptionType: 'contact.propertyChange', objectId: 11, propertyName: 'email' };
    const values = ['a@b.example', 5, true, null, undefined].map((propertyValue) => ({ ...change, propertyValue }));
    expect(read(...values).map(({ property }) => property)).toEqual(
      ['a@b.example', '5', 'true', '', ''].map((value) => ({ name: 'email', value })),
    );
  });

  test('a merge names all records that took part, with and without a new id', () => {
    const merge = { subscriptionType: 'contact.merge', primaryObjectId: 1, mergedObjectIds: [2, '3'] };
    const generic = { ...merge, subscriptionType: 'object.merge', objectTypeId: '0-1' };
    expect(
      records({ ...merge, newObjectId: 9 }, merge, { ...generic, objectId: 1 }, { ...merge, mergedObjectIds: 2 }),
    ).toEqual([
      'contacts/9 contacts/1 contacts/2 contacts/3',
      'contacts/1 contacts/2 contacts/3',
      'contacts/1 contacts/2 contacts/3',
      'contacts/1 contacts/2',
    ]);
    expect(records({ subscriptionType: 'deal.merge', objectId: 4 })).toEqual(['deals/4']);
  });

  test('an association change names both ends, whichever of them reports it, without an objectId', () => {
    const ends = { fromObjectId: 1, toObjectId: '2' };
    expect(
      records(
        { subscriptionType: 'contact.associationChange', associationType: 'CONTACT_TO_DEAL', ...ends },
        { subscriptionType: 'deal.associationChange', associationType: 'DEAL_TO_CONTACT', ...ends },
        { subscriptionType: 'object.associationChange', associationType: 'company_to_contact', ...ends },
        { subscriptionType: 'object.associationChange', fromObjectTypeId: '0-1', toObjectTypeId: '2-123', ...ends },
        { subscriptionType: 'object.associationChange', objectTypeId: '0-3', ...ends },
        { subscriptionType: 'contact.associationChange', ...ends },
        { subscriptionType: 'contact.associationChange', associationType: 'CONTACT_TO_TICKET', ...ends },
      ),
    ).toEqual([
      'contacts/1 deals/2',
      'deals/1 contacts/2',
      'companies/1 contacts/2',
      'contacts/1 2-123/2',
      'deals/1',
      'contacts/1',
      'contacts/1',
    ]);
  });

  test('a privacy deletion has no generic form, custom objects have no named one', () => {
    expect(
      records(
        { subscriptionType: 'contact.privacyDeletion', objectId: 5 },
        { subscriptionType: 'object.creation', objectTypeId: '2-3453932', objectId: 6 },
        { subscriptionType: 'object.deletion', objectTypeId: '0-47', objectId: 7 },
      ),
    ).toEqual(['contacts/5', '2-3453932/6', 'meetings/7']);
  });

  test('an activity is recognised under each of its names', () => {
    expect(
      records(
        { subscriptionType: 'object.deletion', objectTypeId: '0-46', objectId: 1 },
        { subscriptionType: 'object.restore', objectTypeId: 'MEETING_EVENT', objectId: 2 },
        { subscriptionType: 'note.deletion', objectId: 3 },
        { subscriptionType: 'call.restore', objectId: 4 },
      ),
    ).toEqual(['notes/1', 'meetings/2', 'notes/3', 'calls/4']);
  });
});

test('numbers may arrive as text, and optional fields may be missing', () => {
  const event = { subscriptionType: 'contact.creation', objectId: '11' };
  const [bare] = readWebhookEvents([{ ...event, portalId: '62515', eventId: 'e-1', occurredAt: '1700000000000' }]);
  expect(bare).toMatchObject({ portalId: 62_515, key: 'e-1:0:creation:1700000000000:contacts/11' });
  expect(bare?.occurredAt).toBe('2023-11-14T22:13:20.000Z');
  const [dated] = readWebhookEvents([{ ...event, portalId: 1, eventId: 1, occurredAt: '2023-11-14T22:13:20Z' }]);
  expect(dated?.occurredAt).toBe('2023-11-14T22:13:20.000Z');
  const [undated] = readWebhookEvents([{ ...event, portalId: 1, eventId: 1 }]);
  expect(Date.parse(undated?.occurredAt ?? '')).toBeGreaterThan(1_700_000_000_000);
});

test('null, unknown fields and unexpected types do not lose an event', () => {
  const strange = {
    subscriptionId: null,
    objectTypeId: null,
    propertyName: null,
    mergedObjectIds: 'none',
    associationType: 5,
    changeFlag: { deep: [1] },
    appId: 'x',
    newThing: {},
  };
  expect(records({ subscriptionType: 'deal.deletion', objectId: 3, ...strange })).toEqual(['deals/3']);
});

test('an event that is not about records is skipped, and the others are kept', () => {
  expect(
    readWebhookEvents([
      null,
      'text',
      5,
      [],
      {},
      { ...common, subscriptionType: 'conversation.newMessage', objectId: 1 },
      { ...common, subscriptionType: 'ticket.creation', objectId: 1 },
      { ...common, subscriptionType: 'object.creation', objectTypeId: '0-5', objectId: 1 },
      { ...common, subscriptionType: 'contact.creation' },
      { ...common, subscriptionType: 'contact.creation', objectId: 1, portalId: undefined },
      { ...common, subscriptionType: 'contact.creation', objectId: 2 },
      { ...common, subscriptionType: 'contact.creation', objectId: 3, portalId: 1 },
    ]).map(({ portalId, records: [record] }) => `${portalId}/${record?.id}`),
  ).toEqual(['62515/2', '1/3']);
  expect(readWebhookEvents([null, 'text', []])).toEqual([]);
  expect(readWebhookEvents([{ ...common, subscriptionType: 'contact.creation', objectId: 2 }])).toHaveLength(1);
});

test('text that the database cannot store loses neither the event nor the others', () => {
  const change = { subscriptionType: 'contact.propertyChange', objectId: 1, propertyName: 'email' };
  expect(read({ ...change, propertyValue: 'a\0b', eventId: '1\0' })).toMatchObject([
    { key: expect.not.stringMatching('\0'), property: { value: 'ab' } },
  ]);
  for (const occurredAt of [9e15, -9e14, 1e300, 'yesterday']) {
    const [{ occurredAt: taken } = { occurredAt: '' }] = read({ ...change, occurredAt });
    expect(Math.abs(Date.parse(taken) - Date.now())).toBeLessThan(60_000);
  }
  expect(records({ ...change, objectId: 'a b' }, { ...change, objectId: '1\0' }, { ...change, objectId: '' })).toEqual(
    [],
  );
  const mergedObjectIds = Array.from({ length: 5_000 }, (_, index) => index + 10);
  const merge = { subscriptionType: 'contact.merge', primaryObjectId: 1 };
  const [one, another] = read({ ...merge, mergedObjectIds }, { ...merge, mergedObjectIds: [...mergedObjectIds, 9] });
  expect(one?.key.length).toBeLessThan(500);
  expect(one?.key).not.toBe(another?.key);
  expect(records({ ...merge, mergedObjectIds: [2, 'x y', 3] })).toEqual(['contacts/1 contacts/2 contacts/3']);
});

describe('the key', () => {
  const keys = (...events: object[]) => new Set(read(...events).map(({ key }) => key)).size;
  const email = { subscriptionType: 'contact.propertyChange', objectId: 1, propertyName: 'email', propertyValue: 'a' };
  const association = {
    subscriptionType: 'contact.associationChange',
    associationType: 'CONTACT_TO_DEAL',
    fromObjectId: 1,
    toObjectId: 2,
  };

  test('is the same for every delivery of an event', () => {
    expect(keys(email, { ...email, attemptNumber: 3 }, { ...email, eventId: '100', objectId: '1' })).toBe(1);
  });

  test.each([
    ['the event id', { eventId: 101 }],
    ['the subscription', { subscriptionId: 8 }],
    ['the time', { occurredAt: 1_700_000_000_001 }],
    ['the record', { objectId: 2 }],
    ['the type', { subscriptionType: 'company.propertyChange' }],
    ['the property', { propertyName: 'hs_additional_emails' }],
  ])('differs where %s differs: HubSpot does not promise that event ids are unique', (_, changed) => {
    expect(keys(email, { ...email, ...changed })).toBe(2);
  });

  test('distinguishes making an association from removing it', () => {
    expect(keys({ ...association, associationRemoved: false }, { ...association, associationRemoved: true })).toBe(2);
  });

  test('differs for two events that have neither id nor time', () => {
    const nameless = { ...email, eventId: undefined, occurredAt: undefined };
    expect(keys(nameless, nameless)).toBe(2);
    expect(keys({ ...nameless, occurredAt: 5 }, { ...nameless, occurredAt: 5 })).toBe(1);
  });
});
