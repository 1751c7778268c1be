import type { Cell } from '../../../../src/analytics/report';
import type { Meeting, Seen } from './oracle';

/** An expected row, and the expected meetings behind each column that leads to meetings. */
export interface ExpectedRow {
  readonly key: string;
  readonly cells: Readonly<Record<string, Cell>>;
  readonly behind: Readonly<Record<string, readonly Meeting[]>>;
}

export interface Expected {
  readonly rows: readonly ExpectedRow[];
  /** The totals; their key is empty. */
  readonly totals: ExpectedRow;
}

export const FEW = 5;
export const mean = (numbers: readonly number[]) =>
  numbers.length === 0 ? null : numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
export const round = (value: number | null) => (value === null ? null : Math.round(value * 100) / 100);
export const scoresOf = (meetings: readonly Meeting[]) => meetings.flatMap(({ score }) => score ?? []);
export const scored = (meetings: readonly Meeting[]) => meetings.filter(({ score }) => score !== null);
export const counted = (seen: Seen) => seen.scoped.filter(({ skipped }) => !skipped);
export const compare = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
export const dayNumber = (day: string) => Date.parse(day) / 86_400_000;

export const named = (kind: string, id: string, name: string | null, archived = false) =>
  `${name ?? `${kind} ${id}`}${archived ? ' (archived)' : ''}`;
export const amountOf = (text: string | null | undefined) =>
  /^-?\d{1,15}(\.\d+)?$/.test(text ?? '') ? Number(text) : null;
/** The sums by currency. Amounts in different currencies are never added. */
export function amountsOf(records: readonly { readonly properties: Readonly<Record<string, string | null>> }[]) {
  const sums = new Map<string, number>();
  for (const { properties } of records) {
    const amount = amountOf(properties['amount']);
    const currency = properties['deal_currency_code'] || '';
    if (amount !== null) sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  if (sums.size === 0) return null;
  const text = (amount: number, currency: string) =>
    amount.toLocaleString('en', {
      maximumFractionDigits: 2,
      ...(currency === '' ? {} : { style: 'currency', currency, trailingZeroDisplay: 'stripIfInteger' }),
    });
  return [...sums]
    .toSorted(([a], [b]) => (a === '' ? 1 : b === '' ? -1 : compare(a, b)))
    .map(([currency, sum]) => text(sum, currency))
    .join(' · ');
}
export const firstTime = (meetings: readonly Meeting[]) =>
  meetings.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())[0];
export const lastTime = (meetings: readonly Meeting[]) =>
  meetings.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0];
