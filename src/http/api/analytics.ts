import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Report } from '../../analytics/report';
import { reports } from '../../analytics/reports';
import { meetingsBehind, runReport, type ReportDocument } from '../../analytics/run';
import { analyticsForm, behindQuery, MOST_ROWS, queryOf, reportQuery } from '../analytics-query';
import { toCsv } from '../plumbing/csv';
import type { HttpDependencies } from '../dependencies';
import { ProblemError } from '../plumbing/problems';
import { InvalidInputError } from '../plumbing/validation';
import type { Api } from './typed-api';
import { problemAnswers } from './schemas';

const tags = ['analytics'];

const row = z
  .object({ key: z.string(), few: z.boolean() })
  .catchall(z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .meta({ description: 'A cell for each column under its key; `key` names the row, `few` marks small groups' });

const document = z
  .object({
    report: z.string(),
    title: z.string(),
    description: z.string(),
    filters: z.record(z.string(), z.union([z.string(), z.number()])),
    chart: z
      .object({ kind: z.enum(['line', 'bars', 'stacked']), label: z.string(), values: z.array(z.string()).nullable() })
      .nullable(),
    timeZone: z.string().meta({ description: 'The time zone of its days' }),
    columns: z.array(
      z.object({
        key: z.string(),
        label: z.string(),
        type: z
          .enum(['text', 'number', 'percent', 'date', 'duration', 'money'])
          .meta({ description: 'percent: 0 to 100; duration: days; money: in the currency of `currency`' }),
        meetings: z.literal(true).optional().meta({ description: 'Its numbers count meetings, which can be listed' }),
        behind: z.literal(true).optional().meta({
          description: 'Its numbers do not count meetings, but the meetings behind them can be listed',
        }),
      }),
    ),
    rows: z.array(row),
    totals: row.optional(),
    notes: z.array(z.string()),
  })
  .meta({ id: 'Report', description: 'A report: the data of its chart, its table and its CSV' });

const counted = z
  .object({
    report: z.string(),
    key: z.string().nullable(),
    column: z.string(),
    total: z.number().int().meta({ description: 'Equals the number, if the column counts meetings' }),
    meetingIds: z.array(z.string()),
    meetings: z.array(
      z.object({
        meetingId: z.string(),
        title: z.string(),
        startedAt: z.iso.datetime(),
        host: z.string(),
        score: z.number().nullable().meta({ description: 'In percent of its maximum' }),
      }),
    ),
    nextOffset: z.number().int().nullable().meta({ description: 'For the next page; null on the last page' }),
  })
  .meta({ id: 'CountedMeetings', description: 'The meetings behind a number, newest first' });

/** Which meetings behind which number. The schema of the route has validated it; the type is lost there. */
const placeQuery = z.object({
  key: z.string().optional(),
  column: z.string(),
  offset: z.number(),
  limit: z.number(),
});

const listSchema = {
  tags,
  summary: 'List the reports',
  response: {
    200: z.object({
      reports: z.array(
        z.object({
          report: z.string(),
          title: z.string(),
          description: z.string(),
          options: z.array(z.string()).meta({ description: 'Its parameters besides the filters' }),
          url: z.string(),
        }),
      ),
    }),
    ...problemAnswers(),
  },
};

const reportSchema = (report: Report) => ({
  tags,
  summary: report.title,
  description: `${report.description} As CSV with \`Accept: text/csv\` or \`format=csv\`; without \`limit\`, the CSV has all rows, up to ${MOST_ROWS.toLocaleString('en')}.`,
  querystring: reportQuery(report),
  response: {
    200: {
      description: 'The report',
      content: { 'application/json': { schema: document }, 'text/csv': { schema: z.string() } },
    },
    ...problemAnswers(400),
  },
});

const behindSchema = (report: Report) => ({
  tags,
  summary: `The meetings behind a number: ${report.title}`,
  description:
    'With the filters of the report, the key of a row, and the key of a column that has `meetings` or `behind`.',
  querystring: behindQuery(report),
  response: { 200: counted, ...problemAnswers(400) },
});

type AnalyticsDependencies = Pick<HttpDependencies, 'db'>;

/** `/analytics`: each report at its own address, and the meetings behind its numbers. */
export function registerAnalytics(api: Api, deps: AnalyticsDependencies): void {
  api.get('/analytics', { config: { access: 'read' }, schema: listSchema }, () => ({
    reports: reports.map(({ name, title, description, options }) => ({
      report: name,
      title,
      description,
      options: [...options],
      url: `/api/v1/analytics/${name}`,
    })),
  }));

  for (const report of reports) {
    registerReport(api, deps, report);
    registerBehind(api, deps, report);
  }

  for (const path of ['/analytics/:report', '/analytics/:report/meetings'])
    api.get(
      path,
      { config: { access: 'read' }, schema: { hide: true, params: z.object({ report: z.string() }) } },
      ({ params: { report } }) => {
        throw unknownReport(report);
      },
    );
}

function registerReport(api: Api, { db }: AnalyticsDependencies, report: Report): void {
  api.get(
    `/analytics/${report.name}`,
    { config: { access: 'read' }, schema: reportSchema(report) },
    async (request, reply) => {
      const csv = wantsCsv(request);
      const form = analyticsForm.parse(request.query);
      // A table that omits rows says so in its notes, which a CSV does not have.
      const query = queryOf(report, csv ? { ...form, limit: form.limit ?? MOST_ROWS } : form);
      const computed = await runReport(db, request.workspaceId, report, query);
      if (!csv) return plain(computed);
      return await reply
        .type('text/csv; charset=utf-8; header=present')
        .header('content-disposition', `attachment; filename="${report.name}.csv"`)
        .send(reportCsv(computed));
    },
  );
}

function registerBehind(api: Api, { db }: AnalyticsDependencies, report: Report): void {
  api.get(
    `/analytics/${report.name}/meetings`,
    { config: { access: 'read' }, schema: behindSchema(report) },
    async ({ workspaceId, query }) => {
      const { key = null, column, offset, limit } = placeQuery.parse(query);
      const place = { key, column, offset, limit };
      const found = await meetingsBehind(db, workspaceId, report, queryOf(report, withoutLimit(query)), place);
      if (found === null) throw notCounted(report, column);
      const { total, meetings, nextOffset } = found;
      const meetingIds = meetings.map(({ meetingId }) => meetingId);
      return { report: report.name, key, column, total, meetingIds, meetings: [...meetings], nextOffset };
    },
  );
}

/** The problem of a name that no report has. */
export function unknownReport(name: string): ProblemError {
  const names = reports.map((report) => report.name).join(', ');
  return new ProblemError('unknown-report', `There is no report "${name.slice(0, 100)}". The reports are: ${names}.`);
}

/** The validation error of a column without meetings behind its numbers. */
export function notCounted({ name }: Report, column: string): InvalidInputError {
  const message = `must be a column of ${name} with meetings behind its numbers, which "${column.slice(0, 100)}" is not`;
  return new InvalidInputError('One field is not valid.', [{ path: 'column', message }]);
}

/** A report as CSV: with the keys of columns and rows for programs, with labels for people. */
export function reportCsv({ columns, rows }: ReportDocument, { forPeople = false } = {}): string {
  if (forPeople)
    return toCsv(
      columns.map(({ label }) => label),
      rows.map((line) => columns.map(({ key }) => line[key])),
      { byteOrderMark: true },
    );
  return toCsv(
    ['key', ...columns.map(({ key }) => key)],
    rows.map((line) => [line.key, ...columns.map(({ key }) => line[key])]),
  );
}

/** The parameter takes precedence over the header. In the header, the first of equally preferred types wins. */
function wantsCsv(request: FastifyRequest): boolean {
  const { format } = z.object({ format: z.string().optional() }).parse(request.query);
  if (format !== undefined) return format === 'csv';
  return request.accepts().type('json', 'csv') === 'csv';
}

function withoutLimit(query: object): z.output<typeof analyticsForm> {
  return analyticsForm.parse({ ...query, limit: undefined });
}

function plain({ columns, rows, notes, chart, filters, ...rest }: ReportDocument) {
  return {
    ...rest,
    filters: { ...filters },
    columns: [...columns],
    rows: [...rows],
    notes: [...notes],
    chart: chart === null ? null : { ...chart, values: chart.values === null ? null : [...chart.values] },
  };
}
