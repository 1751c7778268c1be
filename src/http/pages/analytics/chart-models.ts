import { DateTime } from 'luxon';
import type { ReportDocument } from '../../../analytics/run';
import type { Column, ReportRow } from '../../../analytics/report';
import { numberText, t } from '../../../languages/text';
import { caseWords, dayText, percentText } from './cell-text';

/** The width of a plot in its own units. A browser stretches it to the width of the page. */
const WIDE = 1000;
/** The height of a line's plot in its own units. */
const HIGH = 400;
/** A value axis has at most this many steps. */
const MOST_STEPS = 5;
const QUARTERS = [0, 0.25, 0.5, 0.75, 1];

/** The colour of a mark: won deals are green, lost ones red, open ones grey. All others take turns. */
export type Tone = 'won' | 'lost' | 'open' | 'none' | `series-${1 | 2 | 3 | 4 | 5 | 6}`;

/** An axis with evenly spaced values from zero, which are written beside the marks. */
export interface Axis {
  readonly title: string;
  readonly ticks: readonly string[];
}

/** A mark of a chart, and the meetings or records behind it. */
interface Mark {
  /** What the mark shows, in words. */
  readonly words: string;
  readonly path: string | null;
}

/** Horizontal bars, one or several for each row. */
export interface BarsModel {
  readonly kind: 'bars';
  /** What the rows are. */
  readonly rowsTitle: string;
  readonly axis: Axis;
  /** The meaning of the colours; empty where each bar says what it is. */
  readonly legend: readonly { readonly tone: Tone; readonly words: string }[];
  readonly rows: readonly {
    readonly label: string;
    readonly labelPath: string | null;
    /** For example `only 3 meetings`; null with enough cases. */
    readonly few: string | null;
    readonly bars: readonly {
      /** From 0 to 1000. */
      readonly parts: readonly (Mark & {
        readonly tone: Tone;
        readonly from: number;
        readonly width: number;
        /** The text beside the bar. */
        readonly text: string;
      })[];
    }[];
  }[];
}

/** Values over time. Periods without a value leave a gap. */
export interface LineModel {
  readonly kind: 'line';
  readonly timeTitle: string;
  readonly axis: Axis;
  readonly timeTicks: readonly string[];
  /** The commands of a path in a plot of 1000 × 400. */
  readonly line: string;
  readonly points: readonly (Mark & {
    readonly x: number;
    readonly y: number;
    /** The column in which a pointer finds the point. */
    readonly from: number;
    readonly width: number;
  })[];
}

/** What a chart needs to know about the cells of a table. */
export interface CellLinks {
  readonly textOf: (column: Column, row: ReportRow) => string;
  readonly pathOf: (column: Column, row: ReportRow) => string | null;
}

/** The chart of a report; null without values to draw. */
export function chartModel(
  document: ReportDocument,
  rows: readonly ReportRow[],
  links: CellLinks,
): BarsModel | LineModel | null {
  const { chart, columns } = document;
  const label = columns.find(({ key }) => key === chart?.label);
  if (chart === null || label === undefined) return null;
  const values =
    chart.values === null
      ? groupColumns(columns)
      : chart.values.flatMap((key) => columns.filter((column) => column.key === key));
  if (!rows.some((row) => values.some(({ key }) => typeof row[key] === 'number'))) return null;
  if (chart.kind === 'line') return lineModel(document, rows, { label, value: values[0] ?? label, links });
  return barsModel(document, rows, { label, values, links });
}

/** The columns with the meetings of each group. The row's own count is excluded, because they are parts of it. */
function groupColumns(columns: readonly Column[]): readonly Column[] {
  return columns.filter(({ key, meetings }) => meetings === true && key !== 'meetings');
}

interface BarsInput {
  readonly label: Column;
  readonly values: readonly Column[];
  readonly links: CellLinks;
}

function barsModel(
  document: ReportDocument,
  rows: readonly ReportRow[],
  { label, values, links }: BarsInput,
): BarsModel {
  const isStacked = document.chart?.kind === 'stacked';
  const valueOf = (row: ReportRow, { key }: Column) => (typeof row[key] === 'number' ? row[key] : 0);
  const lengths = rows.map((row) =>
    isStacked
      ? sum(values.map((column) => valueOf(row, column)))
      : Math.max(...values.map((column) => valueOf(row, column))),
  );
  const axis = axisOf(values, Math.max(...lengths), isStacked);
  const toneOf = (row: ReportRow, column: Column, place: number) =>
    isStacked ? toneOfGroup(column.key.replace(/^in:/, ''), place) : toneOfGroup(row.key, 0);
  return {
    kind: 'bars',
    rowsTitle: label.label,
    axis: axis.axis,
    legend: isStacked
      ? values.map((column, place) => ({ tone: toneOf({ key: '', few: false }, column, place), words: column.label }))
      : [],
    rows: rows.map((row) => {
      const parts = values.map((column, place) => ({
        column,
        value: valueOf(row, column),
        tone: toneOf(row, column, place),
        text: partText(column, links.textOf(column, row), values.length > 1),
      }));
      const drawn = isStacked ? [parts.filter(({ value }) => value > 0)] : parts.map((part) => [part]);
      return {
        label: links.textOf(label, row),
        labelPath: links.pathOf(label, row),
        few: row.few ? caseWords(document, row) : null,
        bars: drawn.map((bar) => ({
          parts: bar.map(({ column, value, tone, text }, place) => ({
            tone,
            from: scaled(sum(bar.slice(0, place).map((before) => before.value)), axis.most),
            width: scaled(value, axis.most),
            text,
            words: `${links.textOf(label, row)}: ${text}`,
            path: links.pathOf(column, row),
          })),
        })),
      };
    }),
  };
}

