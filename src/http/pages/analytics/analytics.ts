import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { DateTime } from 'luxon';
import { t } from '../../../languages/text';
import { analyticsChoices } from '../../../analytics/choices';
import { coverage } from '../../../analytics/coverage';
import { nextSteps } from '../../../analytics/next-steps';
import type { Report, ReportOptions } from '../../../analytics/report';
import { findReport } from '../../../analytics/reports';
import { meetingsBehind, runReport, type ReportDocument } from '../../../analytics/run';
import { scoreOverTime } from '../../../analytics/scores/score-over-time';
import { silentDeals } from '../../../analytics/silent';
import { findConnection } from '../../../store/connections/connections';
import { recordNames } from '../../../store/mirror/record-names';
import { behindQuery, queryOf } from '../../analytics-query';
import { notCounted, reportCsv, unknownReport } from '../../api/analytics';
import type { HttpDependencies } from '../../dependencies';
import { analyticsQuery, askedFor, parseAnalyticsFilters, type AnalyticsTexts } from './analytics-filters';
import {
  analyticsView,
  countedView,
  reportView,
  filtersModel,
  sectionPath,
  tiles,
  type CountedPageModel,
  type FormContext,
} from './analytics-models';
import { SECTIONS, sectionOf } from './analytics-sections';
import { findNamedRecords, type ReadFilters } from './named-records';
import { knownTimeZone } from '../layout/format';
import { renderPage } from '../layout/render';
import { cellText } from './cell-text';
import { reportModel, type ReportContext } from './report-models';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { meetingPath, timeOf, titleOf } from '../layout/status-words';

const MEETINGS_PER_PAGE = 50;
/** Rows of a report's own page, few enough for a phone, and rows of its CSV file. */
const MOST_ROWS = 250;
const MOST_ROWS_OF_FILE = 10_000;

type Dependencies = Pick<HttpDependencies, 'db' | 'config'>;
type ReportRequest = FastifyRequest<{ Params: { report: string } }>;

/** `/analytics`, each report on its own page, its CSV, and the meetings behind its numbers. */
export function registerAnalyticsPages(pages: FastifyInstance, deps: Dependencies): void {
  const guarded = pageOptions('read');
  pages.get('/analytics', guarded, async (request, reply) => await showSection(deps, request, reply));
  pages.get('/analytics/:report', guarded, async (request: ReportRequest, reply) => {
    return await showReport(deps, reportOf(request), request, reply);
  });
  pages.get('/analytics/:report/csv', guarded, async (request: ReportRequest, reply) => {
    const report = reportOf(request);
    const document = await (await askedOf(deps, request)).run(report, { limit: MOST_ROWS_OF_FILE });
    return await reply
      .type('text/csv; charset=utf-8; header=present')
      .header('content-disposition', `attachment; filename="${report.name}.csv"`)
      .send(reportCsv(document, { forPeople: true }));
  });
  pages.get('/analytics/:report/meetings', guarded, async (request: ReportRequest, reply) => {
    const model = await countedPage(deps, reportOf(request), await askedOf(deps, request), request.query);
    const page = { view: countedView(model), title: model.heading, section: 'analytics' } as const;
    return await renderPage(deps, page, request, reply);
  });
}

async function showSection(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const name = formField(request.query, 'section');
  const section = SECTIONS.find((known) => known.name === name) ?? SECTIONS[0];
  const isOverview = section === SECTIONS[0];
  const asked = await askedOf(deps, request);
  const here = (texts: AnalyticsTexts) => sectionPath(section, texts);
  const [filters, documents, tileModels] = await Promise.all([
    filtersOf(deps, asked, { action: '/analytics', kept: isOverview ? {} : { section: section.name }, here }),
    Promise.all(section.reports.map(async (report) => await asked.run(report))),
    isOverview ? tilesOf(asked) : [],
  ]);
  const model = {
    sections: SECTIONS.map((known) => ({
      words: t(known.words),
      path: sectionPath(known, asked.read.texts),
      current: known === section,
    })),
    filters,
    tiles: tileModels,
    reports: documents.map((document) => reportModel(document, contextOf(asked, section.rows, here))),
  };
  const page = { view: analyticsView(model), title: t('Analytics'), section: 'analytics' } as const;
  return await renderPage(deps, page, request, reply);
}

async function showReport(
  deps: Dependencies,
  report: Report,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const asked = await askedOf(deps, request);
  const action = `/analytics/${report.name}`;
  const here = (texts: AnalyticsTexts) => `${action}${analyticsQuery(texts)}`;
  const [filters, document] = await Promise.all([
    filtersOf(deps, asked, { action, kept: {}, here }),
    asked.run(report, { limit: MOST_ROWS }),
  ]);
  const model = {
    shownIn: sectionLink(report, asked.read.texts),
    filters,
    report: reportModel(document, contextOf(asked, MOST_ROWS, here)),
  };
  const page = { view: reportView(model), title: t(report.title), section: 'analytics' } as const;
  return await renderPage(deps, page, request, reply);
}

