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
export const firstTime = (meetings: readonly Meeting[]) =>
  meetings.toSorted((a, b) => a.startedAt.getTime() - b.startedAt.getTime())[0];
export const lastTime = (meetings: readonly Meeting[]) =>
  meetings.toSorted((a, b) => b.startedAt.getTime() - a.startedAt.getTime())[0];
