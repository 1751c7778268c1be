import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import {
  type AssociationRead,
  cascadeLevels,
  compareRecords,
  expandCascades,
  followLevel,
  type Link,
  type Neighbours,
  readsOf,
  type RecordRef,
  recordKey,
  rootLinks,
  type Roots,
} from '../../../src/meeting/linking/cascade';

type Edge = readonly [RecordRef, RecordRef];
const contact = (id: string | number): RecordRef => ({ objectType: 'contacts', id: String(id) });
const company = (id: string | number): RecordRef => ({ objectType: 'companies', id: String(id) });
const deal = (id: string | number): RecordRef => ({ objectType: 'deals', id: String(id) });
const custom = (id: string | number, objectType = '2-77'): RecordRef => ({ objectType, id: String(id) });
const roots = (given: Partial<Roots>): Roots => ({ manual: [], participant: [], domain: [], ...given });

/** A CRM of undirected associations that answers reads as the gateway does, one entry per asked record. */
function crm(edges: readonly Edge[]) {
  const asked: AssociationRead[][] = [];
  const read = async (reads: readonly AssociationRead[]): Promise<Neighbours[]> => {
    asked.push([...reads]);
    return reads.flatMap(({ from, to, ids }) =>
      ids.map((id) => ({
        from: { objectType: from, id },
        to: edges.flatMap(([a, b]) => {
          const key = recordKey({ objectType: from, id });
          if (recordKey(a) === key && b.objectType === to) return [b];
          return recordKey(b) === key && a.objectType === to ? [a] : [];
        }),
      })),
    );
  };
  return { read, asked };
}

const described = (links: readonly Link[]) =>
  links.map((link) => `${recordKey(link)} ${link.via}${link.from ? ` from ${recordKey(link.from)}` : ''}`);

const brings = (from: string, to: string, customObjectTypes: readonly string[]) =>
  (from === 'contacts' && (to === 'companies' || to === 'deals')) ||
  (from === 'companies' && to === 'deals') ||
  (['contacts', 'companies', 'deals'].includes(from) && customObjectTypes.includes(to));

describe('the rule', () => {
  const edges: Edge[] = [
    [contact(1), company(10)],
    [contact(1), company(11)],
    [contact(1), deal(100)],
    [company(10), deal(101)],
    [company(11), deal(100)],
    [deal(101), contact(2)],
    [deal(101), company(12)],
    [company(10), contact(3)],
    [deal(100), custom(7)],
    [custom(7), company(13)],
  ];

  test('a contact leads to its companies and deals, its companies to theirs, and deals to nothing', async () => {
    const { read, asked } = crm(edges);
    expect(described(await expandCascades(roots({ participant: [contact(1)] }), {}, read))).toEqual([
      'contacts/1 participant',
      'companies/10 cascade from contacts/1',
      'companies/11 cascade from contacts/1',
      'deals/100 cascade from contacts/1',
      'deals/101 cascade from companies/10',
    ]);
    expect(asked).toEqual([
      [
        { from: 'contacts', to: 'companies', ids: ['1'] },
        { from: 'contacts', to: 'deals', ids: ['1'] },
      ],
      [{ from: 'companies', to: 'deals', ids: ['10', '11'] }],
    ]);
  });

  test('a company leads to its deals only', async () => {
    const { read, asked } = crm(edges);
    expect(described(await expandCascades(roots({ domain: [company(10)] }), {}, read))).toEqual([
      'companies/10 domain',
      'deals/101 cascade from companies/10',
    ]);
    expect(asked).toHaveLength(1);
  });

  test('a deal leads to nothing, and nothing is read for it', async () => {
    const { read, asked } = crm(edges);
    expect(described(await expandCascades(roots({ manual: [deal(101)] }), {}, read))).toEqual(['deals/101 manual']);
    expect(asked).toEqual([]);
  });

  test('every linked record leads to its custom objects, which lead to nothing', async () => {
    const { read, asked } = crm(edges);
    const links = await expandCascades(roots({ domain: [company(11)] }), { customObjectTypes: ['2-77', '2-8'] }, read);
    expect(described(links)).toEqual([
      'companies/11 domain',
      'deals/100 cascade from companies/11',
      '2-77/7 cascade from deals/100',
    ]);
    expect(asked.at(-1)).toEqual([
      { from: 'companies', to: '2-8', ids: ['11'] },
      { from: 'deals', to: '2-8', ids: ['100'] },
      { from: 'companies', to: '2-77', ids: ['11'] },
      { from: 'deals', to: '2-77', ids: ['100'] },
    ]);
  });

  test('a record that a person unlinked is neither linked nor followed', async () => {
    const { read, asked } = crm(edges);
    const unlinked = [company(10), deal(100)];
    const links = await expandCascades(roots({ participant: [contact(1)], manual: [deal(100)] }), { unlinked }, read);
    expect(described(links)).toEqual(['contacts/1 participant', 'companies/11 cascade from contacts/1']);
    expect(asked.flat().flatMap((given) => given.ids)).not.toContain('10');
  });

  test('a record that the read omits is not followed', async () => {
    const { read } = crm(edges);
    const withoutCompanies = async (reads: readonly AssociationRead[]) =>
      (await read(reads)).map(({ from, to }) => ({
        from,
        to: to.filter((record) => record.objectType !== 'companies'),
      }));
    expect(described(await expandCascades(roots({ participant: [contact(1)] }), {}, withoutCompanies))).toEqual([
      'contacts/1 participant',
      'deals/100 cascade from contacts/1',
    ]);
  });

  test('a failed read is thrown', async () => {
    const down = new Error('HubSpot is down');
    const failing = () => Promise.reject(down);
    await expect(expandCascades(roots({ participant: [contact(1)] }), {}, failing)).rejects.toThrow('HubSpot is down');
  });
});

