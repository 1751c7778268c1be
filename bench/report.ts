import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { timesBetter, type Figure } from './figures';
import type { BenchOptions, machine } from './options';

const ROOT = path.resolve(__dirname, '..');
const JSON_FILE = path.join(ROOT, 'bench', 'results.json');
/** Documents with a block for the figures, and the one with a block for the sizes of tables. */
const DOCUMENTS = ['README.md', 'docs/scaling.md'];
const TABLES_DOCUMENT = 'docs/scaling.md';
/** The meetings for which the sizes of tables are shown. */
const MANY_MEETINGS = 1_000_000;

/** A run of the benchmark: the figures, and what they were measured on. */
export interface Report {
  readonly date: string;
  readonly machine: ReturnType<typeof machine>;
  readonly versions: { readonly node: string; readonly postgresql: string; readonly temporal: string };
  readonly options: Pick<BenchOptions, 'meetings' | 'memoryMeetings' | 'liveMeetings' | 'naiveMeetings'>;
  readonly figures: readonly (Figure & { readonly timesBetter?: number | undefined })[];
}

/** Writes the figures as JSON for programs, and with `write` the table into the documents. @returns the table's text */
export function publish(report: Report, { write }: Pick<BenchOptions, 'write'>): string {
  const complete = {
    ...report,
    figures: report.figures.map((figure) => ({ ...figure, timesBetter: timesBetter(figure) })),
  };
  mkdirSync(path.dirname(JSON_FILE), { recursive: true });
  writeFileSync(JSON_FILE, `${JSON.stringify(complete, null, 2)}\n`);
  const tables = report.figures.filter(({ id }) => id.startsWith('table.'));
  const others = report.figures.filter(({ id }) => !id.startsWith('table.'));
  const text = `${figuresTable(others)}\n\n${provenance(report)}`;
  const sizes = tables.length === 0 ? null : sizesTable(tables);
  if (write) {
    for (const file of DOCUMENTS) fillBlock(path.join(ROOT, file), 'bench', text);
    if (sizes !== null) fillBlock(path.join(ROOT, TABLES_DOCUMENT), 'bench:tables', sizes);
  }
  return sizes === null ? text : `${text}\n\n${sizes}`;
}

/** Replaces what is between the marks of a document. @throws if the document has no such marks */
function fillBlock(file: string, name: string, text: string): void {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
  const document = readFileSync(file, 'utf8');
  const [from, to] = [document.indexOf(begin), document.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${path.basename(file)} has no block ${begin} … ${end}`);
  writeFileSync(file, `${document.slice(0, from)}${begin}\n\n${text}\n\n${document.slice(to)}`);
}

/** The figures as a Markdown table. */
export function figuresTable(figures: readonly Figure[]): string {
  return markdownTable([
    ['figure', 'value', 'naive way', 'times better', "HubSpot's limit"],
    ...figures.map((figure) => [
      figure.comparedWith === undefined
        ? figure.name
        : `${figure.name} (${figure.comparedWith.ratio.toFixed(2)} × ${figure.comparedWith.name})`,
      `${shown(figure.value)} ${figure.unit}`,
      figure.naive === undefined ? '' : `${shown(figure.naive)} ${figure.unit}`,
      ratioOf(figure),
      limitOf(figure),
    ]),
  ]);
}

function sizesTable(tables: readonly Figure[]): string {
  const gigabytes = (bytes: number) => `${((bytes * MANY_MEETINGS) / 1e9).toFixed(2)} GB`;
  const total = tables.reduce((sum, { value }) => sum + value, 0);
  return markdownTable([
    ['table', 'bytes a meeting', `at ${MANY_MEETINGS.toLocaleString('en')} meetings`],
    ...tables.map(({ name, value }) => [`\`${name}\``, value.toFixed(0), gigabytes(value)]),
    ['all', total.toFixed(0), gigabytes(total)],
  ]);
}

/** In the form that Prettier leaves alone. @param rows - the first one is the head */
function markdownTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(3, ...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n');
}

function ratioOf(figure: Figure): string {
  const ratio = timesBetter(figure);
  return ratio === undefined || !Number.isFinite(ratio) ? '' : shown(ratio);
}

function limitOf({ limitUsed, limitAllows }: Figure): string {
  const parts = [
    limitAllows === undefined ? [] : [`allows ${shown(limitAllows)} meetings/s`],
    limitUsed === undefined ? [] : [`${(limitUsed * 100).toFixed(0)} % used`],
  ];
  return parts.flat().join(', ');
}

function shown(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);
}

/** One sentence about where the figures come from. */
function provenance({ date, machine: { cores, memory }, versions, options }: Report): string {
  const gigabytes = (memory / 1024 ** 3).toFixed(0);
  return (
    `Measured on ${date.slice(0, 10)} with everything on one machine: ${cores} cores, ${gigabytes} GiB of memory, ` +
    `Node.js ${versions.node}, PostgreSQL ${versions.postgresql}, Temporal ${versions.temporal}. ` +
    `Backfills of ${options.meetings.toLocaleString('en')} meetings with three known participants each.`
  );
}
