import { expect, test } from '@jest/globals';
import { readChange } from '../../../src/cli/settings';

const settings = {
  ownDomains: ['old.example'],
  externalOnly: false,
  minimumMinutes: 0,
  maxDeals: null,
  summaryType: 'meeting',
};

test.each([
  ['ownDomains=acme.example, beta.example', ['acme.example', 'beta.example']],
  ['ownDomains=', []],
  ['ownDomains=["a.example"]', ['a.example']],
  ['externalOnly=true', true],
  ['minimumMinutes=15', 15],
  ['minimumMinutes=soon', 'soon'],
  ['minimumMinutes=', ''],
  ['maxDeals=3', 3],
  ['maxDeals=null', null],
  ['summaryType=call', 'call'],
  ['summaryType=a=b', 'a=b'],
])('%s', (change, value) => {
  expect(readChange(change, settings)).toEqual([change.split('=')[0], value]);
});

test('a list that begins like JSON must be JSON', () => {
  expect(() => readChange('ownDomains=[a.example', settings)).toThrow('ownDomains is not valid JSON');
});
