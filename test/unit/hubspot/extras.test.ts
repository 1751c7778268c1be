import { expect, test } from '@jest/globals';
import { droppingExtras } from '../../../src/activities/engagements/drop-extras';
import { HubSpotError } from '../../../src/hubspot/client/errors';
import { extrasToDrop, RefusedValues } from '../../../src/hubspot/extras';

const properties = {
  hs_timestamp: '2026-11-03T09:00:00.000Z',
  hs_meeting_body: 'Body',
  hs_meeting_outcome: 'COMPLETED',
  hubspot_owner_id: '9001',
};
const refusal = (body: object, status = 400) => new HubSpotError('POST /x', { status, retryAfter: null, body });
const about = (...names: string[]) =>
  refusal({
    message: `Property values were not valid: ${JSON.stringify(names.map((name) => ({ name, message: 'no' })))}`,
  });

test.each<[string, HubSpotError, string[][]]>([
  ['the owner', about('hubspot_owner_id'), [['hubspot_owner_id']]],
  ['two extras', about('hs_meeting_outcome', 'hubspot_owner_id'), [['hs_meeting_outcome', 'hubspot_owner_id']]],
  [
    'an extra that a permission is missing for',
    refusal({ message: 'You may not edit hubspot_owner_id' }, 403),
    [['hubspot_owner_id']],
  ],
  ['the body', about('hs_meeting_body'), []],
  ['the body and an extra', about('hs_meeting_body', 'hubspot_owner_id'), []],
  ['a property that was not sent', about('region'), []],
  [
    'an unnamed one',
    refusal({ message: '9001 was not a valid owner id' }),
    [['hubspot_owner_id'], ['hs_meeting_outcome', 'hubspot_owner_id']],
  ],
  ['an association', refusal({ message: 'The limit of associations is met' }), []],
  ['a missing permission', refusal({ message: 'No permission' }, 403), []],
  ['a record that is gone', refusal({ message: 'hubspot_owner_id' }, 404), []],
  ['an outage', refusal({ message: 'hubspot_owner_id' }, 503), []],
])('a refusal of %s', (_, error, dropped) => {
  expect(extrasToDrop(properties, error).map((extras) => extras.map(({ name }) => name))).toEqual(dropped);
});

const content = { objectType: 'meetings', properties } as const;
/** HubSpot as far as it refuses properties, each in its own answer. */
function hubSpot(...refused: (readonly [name: string, error: HubSpotError])[]) {
  const sent: string[][] = [];
  const write = (tried: { readonly properties: object }) => {
    sent.push(Object.keys(tried.properties));
    const met = refused.find(([name]) => name in tried.properties);
    return met === undefined ? Promise.resolve('written') : Promise.reject(met[1]);
  };
  return { sent, write };
}
const options = { tryAll: false, wrote: () => true };

test('refused extras are dropped one after the other, and named with HubSpot’s message', async () => {
  const { write, sent } = hubSpot(
    ['hs_meeting_outcome', about('hs_meeting_outcome')],
    ['hubspot_owner_id', refusal({ message: '9001 was not a valid owner id' })],
  );
  const written = await droppingExtras({ refusedValues: new RefusedValues() }, content, options, write);
  expect(written).toEqual({
    result: 'written',
    dropped: [
      { name: 'hs_meeting_outcome', rule: 'no' },
      { name: 'hubspot_owner_id', rule: '9001 was not a valid owner id' },
    ],
  });
  expect(sent).toHaveLength(3);
});

test('a refusal that dropping extras does not solve is thrown after a few tries', async () => {
  const { write, sent } = hubSpot(['hs_meeting_body', refusal({ message: 'no' })]);
  await expect(droppingExtras({ refusedValues: new RefusedValues() }, content, options, write)).rejects.toThrow('no');
  expect(sent.length).toBeLessThanOrEqual(4);
});

test('a value that is refused repeatedly is dropped without a try, until it is accepted or a minute has passed', async () => {
  const refusedValues = new RefusedValues();
  const refusing = hubSpot(['hubspot_owner_id', about('hubspot_owner_id')]);
  const attempt = async (crm: ReturnType<typeof hubSpot>, tryAll = false) =>
    await droppingExtras({ refusedValues }, content, { ...options, tryAll }, crm.write);
  for (let count = 0; count < 5; count++) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other
    expect((await attempt(refusing)).dropped).toEqual([{ name: 'hubspot_owner_id', rule: 'no' }]);
  }
  expect(refusing.sent).toHaveLength(3 * 2 + 2);
  expect(refusedValues.among('meetings', properties, Date.now() + 61_000)).toEqual([]);
  const taking = hubSpot();
  expect((await attempt(taking)).dropped).toHaveLength(1);
  expect((await attempt(taking, true)).dropped).toEqual([]);
  expect((await attempt(taking)).dropped).toEqual([]);
});