test('the strongest reason is kept: manual, participant, domain', () => {
  const all = { manual: [contact(3)], participant: [contact(3), contact(2)], domain: [company(1), company(1)] };
  expect(described(rootLinks(all))).toEqual(['contacts/2 participant', 'contacts/3 manual', 'companies/1 domain']);
  expect(described(rootLinks(all, [contact(3)]))).toEqual(['contacts/2 participant', 'companies/1 domain']);
});

test("of several records that lead to one, the first is named, regardless of the order of HubSpot's answers", () => {
  const [level = []] = cascadeLevels([]);
  const links = rootLinks(roots({ participant: [contact(10), contact(9)] }));
  const answers = [contact(10), contact(9)].map((from) => ({ from, to: [company(1)] }));
  for (const answered of [answers, answers.toReversed()]) {
    expect(described(followLevel(level, links, answered))).toContain('companies/1 cascade from contacts/9');
  }
});

test('answers that were not requested link nothing', () => {
  const [level = []] = cascadeLevels([]);
  const links = rootLinks(roots({ participant: [contact(1)] }));
  const answers = [
    { from: contact(2), to: [company(1)] },
    { from: contact(1), to: [contact(3), custom(1)] },
  ];
  expect(followLevel(level, links, answers)).toEqual(links);
});

test('records are sorted by type and then by age', () => {
  const order = [
    contact(9),
    contact(10),
    contact('90071992547409930'),
    company(1),
    deal(1),
    custom(1, '2-8'),
    custom(1, '2-77'),
  ];
  expect(order.toReversed().toSorted(compareRecords)).toEqual(order);
});

test('levels without custom types are two, and standard types are no custom types', () => {
  expect(cascadeLevels([])).toHaveLength(2);
  expect(cascadeLevels(['deals', 'contacts'])).toHaveLength(2);
  expect(cascadeLevels(['2-77', '2-77']).at(-1)).toEqual([
    { from: 'contacts', to: '2-77' },
    { from: 'companies', to: '2-77' },
    { from: 'deals', to: '2-77' },
  ]);
});

test('a level without records to start from reads nothing', () => {
  expect(cascadeLevels(['2-77']).map((level) => readsOf(level, []))).toEqual([[], [], []]);
});

describe('against a naive reading of the rule, on random CRMs', () => {
  const customTypes = ['2-8', '2-77'];
  const anyRecord = fc.oneof(
    fc.integer({ min: 1, max: 6 }).map(contact),
    fc.integer({ min: 5, max: 11 }).map(company),
    fc.integer({ min: 8, max: 14 }).map(deal),
    fc
      .tuple(fc.integer({ min: 1, max: 4 }), fc.constantFrom('2-8', '2-77', '2-99'))
      .map(([id, type]) => custom(id, type)),
  );
  const some = (maxLength: number) => fc.array(anyRecord, { maxLength });
  const scenario = fc.record({
    edges: fc.array(fc.tuple(anyRecord, anyRecord), { maxLength: 60, size: 'max' }),
    roots: fc.record({ manual: some(2), participant: some(3), domain: some(2) }),
    unlinked: some(3),
    customObjectTypes: fc.subarray(customTypes),
  });
  type Scenario = typeof scenario extends fc.Arbitrary<infer T> ? T : never;

  function naive({ edges, roots: given, unlinked, customObjectTypes }: Scenario): Set<string> {
    const gone = new Set(unlinked.map(recordKey));
    const linked = new Set(
      [...given.manual, ...given.participant, ...given.domain].map(recordKey).filter((key) => !gone.has(key)),
    );
    for (let before = -1; before !== linked.size;) {
      before = linked.size;
      for (const [a, b] of [...edges, ...edges.map(([x, y]) => [y, x] as const)]) {
        const allowed = brings(a.objectType, b.objectType, customObjectTypes) && !gone.has(recordKey(b));
        if (allowed && linked.has(recordKey(a))) linked.add(recordKey(b));
      }
    }
    return linked;
  }

  const run = (
    { edges, roots: given, ...options }: Scenario,
    disorder: <T>(list: readonly T[]) => T[] = (list) => [...list],
  ) => {
    const { read } = crm(disorder(edges));
    return expandCascades(
      { manual: disorder(given.manual), participant: disorder(given.participant), domain: disorder(given.domain) },
      options,
      async (reads) => disorder(await read(disorder(reads))),
    );
  };

  test('links exactly the records of the rule, each once, each with a true reason', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        const links = await run(given);
        const keys = links.map(recordKey);
        expect(new Set(keys).size).toBe(keys.length);
        expect(new Set(keys)).toEqual(naive(given));
        for (const link of links) {
          const key = recordKey(link);
          const strongest = (['manual', 'participant', 'domain'] as const).find((via) =>
            given.roots[via].some((record) => recordKey(record) === key),
          );
          expect(link.via).toBe(strongest ?? 'cascade');
          if (strongest !== undefined) {
            expect(link.from).toBeNull();
            continue;
          }
          const from = link.from ?? contact('none');
          expect(keys).toContain(recordKey(from));
          expect(brings(from.objectType, link.objectType, given.customObjectTypes)).toBe(true);
          const pair = [recordKey(from), key].toSorted();
          expect(given.edges.map((edge) => edge.map(recordKey).toSorted())).toContainEqual(pair);
        }
      }),
      { numRuns: 500 },
    );
  });

  test("gives the same links in the same order, regardless of the order of HubSpot's answers", async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async (given) => {
        expect(await run(given, (list) => list.toReversed())).toEqual(await run(given));
      }),
      { numRuns: 300 },
    );
  });
});
