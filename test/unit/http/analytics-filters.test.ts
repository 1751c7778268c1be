import { expect, test } from '@jest/globals';
import { analyticsQuery, parseAnalyticsFilters } from '../../../src/http/pages/analytics/analytics-filters';
import { withFoundRecords, type FoundRecords } from '../../../src/http/pages/analytics/named-records';

const PORTAL = 7;
const companyUrl = (portalId: number, type = '0-2') => `https://app.hubspot.com/contacts/${portalId}/record/${type}/5`;

test.each<[object, object]>([
  [{}, {}],
  [
    { from: ' 2026-11-01 ', to: '', owner: 'Ana@Northwind.Example' },
    { from: '2026-11-01', owner: 'ana@northwind.example' },
  ],
  [
    { pipeline: 'default', stage: 'won', unknown: 'x' },
    { pipeline: 'default', stage: 'won' },
  ],
  [
    { company: '5', object: '2-12/9' },
    { company: '5', object: '2-12/9' },
  ],
  [{ company: companyUrl(PORTAL) }, { company: '5' }],
  [{ object: companyUrl(PORTAL, '2-12') }, { object: '2-12/5' }],
  [
    { interval: 'month', by: 'stage', days: '30', due: 'none', limit: '5' },
    { interval: 'month', by: 'stage', days: '30', due: 'none', limit: '5' },
  ],
  [
    { industry: 'BANKING', lifecycleStage: ' customer ', jobTitle: ' Head of Sales' },
    { industry: 'BANKING', lifecycleStage: 'customer', jobTitle: 'Head of Sales' },
  ],
  [{ interval: 'year', days: 'many', limit: '' }, {}],
  [{ from: ['2026-11-01', '2026-11-02'] }, {}],
])('the query %j has the valid filters %j', (query, texts) => {
  expect(parseAnalyticsFilters(query, PORTAL)).toMatchObject({ texts, invalid: [], names: [] });
});

test.each<[object, number | null, unknown, string]>([
  [{ from: 'yesterday' }, PORTAL, 'From “yesterday”', 'must be a date such as 2026-11-06'],
  [{ from: '2026-11-06', to: '2026-11-01' }, PORTAL, 'To', 'must not be before the first day'],
  [{ jobTitle: 'x'.repeat(201) }, PORTAL, `Job title “${'x'.repeat(100)}”`, 'must be a text of 1 to 200 characters'],
  [{ owner: 'Ana' }, PORTAL, 'Owner “Ana”', 'must be the e-mail address of a host'],
  [
    { company: companyUrl(8) },
    PORTAL,
    `Company “${companyUrl(8)}”`,
    'must be the URL of a company in the connected HubSpot account',
  ],
  [
    { company: companyUrl(PORTAL, '0-1') },
    PORTAL,
    expect.any(String),
    'must be the URL of a company in the connected HubSpot account',
  ],
  [
    { object: companyUrl(PORTAL) },
    PORTAL,
    expect.any(String),
    'must be the URL of a custom object in the connected HubSpot account',
  ],
  [{ company: 'Acme' }, null, 'Company “Acme”', 'must be a part of a company’s name'],
  [{ object: '\0' }, PORTAL, 'Custom object “\0”', 'must be a part of a custom object’s name'],
  [{ company: 'x'.repeat(201) }, PORTAL, `Company “${'x'.repeat(100)}”`, 'must be a part of a company’s name'],
])('the query %j has an error', (query, portalId, path, message) => {
  const read = parseAnalyticsFilters(query, portalId);
  expect(read.invalid).toEqual([{ path, message }]);
  expect(read.names).toEqual([]);
  expect(read.given).toEqual(query);
});

test('a text that is no id and no URL is a name to search for', () => {
  expect(parseAnalyticsFilters({ company: ' acme ', object: 'Site', stage: 'won' }, PORTAL)).toEqual({
    texts: { stage: 'won' },
    given: { company: 'acme', object: 'Site', stage: 'won' },
    invalid: [],
    names: [
      { filter: 'company', typed: 'acme' },
      { filter: 'object', typed: 'Site' },
    ],
  });
});

const company = (id: string, name: string) => ({
  objectType: 'companies',
  id,
  properties: { name, domain: `${id}.example` },
});
const site = (id: string, properties: Record<string, string | null>) => ({ objectType: '2-12', id, properties });
const searches = {
  one: [{ filter: 'company', typed: 'acme', found: [company('5', 'Acme')] }],
  none: [{ filter: 'object', typed: 'acme', found: [] }],
  several: [{ filter: 'object', typed: 'site', found: [site('1', { label: 'Site A' }), site('2', { label: null })] }],
} satisfies Record<string, FoundRecords[]>;

test.each<[keyof typeof searches, object]>([
  ['one', { texts: { stage: 'won', company: '5' }, invalid: [], ambiguous: [] }],
  [
    'none',
    {
      texts: { stage: 'won' },
      invalid: [{ path: 'Custom object “acme”', message: 'matches no custom object that is linked to a meeting' }],
      ambiguous: [],
    },
  ],
  [
    'several',
    {
      texts: { stage: 'won' },
      invalid: [],
      ambiguous: [
        {
          filter: 'object',
          typed: 'site',
          records: [
            { value: '2-12/1', name: 'Site A', detail: null },
            { value: '2-12/2', name: '2', detail: null },
          ],
        },
      ],
    },
  ],
])('a name with %s match', (matches, expected) => {
  const parsed = { texts: { stage: 'won' }, given: {}, invalid: [], names: [] };
  expect(withFoundRecords(parsed, searches[matches], new Map([['2-12', 'label']]))).toEqual({ ...expected, given: {} });
});

test('at most ten choices are shown', () => {
  const found = Array.from({ length: 11 }, (_, index) => company(String(index), `Acme ${index}`));
  const parsed = { texts: {}, given: {}, invalid: [], names: [] };
  const { ambiguous } = withFoundRecords(parsed, [{ filter: 'company', typed: 'acme', found }], new Map());
  expect(ambiguous[0]?.records).toHaveLength(10);
  expect(ambiguous[0]?.records[0]).toEqual({ value: '0', name: 'Acme 0', detail: '0.example' });
});

test('an address has the filters in a fixed order', () => {
  expect(analyticsQuery({ limit: '5', stage: 'won', from: '2026-11-01' }, { section: 'deals' })).toBe(
    '?section=deals&from=2026-11-01&stage=won&limit=5',
  );
  expect(analyticsQuery({})).toBe('');
});