/** `Meetings per deal 3.4` beside one of several bars; `70 / 100` beside the only one. */
function partText({ label }: Column, value: string, named: boolean): string {
  return named ? `${label} ${value}` : value;
}

/** Groups of deals by outcome have a colour of their own. */
function toneOfGroup(key: string, place: number): Tone {
  switch (key) {
    case 'won':
    case 'lost':
    case 'open':
      return key;
    case '(none)':
    case '(unknown)':
    case '(archived)':
      return 'none';
    default:
      return SERIES[place % SERIES.length] ?? 'series-1';
  }
}

const SERIES = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'] as const;

function axisOf(values: readonly Column[], longest: number, isStacked: boolean): { axis: Axis; most: number } {
  const [first] = values;
  if (isStacked) return numberAxis(t('Meetings'), longest);
  if (first?.type === 'percent') {
    const figures = QUARTERS.map((part) => String(part * 100));
    return first.key === 'score'
      ? { axis: { title: t('{column} (0 to 100)', { column: first.label }), ticks: figures }, most: 100 }
      : { axis: { title: first.label, ticks: figures.map((figure) => percentText(figure)) }, most: 100 };
  }
  return numberAxis(values.map(({ label }) => label).join(', '), longest);
}

/** Steps of 1, 2 or 5, of any power of ten. */
function numberAxis(title: string, longest: number): { axis: Axis; most: number } {
  const rough = Math.max(longest, Number.EPSILON) / MOST_STEPS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const steps = Math.ceil(longest / step - 1e-9);
  const ticks = Array.from({ length: steps + 1 }, (_, index) => numberText(index * step, { maximumFractionDigits: 2 }));
  return { axis: { title, ticks }, most: steps * step };
}

function lineModel(
  document: ReportDocument,
  rows: readonly ReportRow[],
  { label, value, links }: { readonly label: Column; readonly value: Column; readonly links: CellLinks },
): LineModel {
  const times = rows.map(({ key }) => Date.parse(key));
  const [first, last] = [Math.min(...times), Math.max(...times)];
  const across = (time: number) => (last === first ? WIDE / 2 : ((time - first) / (last - first)) * WIDE);
  const points = rows.flatMap((row, place) => {
    const cell = row[value.key];
    if (typeof cell !== 'number') return [];
    const [before, at, after] = [place - 1, place, place + 1].map((index) => across(times[index] ?? times[place] ?? 0));
    const [x, from, to] = [at ?? 0, ((before ?? 0) + (at ?? 0)) / 2, ((at ?? 0) + (after ?? 0)) / 2];
    const cases = caseWords(document, row);
    return [
      {
        place,
        x: round(x),
        y: round(HIGH - (cell / 100) * HIGH),
        from: round(from),
        width: round(Math.max(to - from, 1)),
        words: `${label.label} ${links.textOf(label, row)}: ${links.textOf(value, row)}, ${cases}`,
        path: links.pathOf(value, row),
      },
    ];
  });
  return {
    kind: 'line',
    timeTitle: label.label,
    axis: {
      title: t('{column} (0 to 100)', { column: value.label }),
      ticks: QUARTERS.map((part) => String(part * 100)),
    },
    timeTicks: (first === last ? [0] : QUARTERS).map((part) =>
      dayText(DateTime.fromMillis(first + (last - first) * part, { zone: 'utc' }).toISODate() ?? ''),
    ),
    line: points
      .map(
        ({ x, y, place }, index) =>
          `${points[index - 1]?.place === place - 1 && isNext(rows, place, document) ? 'L' : 'M'}${x} ${y}`,
      )
      .join(' '),
    points: points.map(({ place: _place, ...point }) => point),
  };
}

/** Whether a period directly follows the one before it. A table of very many periods has no rows for empty ones. */
function isNext(rows: readonly ReportRow[], place: number, { filters }: ReportDocument): boolean {
  const [before, at] = [rows[place - 1], rows[place]].map((row) => DateTime.fromISO(row?.key ?? '', { zone: 'utc' }));
  return before?.plus({ [`${filters.interval ?? 'week'}s`]: 1 }).toISODate() === at?.toISODate();
}

function scaled(value: number, most: number): number {
  return round((value / most) * WIDE);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
