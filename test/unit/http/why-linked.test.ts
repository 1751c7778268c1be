import { expect, test } from '@jest/globals';
import { whyLinked } from '../../../src/http/pages/meeting/tree-models';

const pieter = { objectType: 'contacts', id: '58' };
const known = {
  names: new Map([['contacts/58', 'Pieter de Vries']]),
  typeNames: new Map<string, string>(),
  row: { portal_id: null },
  connection: null,
};

test.each([
  [{ via: 'participant', from: null }, 'took part'],
  [{ via: 'domain', from: null }, 'domain of a participant'],
  [{ via: 'manual', from: null }, 'linked by hand'],
  [{ via: 'cascade', from: pieter }, 'through Pieter de Vries'],
  [{ via: 'cascade', from: { objectType: 'companies', id: '7' } }, 'through 7'],
  [{ via: 'cascade', from: null }, 'through a record that is no longer linked'],
] as const)('%j is linked because: %s', (link, why) => {
  expect(whyLinked(link, known)).toBe(why);
});
