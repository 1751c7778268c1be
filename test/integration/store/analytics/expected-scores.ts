import type { Cell } from '../../../../src/analytics/report';
import { compare, FEW, counted, mean, round, scored, scoresOf, type Expected, type ExpectedRow } from './expected-row';
import type { Deal, Meeting, Seen } from './oracle';
import type { ContextRecord } from './oracle-context';

type Grouping = 'outcome' | 'pipeline' | 'stage';

function scoreRow(key: string, label: Record<string, Cell>, meetings: readonly Meeting[]): ExpectedRow {
  return {
    key,
    cells: {
      ...label,
      few: scoresOf(meetings).length < FEW,
      meetings: meetings.length,
      scored: scored(meetings).length,
      score: round(mean(scoresOf(meetings))),
    },
    behind: { meetings, scored: scored(meetings), score: scored(meetings) },
  };
}

export function scoreOverTime(seen: Seen): Expected {
  const { interval } = seen.asked.options;
  const periodOf = (day: string) => {
    if (interval === 'month') return `${day.slice(0, 7)}-01`;
    const date = new Date(`${day}T00:00:00Z`);
    date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
    return date.toISOString().slice(0, 10);
  };
  const next = (day: string) => {
    const date = new Date(`${day}T00:00:00Z`);
    if (interval === 'month') date.setUTCMonth(date.getUTCMonth() + 1);
    else date.setUTCDate(date.getUTCDate() + 7);
    return date.toISOString().slice(0, 10);
  };
  const by = Map.groupBy(counted(seen), ({ day }) => periodOf(day));
  const last = [...by.keys()].toSorted().at(-1) ?? '';
  const periods: string[] = [];
  for (let at = [...by.keys()].toSorted()[0] ?? 'none'; at <= last; at = next(at)) periods.push(at);
  return {
    rows: periods.map((period) => scoreRow(period, { period }, by.get(period) ?? [])),
    totals: scoreRow('', { period: 'All' }, counted(seen)),
  };
}

export function scoreByOwner(seen: Seen): Expected {
  const by = Map.groupBy(counted(seen), ({ hostEmail }) => hostEmail);
  const nameOf = (email: string, meetings: readonly Meeting[]) =>
    meetings
      .flatMap(({ hostName }) => hostName ?? [])
      .toSorted(compare)
      .at(-1) ??
    seen.raw.owners
      .filter((one) => one.portal_id === seen.portalId && one.email?.toLowerCase() === email)
      .toSorted((a, b) => Number(a.archived) - Number(b.archived) || compare(a.owner_id, b.owner_id))[0]?.name ??
    email;
  return {
    rows: [...by]
      .map(([email, meetings]) => scoreRow(email, { owner: nameOf(email, meetings), email }, meetings))
      .toSorted((a, b) => compare(a.key, b.key)),
    totals: scoreRow('', { owner: 'All', email: null }, counted(seen)),
  };
}

/** Groups meetings by their deals' groups. A meeting is in each of its groups once. */
function byGroup(seen: Seen, grouping: Grouping): Map<string, { meetings: Meeting[]; deals: Set<string> }> {
  const groups = new Map<string, { meetings: Meeting[]; deals: Set<string> }>();
  const add = (key: string, meeting: Meeting, deal: Deal | null) => {
    const group = groups.get(key) ?? { meetings: [], deals: new Set<string>() };
    if (!group.meetings.includes(meeting)) group.meetings.push(meeting);
    if (deal !== null) group.deals.add(deal.id);
    groups.set(key, group);
  };
  for (const meeting of counted(seen)) {
    const deals = seen.dealsOf(meeting);
    if (deals.length === 0) add('(none)', meeting, null);
    for (const deal of deals) add(deal[grouping], meeting, deal);
  }
  const inOrder = [...groups].toSorted(
    ([a], [b]) => seen.placeOf(grouping, a) - seen.placeOf(grouping, b) || compare(a, b),
  );
  return new Map(inOrder);
}

export const scoreBy =
  (grouping: Grouping) =>
  (seen: Seen): Expected => {
    const groups = byGroup(seen, grouping);
    const idsOf = (key: string): Record<string, string> => {
      if (grouping === 'outcome' || key === '' || key.startsWith('(')) return {};
      const [pipelineId = '', stageId = ''] = key.split('/');
      return grouping === 'pipeline' ? { pipelineId } : { pipelineId, stageId };
    };
    const withDeals = (meetings: readonly Meeting[]) => meetings.filter((one) => seen.dealsOf(one).length > 0);
    const rowOf = (
      key: string,
      label: string,
      meetings: readonly Meeting[],
      deals: ReadonlySet<string>,
    ): ExpectedRow => {
      const row = scoreRow(key, { [grouping]: label, ...idsOf(key) }, meetings);
      return {
        ...row,
        cells: { ...row.cells, deals: deals.size },
        behind: { ...row.behind, deals: withDeals(meetings) },
      };
    };
    const allDeals = new Set([...groups.values()].flatMap(({ deals }) => [...deals]));
    return {
      rows: [...groups].map(([key, { meetings, deals }]) => rowOf(key, seen.labelOf(grouping, key), meetings, deals)),
      totals: rowOf('', 'All', counted(seen), allDeals),
    };
  };

