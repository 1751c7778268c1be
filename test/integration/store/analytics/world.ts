import fc from 'fast-check';
import type { ProcessedMeetingInput } from '../../../../src/meeting/intake/schema';
import type { SyncStatus } from '../../../../src/meeting/status';
import type { MadeLink, MadeMeeting, MadeRecord } from './store';

// Each generator has few values, so that they coincide. Times are around the days on which the clocks change.

const DEALS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const COMPANIES = ['1', '2', '3', '4'];
const CONTRACTS = ['1', '2'];
const CONTACTS = ['1', '2', '3'];
const HOSTS = [
  { email: 'Ana@Northwind.example', name: 'Ana Ruiz' },
  { email: 'bo@northwind.example' },
  { email: 'zoe@northwind.example', name: 'Zoë' },
  { email: 'zoe@northwind.example', name: 'Zoe Z.' },
];
const PEOPLE = [
  { email: 'Marc@acme.example', name: 'Marc' },
  { email: 'marc@ACME.example', name: 'Marc Serra' },
  { email: 'li@beta.example', name: 'Li' },
  { email: 'om@gmail.com' },
  { name: 'Meeting room 4' },
  { email: 'ana@northwind.example', name: 'Ana Ruiz', internal: true },
];
const TOPICS = [
  'Budget & timing',
  'budget  & TIMING',
  'Facturación',
  'facturacion',
  'ПЛАН',
  'план',
  '=SUM(1)',
  'Ｆｕｌｌ',
];
const CATEGORIES = ['Objections', 'OBJECTIONS', 'Próximos pasos', 'Empty'];
const STARTS = [
  '2026-03-28T22:59:59.999Z',
  '2026-03-28T23:00:00Z',
  '2026-03-29T22:00:00Z',
  '2026-10-24T22:00:00Z',
  '2026-10-25T23:00:00Z',
  '2026-11-01T04:30:00Z',
  '2026-11-01T05:30:00Z',
  '2026-11-02T04:59:00Z',
  '2026-11-08T23:30:00Z',
  '2026-11-23T12:00:00Z',
  '2026-12-31T23:59:59Z',
];

const dealProperties = fc.record({
  dealname: fc.constantFrom('Acme renewal', '', '=1+1', null),
  pipeline: fc.constantFrom('p1', 'p0', 'p9', '', null),
  dealstage: fc.constantFrom('s1', 's2', 's3', 't1', 't2', 'x9', '', null),
  hs_is_closed: fc.constantFrom('true', 'false', '', null),
  hs_is_closed_won: fc.constantFrom('true', 'false', '', null),
  amount: fc.constantFrom('1200.50', '-3', '', '1,5', null),
  deal_currency_code: fc.constantFrom('EUR', 'USD', '', null),
  createdate: fc.constantFrom('2026-03-01T10:00:00.123Z', '2026-10-01T10:00:00Z', '1790000000000', 'soon', '', null),
  closedate: fc.constantFrom(
    '2026-02-01T10:00:00.000Z',
    '2026-11-20T22:30:00Z',
    '1795000000000',
    '2026-13-45T10:00:00Z',
    null,
  ),
  hubspot_owner_id: fc.constantFrom('1', '3', '4', '77', null),
});
const companyProperties = fc.record({
  name: fc.constantFrom('Acme', '', null),
  domain: fc.constantFrom('acme.example', '', null),
  createdate: fc.constantFrom('2026-10-24T22:30:00Z', null),
  hubspot_owner_id: fc.constantFrom('1', '4', null),
  industry: fc.constantFrom('COMPUTER_SOFTWARE', 'BANKING', '', null),
});
const contactProperties = fc.record({
  lifecyclestage: fc.constantFrom('customer', 'salesqualifiedlead', '12345', '', null),
  jobtitle: fc.constantFrom('CTO', ' cto', 'Élan  Lead', 'elan lead', ' ', null),
});

const recordOf = (type: string, ids: readonly string[], properties: fc.Arbitrary<Record<string, string | null>>) =>
  fc
    .tuple(
      ...ids.map((id) =>
        fc.record({
          type: fc.constant(type),
          id: fc.constant(id),
          state: fc.constantFrom('read', 'read', 'read', 'read', 'unread', 'archived', 'merged', 'absent'),
          properties,
          // Only into a higher id, so that merges form no cycle.
          mergedInto: fc.constantFrom(...ids.slice(ids.indexOf(id) + 1), `${id}00`),
        }),
      ),
    )
    .map((records) =>
      records.flatMap(({ state, properties: read, mergedInto, ...ref }): MadeRecord[] => {
        if (state === 'absent') return [];
        if (state === 'unread') return [ref];
        if (state === 'archived') return [{ ...ref, properties: null }];
        return [{ ...ref, properties: read, mergedInto: state === 'merged' ? mergedInto : null }];
      }),
    );

const links = fc
  .record({
    deals: fc.subarray(DEALS, { maxLength: 4 }),
    companies: fc.subarray(COMPANIES, { maxLength: 2 }),
    contacts: fc.subarray(CONTACTS, { maxLength: 2 }),
    contracts: fc.subarray(CONTRACTS),
    others: fc.subarray(['1']),
    refused: fc.nat({ max: 9 }),
  })
  .map(({ deals, companies, contacts, contracts, others, refused }): MadeLink[] =>
    [
      ...contacts.map((id) => ({ type: 'contacts', id })),
      ...companies.map((id) => ({ type: 'companies', id })),
      ...deals.map((id) => ({ type: 'deals', id })),
      ...contracts.map((id) => ({ type: '2-1', id })),
      ...others.map((id) => ({ type: '2-9', id })),
    ].map((link, index) => ({ ...link, refused: index === refused })),
  );