/** The meetings behind one number, and a heading for the number. */
async function countedPage(
  { db }: Dependencies,
  report: Report,
  asked: Asked,
  query: unknown,
): Promise<CountedPageModel> {
  const { texts } = asked.read;
  const { shape } = behindQuery(report);
  const key = shape.key.catch(undefined).parse(formField(query, 'key')) ?? null;
  const column = shape.column.catch('meetings').parse(formField(query, 'column'));
  const offset = shape.offset.catch(0).parse(formField(query, 'offset'));
  const number = { key, column, offset, limit: MEETINGS_PER_PAGE };
  const [found, document] = await Promise.all([
    meetingsBehind(db, asked.workspaceId, report, queryOf(report, askedFor(texts)), number),
    asked.run(report, { limit: MOST_ROWS }),
  ]);
  if (found === null) throw notCounted(report, column);
  const page = (at: number) =>
    `/analytics/${report.name}/meetings${analyticsQuery(texts, {
      key: key ?? undefined,
      column,
      offset: String(at),
    })}`;
  return {
    report: { title: t(report.title), path: `/analytics/${report.name}${analyticsQuery(texts)}` },
    shownIn: sectionLink(report, texts),
    heading: headingOf(document, number),
    summary: t('{count, plural, one {# meeting} other {# meetings}}, newest first.', { count: found.total }),
    meetings: found.meetings.map(({ meetingId, title, startedAt, host, score }) => ({
      path: meetingPath(meetingId),
      title: titleOf({ meetingId, title }),
      when: timeOf(startedAt, asked.timeZone),
      host,
      score: cellText({ type: 'percent', key: 'score' }, score, {}),
    })),
    newerPath: offset === 0 ? null : page(Math.max(0, offset - MEETINGS_PER_PAGE)),
    olderPath: found.nextOffset === null ? null : page(found.nextOffset),
  };
}

/** `Contract sent: Meetings`. A row beyond the page's row limit is named by its key. */
function headingOf({ columns, rows }: ReportDocument, { key, column }: { key: string | null; column: string }): string {
  const what = columns.find((known) => known.key === column)?.label ?? t('Meetings');
  const [first] = columns;
  if (key === null || first === undefined) return t('All: {column}', { column: what });
  const row = rows.find((known) => known.key === key);
  return `${row === undefined ? key : cellText(first, row[first.key] ?? null, row)}: ${what}`;
}

/** What a request asks for, and a function that runs reports for it. */
interface Asked {
  readonly workspaceId: string;
  readonly account: { readonly portalId: number; readonly uiDomain: string } | null;
  readonly timeZone: string;
  readonly read: ReadFilters;
  readonly run: (report: Report, more?: Partial<ReportOptions>) => Promise<ReportDocument>;
}

async function askedOf({ db }: Dependencies, request: FastifyRequest): Promise<Asked> {
  const { workspaceId } = sessionOf(request);
  const connection = await findConnection(db, workspaceId);
  const portalId = connection?.portal_id ?? null;
  const read = await findNamedRecords(db, { workspaceId, portalId }, parseAnalyticsFilters(request.query, portalId));
  return {
    workspaceId,
    account: connection && { portalId: connection.portal_id, uiDomain: connection.ui_domain },
    timeZone: knownTimeZone(connection?.time_zone ?? 'UTC'),
    read,
    run: async (report, more = {}) => {
      const { filters, options } = queryOf(report, askedFor(read.texts));
      return await runReport(db, workspaceId, report, { filters, options: { ...more, ...options } });
    },
  };
}

async function filtersOf(
  { db }: Dependencies,
  { workspaceId, account, timeZone, read }: Asked,
  where: Pick<FormContext, 'action' | 'kept' | 'here'>,
) {
  const { company, object } = read.texts;
  const [objectType = '', id = ''] = object?.split('/') ?? [];
  const refs = [
    ...(company === undefined ? [] : [{ objectType: 'companies', id: company }]),
    ...(object === undefined ? [] : [{ objectType, id }]),
  ];
  const [choices, names] = await Promise.all([
    analyticsChoices(db, workspaceId, account?.portalId ?? null),
    account === null || refs.length === 0 ? new Map<string, string>() : recordNames(db, account.portalId, refs),
  ]);
  return filtersModel(read, choices, {
    ...where,
    names: { company: names.get(`companies/${company}`) ?? null, object: names.get(object ?? '') ?? null },
    today: DateTime.now().setZone(timeZone),
  });
}

async function tilesOf({ run, read }: Asked) {
  // Only their totals are used, so one row is enough.
  const few = { limit: 1 };
  const [scores, linked, steps, silent] = await Promise.all([
    run(scoreOverTime),
    run(coverage),
    run(nextSteps, few),
    run(silentDeals, few),
  ]);
  return tiles({ scores, coverage: linked, nextSteps: steps, silentDeals: silent }, read.texts);
}

function contextOf({ account, read }: Asked, rows: number, here: ReportContext['here']): ReportContext {
  return { texts: read.texts, account, rows, here };
}

function reportOf(request: ReportRequest): Report {
  const report = findReport(request.params.report);
  if (report === undefined) throw unknownReport(request.params.report);
  return report;
}

function sectionLink(report: Report, texts: AnalyticsTexts) {
  const section = sectionOf(report);
  return { words: t(section.words), path: sectionPath(section, texts) };
}
