import { expect, test } from '@jest/globals';
import { recordFacts } from '../../../src/http/pages/meeting/record-facts';
import { inLanguage } from '../../../src/languages/language';
import type { ContextRecord } from '../../../src/meeting/context';

const ana = { id: '1', name: 'Ana Ruiz', email: 'ana@northwind.example' };
const account = { timeZone: 'Europe/Madrid', currency: null };
const stage = (name: string, isClosed = false, probability = 0.5) => ({ id: 's', name, isClosed, probability });
const record = (objectType: string, properties: ContextRecord['properties'], more: Partial<ContextRecord> = {}) => ({
  objectType,
  properties,
  stage: null,
  owner: null,
  ...more,
});

test.each([
  [
    record(
      'deals',
      { amount: '62000', deal_currency_code: 'EUR', closedate: '2026-12-11T23:30:00Z' },
      { stage: stage('Contract sent'), owner: ana },
    ),
    ['Contract sent', '€62,000', 'Ana Ruiz', 'closes 12 Dec 2026'],
  ],
  [
    record('deals', { amount: '1200.5', closedate: '2026-04-01' }, { stage: stage('Closed lost', true, 0) }),
    ['Closed lost', '1,200.5', 'closed 1 Apr 2026'],
  ],
  [
    record('deals', { amount: '' }, { stage: stage('Done', true, 1), owner: { ...ana, name: null } }),
    ['Done (won)', 'ana@northwind.example'],
  ],
  [record('deals', { amount: 'much', closedate: 'soon', deal_currency_code: '<b>' }), []],
  [
    record('contacts', { jobtitle: 'Head of IT', lifecyclestage: 'salesqualifiedlead' }),
    ['Head of IT', 'Sales qualified lead'],
  ],
  [record('contacts', { jobtitle: null, lifecyclestage: '98123' }), []],
  [
    record('companies', { industry: 'COMPUTER_SOFTWARE', lifecyclestage: 'customer' }),
    ['Computer software', 'Customer'],
  ],
  [record('2-7', { name: 'x' }, { stage: stage('Running'), owner: ana }), ['Running', 'Ana Ruiz']],
  [record('companies', null), []],
])('the facts of %j are %j', (given, facts) => {
  expect(recordFacts(given, account)).toEqual(facts);
});

test('the facts are in the language of the request, and values of HubSpot are as they are', () => {
  const deal = record(
    'deals',
    { amount: '62000', deal_currency_code: 'EUR', closedate: '2026-12-11T23:30:00Z' },
    { stage: stage('Contract sent', true, 1), owner: ana },
  );
  expect(inLanguage('es', () => recordFacts(deal, account))).toEqual([
    'Contract sent (ganado)',
    '62.000\u00A0€',
    'Ana Ruiz',
    'cerrado el 12 dic 2026',
  ]);
  const named = record('deals', {}, { stage: stage('Cierre ganado', true, 1) });
  expect(inLanguage('es', () => recordFacts(named, account))).toEqual(['Cierre ganado']);
});

test("an amount without a currency is in the account's", () => {
  const facts = (properties: ContextRecord['properties']) =>
    recordFacts(record('deals', properties), { ...account, currency: 'USD' });
  expect(facts({ amount: '1200' })).toEqual(['$1,200']);
  expect(facts({ amount: '1200', deal_currency_code: 'EUR' })).toEqual(['€1,200']);
});
