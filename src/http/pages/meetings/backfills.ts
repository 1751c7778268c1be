import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { BackfillDocument, FaultyLine } from '../../../meeting/backfill';
import { findBackfill } from '../../../store/jobs/backfill-documents';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { ProblemError } from '../../plumbing/problems';
import { formatTime } from '../layout/format';
import { backfillProgress, type BackfillLine } from './progress';
import { renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { pageOptions } from '../layout/sign-in';
import { counted, STATUS_ORDER, STATUSES, type StatusWord, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';

/** The page of a backfill. */
export interface BackfillPageModel {
  readonly progress: BackfillLine;
  readonly since: Time;
  readonly lines: string;
  readonly counts: readonly (StatusWord & { readonly count: string })[];
  /** How many lines were accepted without some of their values; null for none. */
  readonly warned: string | null;
  readonly invalidLines: readonly FaultyLine[];
  /** How many lines with validation errors are not listed; null for none. */
  readonly more: string | null;
}

const backfillView = (model: BackfillPageModel): FilledView => ({ template: 'backfill', model });

/** `/backfills/{id}`: the progress of a backfill, and the lines that were not accepted. */
export function registerBackfillPage(pages: FastifyInstance, deps: Pick<HttpDependencies, 'db' | 'config'>): void {
  const { db } = deps;
  pages.get(
    '/backfills/:backfillId',
    pageOptions(deps),
    async (request: FastifyRequest<{ Params: { backfillId: string } }>, reply) => {
      const { workspaceId } = sessionOf(request);
      const { backfillId } = request.params;
      const backfill = await findBackfill(db, { workspaceId, backfillId });
      if (backfill === null) throw new ProblemError('not-found', `This workspace has no backfill "${backfillId}".`);
      const model = pageOf(backfill, await timeZoneOf(db, workspaceId));
      const live = model.progress.running ? { live: { path: model.progress.path, query: {} } } : {};
      return await renderPage(
        deps,
        { view: backfillView(model), title: 'Import', section: 'meetings', ...live },
        request,
        reply,
      );
    },
  );
}

function pageOf(backfill: BackfillDocument, timeZone: string): BackfillPageModel {
  const { createdAt, counts, faults, faultyLines, linesWithWarnings } = backfill;
  const more = faultyLines - faults.length;
  return {
    progress: backfillProgress(backfill, timeZone),
    since: { iso: createdAt, text: formatTime(createdAt, timeZone) },
    lines: backfill.lines.toLocaleString('en'),
    counts: STATUS_ORDER.filter((status) => counts[status] > 0).map((status) => ({
      ...STATUSES[status],
      count: counts[status].toLocaleString('en'),
    })),
    warned: linesWithWarnings === 0 ? null : `${counted(linesWithWarnings, 'line was', 'lines were')} imported`,
    invalidLines: faults,
    more: more === 0 ? null : more.toLocaleString('en'),
  };
}
