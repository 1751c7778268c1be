import {
  amountOf,
  amountsOf,
  compare,
  FEW,
  firstTime,
  counted,
  lastTime,
  mean,
  named,
  round,
  scored,
  scoresOf,
  type Expected,
  type ExpectedRow,
} from './expected-row';
import type { Deal, Meeting, Seen } from './oracle';

interface Met {
  readonly deal: Deal;
  readonly meetings: readonly Meeting[];
  readonly people: number;
}

const peopleIn = (meetings: readonly Meeting[]) => new Set(meetings.flatMap(({ people }) => people)).size;

/** The deals with at least one meeting. */
function metDeals(seen: Seen): Met[] {
  const by = new Map<string, Meeting[]>();
  for (const meeting of counted(seen))
    for (const { id } of seen.dealsOf(meeting)) by.set(id, [...(by.get(id) ?? []), meeting]);
  return [...by].map(([id, meetings]) => ({ deal: seen.deal(id), meetings, people: peopleIn(meetings) }));
}

const meetingsIn = (met: readonly Met[]) => [...new Set(met.flatMap(({ meetings }) => meetings))];

function median(numbers: readonly number[]): number | null {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return mean(sorted.slice(Math.ceil(middle) - 1, Math.floor(middle) + 1));
}

/** The cells of a group of deals that two kinds of reports share. */
function dealCells(met: readonly Met[]): Pick<ExpectedRow, 'cells' | 'behind'> {
  const closed = met.filter(({ deal }) => deal.daysToClose !== null);
  const days = closed.flatMap(({ deal }) => deal.daysToClose ?? []);
  const all = meetingsIn(met);
  return {
    cells: {
      deals: met.length,
      meetings: all.length,
      meetingsPerDeal: round(mean(met.map(({ meetings }) => meetings.length))),
      peoplePerDeal: round(mean(met.map(({ people }) => people))),
      medianDaysToClose: round(median(days)),
      daysToClose: round(mean(days)),
    },
    behind: {
      deals: all,
      meetings: all,
      meetingsPerDeal: all,
      peoplePerDeal: all,
      medianDaysToClose: meetingsIn(closed),
      daysToClose: meetingsIn(closed),
    },
  };
}

export function dealsByOutcome(seen: Seen): Expected {
  const rowOf = (key: string, outcome: string, met: readonly Met[]): ExpectedRow => {
    const { cells, behind } = dealCells(met);
    return { key, cells: { outcome, few: met.length < FEW, ...cells }, behind };
  };
  const by = Map.groupBy(metDeals(seen), ({ deal }) => deal.outcome);
  return {
    rows: [...by]
      .toSorted(([a], [b]) => seen.placeOf('outcome', a) - seen.placeOf('outcome', b))
      .map(([key, met]) => rowOf(key, seen.labelOf('outcome', key), met)),
    totals: rowOf('', 'All', metDeals(seen)),
  };
}

const STEPS: readonly (readonly [string, string, number, number])[] = [
  ['0', 'None with an address', 0, 0],
  ['1', '1', 1, 1],
  ['2', '2', 2, 2],
  ['3', '3', 3, 3],
  ['4', '4 or 5', 4, 5],
  ['6', '6 to 9', 6, 9],
  ['10', '10 or more', 10, Infinity],
];

export const dealsBy =
  (count: (met: Met) => number, other: 'meetingsPerDeal' | 'peoplePerDeal') =>
  (seen: Seen): Expected => {
    const rowOf = (key: string, step: string, met: readonly Met[]): ExpectedRow => {
      const of = (...outcomes: string[]) => met.filter(({ deal }) => outcomes.includes(deal.outcome));
      const [won, lost, open, closed] = [of('won'), of('lost'), of('open'), of('won', 'lost')];
      const { cells, behind } = dealCells(met);
      const dropped = other === 'meetingsPerDeal' ? 'peoplePerDeal' : 'meetingsPerDeal';
      const without = <Value>(from: Readonly<Record<string, Value>>) =>
        Object.fromEntries(Object.entries(from).filter(([name]) => name !== dropped));
      return {
        key,
        cells: {
          step,
          few: closed.length < FEW,
          ...without(cells),
          won: won.length,
          lost: lost.length,
          open: open.length,
          winRate: closed.length === 0 ? null : round((won.length / closed.length) * 100),
        },
        behind: {
          ...without(behind),
          won: meetingsIn(won),
          lost: meetingsIn(lost),
          open: meetingsIn(open),
          winRate: meetingsIn(closed),
        },
      };
    };
    return {
      rows: STEPS.flatMap(([key, label, from, to]) => {
        const met = metDeals(seen).filter((one) => count(one) >= from && count(one) <= to);
        return met.length === 0 ? [] : [rowOf(key, label, met)];
      }),
      totals: rowOf('', 'All', metDeals(seen)),
    };
  };

export function deals(seen: Seen): Expected {
  const met = metDeals(seen);
  const all = meetingsIn(met);
  const withPeople = (meetings: readonly Meeting[]) => meetings.filter(({ people }) => people.length > 0);
  return {
    rows: met
      .toSorted(
        (a, b) =>
          b.meetings.length - a.meetings.length ||
          (lastTime(b.meetings)?.startedAt.getTime() ?? 0) - (lastTime(a.meetings)?.startedAt.getTime() ?? 0) ||
          compare(a.deal.id, b.deal.id),
      )
      .slice(0, seen.asked.options.limit)
      .map(({ deal, meetings, people }) => ({
        key: deal.id,
        cells: {
          few: false,
          deal: named('Deal', deal.id, deal.name, deal.archived),
          outcome: seen.labelOf('outcome', deal.outcome),
          pipeline: seen.labelOf('pipeline', deal.pipeline),
          stage: seen.stageNameOf(deal.stage),
          meetings: meetings.length,
          people,
          score: round(mean(scoresOf(meetings))),
          amount: amountOf(deal.properties['amount']),
          currency: deal.properties['deal_currency_code'] || null,
          firstMeeting: firstTime(meetings)?.day ?? null,
          lastMeeting: lastTime(meetings)?.day ?? null,
          daysToClose: round(deal.daysToClose),
          objectType: 'deals',
          recordId: deal.id,
          pipelineId: deal.pipelineId,
          stageId: deal.stageId,
        },
        behind: { meetings, people: withPeople(meetings), score: scored(meetings) },
      })),
    totals: {
      key: '',
      cells: {
        few: false,
        deal: `All ${met.length} ${met.length === 1 ? 'deal' : 'deals'}`,
        deals: met.length,
        meetings: all.length,
        people: peopleIn(all),
        score: round(mean(scoresOf(all))),
        amount: amountsOf(met.map(({ deal }) => deal)),
      },
      behind: { meetings: all, people: withPeople(all), score: scored(all) },
    },
  };
}
