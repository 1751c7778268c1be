import { expect, test } from '@jest/globals';
import { ranked } from '../../../../src/http/pages/search/rank';

test.each([
  [
    'acme',
    ['The Acme Group', 'Acme Holding', 'Acme', 'Big Acme'],
    ['Acme', 'Acme Holding', 'Big Acme', 'The Acme Group'],
  ],
  ['garcia', ['Lopez', 'Ana García', 'García'], ['García', 'Ana García', 'Lopez']],
  ['pil', ['Compilation', 'Renewal pilot', 'Pilot'], ['Pilot', 'Renewal pilot', 'Compilation']],
])('%s', (query, names, expected) => {
  expect(
    ranked(
      names.map((name) => ({ name })),
      query,
    ).map(({ name }) => name),
  ).toEqual(expected);
});