/** Tasks of the steps at these positions. A meeting without such a step has no task there. */
const tasks = fc.uniqueArray(
  fc.record({
    position: fc.nat({ max: 2 }),
    state: fc.constantFrom('open' as const, 'completed' as const, 'deleted' as const, 'unwritten' as const),
    ownerEmail: fc.constantFrom(
      'ana@northwind.example',
      'bo@northwind.example',
      'nameless@northwind.example',
      'x@y.example',
    ),
    dueAt: fc.constantFrom('2026-11-23T12:00:00Z', '2026-11-24T10:59:00Z', '2026-11-25T12:00:00Z'),
    completedAt: fc.constantFrom('2026-11-23T23:30:00Z', '2026-11-24T11:30:00Z', '2026-11-26T12:00:00Z'),
  }),
  { selector: ({ position }) => position },
);

const madeMeeting: fc.Arbitrary<Omit<MadeMeeting, 'body'> & { readonly body: Partial<ProcessedMeetingInput> }> =
  fc.record({
    status: fc.constantFrom<SyncStatus>(
      'synced',
      'synced',
      'synced',
      'needs_attention',
      'accepted',
      'skipped',
      'deleted',
    ),
    erasing: fc.constantFrom(false, false, false, false, false, true),
    links,
    formerLinks: links,
    former: fc.constantFrom(false, false, false, true),
    tasks,
    unmatched: fc.uniqueArray(
      fc.constantFrom(
        { email: 'New@x.example', name: 'New' },
        { email: 'new@x.example', name: null },
        { email: null, name: 'Room' },
        { email: 'old@x.example', name: 'Old' },
      ),
      { maxLength: 3 },
    ),
    body: fc.record({
      title: fc.constantFrom('Demo', '<b>Call</b>', '=cmd()'),
      startedAt: fc.constantFrom(...STARTS),
      host: fc.constantFrom(...HOSTS),
      participants: fc.subarray(PEOPLE),
      summary: fc.record({
        aiScore: fc.constantFrom(undefined, { value: 0, max: 5 }, { value: 4, max: 5 }, { value: 71.3, max: 100 }),
        topics: fc.array(fc.constantFrom(...TOPICS), { maxLength: 4 }).map((all) => all.map((title) => ({ title }))),
        nextSteps: fc.array(
          fc.record({
            text: fc.constantFrom('Send it', 'Call\nback'),
            owner: fc.constantFrom(undefined, 'Ana'),
            dueDate: fc.constantFrom(undefined, '2026-11-23', '2026-11-24', '2026-11-25', '2020-02-29'),
          }),
          { maxLength: 3 },
        ),
      }),
      smartCategories: fc
        .subarray(CATEGORIES)
        .map((all) =>
          all.map((name) => ({ name, items: name === 'Empty' ? [] : [{ kind: 'note' as const, text: 'Text.' }] })),
        ),
    }),
  });

/** An account and its meetings, some of which belong to another workspace. */
export const world = fc.record({
  timeZone: fc.constantFrom('Europe/Madrid', 'America/Havana', 'Asia/Kolkata', 'UTC', 'Pacific/Auckland'),
  now: fc.constantFrom('2026-11-24T12:00:00Z', '2026-11-24T23:30:00Z').map((time) => new Date(time)),
  records: fc
    .tuple(
      recordOf('deals', DEALS, dealProperties),
      recordOf('companies', COMPANIES, companyProperties),
      recordOf('contacts', CONTACTS, contactProperties),
      recordOf('2-1', CONTRACTS, fc.constant({})),
    )
    .map((all) => all.flat()),
  meetings: fc.array(madeMeeting, { minLength: 4, maxLength: 20 }),
  elsewhere: fc.array(madeMeeting, { maxLength: 3 }),
});

const everyFilter = fc.record({
  from: fc.constantFrom('2026-03-29', '2026-10-25', '2026-11-01'),
  to: fc.constantFrom('2026-11-01', '2026-11-09', '2026-12-31'),
  owner: fc.constantFrom('ana@northwind.example', 'zoe@northwind.example', 'unknown@northwind.example'),
  pipeline: fc.constantFrom('p1', 'p0', 'p9'),
  stage: fc.constantFrom('s1', 's2', 't1'),
  company: fc.constantFrom(...COMPANIES, '400', '77'),
  object: fc.constantFrom('2-1/1', '2-1/2', '2-9/1'),
  industry: fc.constantFrom('COMPUTER_SOFTWARE', 'BANKING'),
  lifecycleStage: fc.constantFrom('customer', '12345'),
  jobTitle: fc.constantFrom('cto', 'ELAN LEAD'),
});
const names = [
  'from',
  'to',
  'owner',
  'pipeline',
  'stage',
  'company',
  'object',
  'industry',
  'lifecycleStage',
  'jobTitle',
] as const;

/** Mostly one or two filters: more leave no meetings in so small a world. */
export const filters = fc
  .tuple(
    everyFilter,
    fc.oneof(
      { weight: 4, arbitrary: fc.subarray([...names], { minLength: 1, maxLength: 2 }) },
      fc.subarray([...names]),
    ),
  )
  .map(([all, chosen]): Partial<typeof all> => Object.fromEntries(chosen.map((name) => [name, all[name]])));

export const options = fc.record({
  interval: fc.constantFrom('week' as const, 'month' as const),
  by: fc.constantFrom('outcome' as const, 'stage' as const),
  days: fc.constantFrom(1, 16, 30, 400),
  due: fc.constantFrom('all' as const, 'overdue' as const, 'none' as const),
  limit: fc.constantFrom(1, 3, 100),
});