export const mentions =
  (what: 'topics' | 'categories') =>
  (seen: Seen): Expected => {
    const { by, limit } = seen.asked.options;
    const all = counted(seen);
    const groups = byGroup(seen, by);
    const rowOf = (key: string, topic: string, meetings: readonly Meeting[], columns: readonly string[]) => {
      const inGroup = (group: string) => meetings.filter((one) => groups.get(group)?.meetings.includes(one) === true);
      const of = <Value>(value: (group: string) => Value) =>
        Object.fromEntries(columns.map((group) => [`in:${group}`, value(group)]));
      return {
        key,
        cells: {
          topic,
          few: scoresOf(meetings).length < FEW,
          meetings: meetings.length,
          score: round(mean(scoresOf(meetings))),
          ...of((group) => inGroup(group).length),
        },
        behind: { meetings, score: scored(meetings), ...of(inGroup) },
      };
    };
    const keys = new Set(all.flatMap((meeting) => [...meeting[what].keys()]));
    const found = [...keys].map((key) => {
      const meetings = all.filter((meeting) => meeting[what].has(key));
      const first = meetings.toSorted((a, b) => compare(a.id, b.id))[0];
      return { key, label: first?.[what].get(key) ?? '', meetings };
    });
    return {
      rows: found
        .toSorted((a, b) => b.meetings.length - a.meetings.length || compare(a.key, b.key))
        .slice(0, limit)
        .map(({ key, label, meetings }) => rowOf(key, label, meetings, [...groups.keys()])),
      totals: rowOf('', 'All meetings', all, [...groups.keys()]),
    };
  };

const CONTEXT = {
  industry: { type: 'companies', property: 'industry', none: 'No company', unset: 'Companies without an industry' },
  lifecycleStage: {
    type: 'contacts',
    property: 'lifecyclestage',
    none: 'No contact',
    unset: 'Contacts without a lifecycle stage',
  },
  jobTitle: { type: 'contacts', property: 'jobtitle', none: 'No contact', unset: 'Contacts without a job title' },
} as const;

const VALUE_NAMES: Readonly<Record<string, string>> = {
  COMPUTER_SOFTWARE: 'Computer software',
  BANKING: 'Banking',
  customer: 'Customer',
  salesqualifiedlead: 'Sales qualified lead',
};

export const scoreByContext =
  (by: keyof typeof CONTEXT) =>
  (seen: Seen): Expected => {
    const { type, property, none, unset } = CONTEXT[by];
    const groups = new Map<string, { meetings: Set<Meeting>; records: Map<string, ContextRecord> }>();
    const groupOf = (key: string) => {
      const group = groups.get(key) ?? { meetings: new Set<Meeting>(), records: new Map<string, ContextRecord>() };
      groups.set(key, group);
      return group;
    };
    for (const meeting of counted(seen)) {
      if ((meeting.linked.get(type)?.size ?? 0) === 0) groupOf('(none)').meetings.add(meeting);
      for (const record of seen.contextOf(meeting, type)) {
        const group = groupOf(record[by] ?? '(unset)');
        group.meetings.add(meeting);
        group.records.set(record.id, record);
      }
    }
    const labelOf = (key: string, records: readonly ContextRecord[]) => {
      if (key === '(none)') return none;
      if (key === '(unset)') return unset;
      if (by !== 'jobTitle') return VALUE_NAMES[key] ?? key;
      const spellings = records.map(({ properties }) => (properties[property] ?? '').replaceAll(/^ +| +$/g, ''));
      return spellings.toSorted(compare)[0] ?? key;
    };
    const rowOf = (key: string, label: string, meetings: readonly Meeting[], records: number): ExpectedRow => {
      const row = scoreRow(key, { [by]: label }, meetings);
      return {
        ...row,
        cells: { ...row.cells, [type]: records },
        behind: { ...row.behind, [type]: meetings.filter((one) => seen.contextOf(one, type).length > 0) },
      };
    };
    const all = new Set([...groups.values()].flatMap(({ records }) => [...records.keys()]));
    return {
      rows: [...groups]
        .toSorted(([a, one], [b, other]) => other.meetings.size - one.meetings.size || compare(a, b))
        .slice(0, seen.asked.options.limit)
        .map(([key, { meetings, records }]) =>
          rowOf(key, labelOf(key, [...records.values()]), [...meetings], records.size),
        ),
      totals: rowOf('', 'All', counted(seen), all.size),
    };
  };
