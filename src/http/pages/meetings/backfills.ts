import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { message, numberText, t } from '../../../languages/text';
import { storedText } from '../../../languages/stored-text';
import type { BackfillAction, BackfillDocument, FaultyLine } from '../../../meeting/backfill';
import { dismissBackfill } from '../../../store/jobs/backfill-documents';
import type { BackfillKey } from '../../../store/jobs/backfills';
import { actOnBackfill, presentBackfill } from '../../api/backfills';
import { audited } from '../../../store/audit/record-audit';
import { backfillObject } from '../../api/backfill-upload';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { ProblemError } from '../../plumbing/problems';
import { confirmView } from '../layout/common-views';
import { setFlash, type Flash } from '../layout/flash';
import { backfillPath, backfillProgress, type BackfillRow } from './progress';
import { basePath, renderPage } from '../layout/render';
import { sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { STATUS_ORDER, statusWord, timeOf, type StatusWord, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';

/** The page of a backfill. */
export interface BackfillPageModel {
  readonly progress: BackfillRow;
  readonly paused: boolean;
  readonly since: Time;
  readonly lines: number;
  readonly counts: readonly (StatusWord & { readonly count: string })[];
  /** How many lines were accepted without some of their values. */
  readonly warned: number;
  readonly invalidLines: readonly FaultyLine[];
  /** How many lines with validation errors are not listed. */
  readonly more: number;
}

const backfillView = (model: BackfillPageModel): FilledView => ({ template: 'backfill', model });

type Dependencies = Pick<HttpDependencies, 'db' | 'config'>;
type BackfillRequest = FastifyRequest<{ Params: { backfillId: string } }>;

/** What the page shows after each button. */
const OUTCOMES: Readonly<Record<BackfillAction, string>> = {
  pause: message('The import is paused. Syncs that were started continue.'),
  resume: message('The import goes on.'),
  stop: message('The import is stopped. Syncs that were started continue.'),
};

/** `/backfills/{id}`: the progress of a backfill, the lines that were not accepted, and the routes of its buttons. */
export function registerBackfillPage(pages: FastifyInstance, deps: Dependencies): void {
  const { publicUrl } = deps.config;
  const guarded = pageOptions('read');
  pages.get('/backfills/:backfillId', guarded, async (request: BackfillRequest, reply) => {
    return await showBackfill(deps, request, reply);
  });
  pages.get('/backfills/:backfillId/stop', pageOptions('meetings:write'), async (request: BackfillRequest, reply) => {
    return await confirmStop(deps, request, reply);
  });
  pages.post(
    '/backfills/:backfillId/dismiss',
    formOptions(pages, 'meetings:write'),
    async (request: BackfillRequest, reply) => {
      setFlash(reply, publicUrl, await dismiss(deps, request));
      return await reply.redirect(`${basePath(publicUrl)}/meetings`, 303);
    },
  );
  for (const action of ['pause', 'resume', 'stop'] as const)
    pages.post(
      `/backfills/:backfillId/${action}`,
      formOptions(pages, 'meetings:write'),
      async (request: BackfillRequest, reply) => {
        setFlash(reply, publicUrl, await outcomeOf(deps, request, action));
        return await reply.redirect(`${basePath(publicUrl)}${backfillPath(keyOf(request))}`, 303);
      },
    );
}

async function dismiss({ db }: Dependencies, request: BackfillRequest): Promise<Flash> {
  const key = keyOf(request);
  const isDismissed = await audited(
    db,
    sessionOf(request).actor,
    (transaction) => dismissBackfill(transaction, key),
    (isDone) =>
      isDone
        ? { workspaceId: key.workspaceId, action: 'backfill.dismiss', object: backfillObject(key.backfillId) }
        : null,
  );
  return isDismissed
    ? {
        kind: 'success',
        message: t('The import is no longer listed.'),
        action: '',
        link: { path: backfillPath(keyOf(request)), text: t('See it') },
      }
    : { kind: 'error', message: t('The import is still running.'), action: '' };
}

async function showBackfill(deps: Dependencies, request: BackfillRequest, reply: FastifyReply): Promise<FastifyReply> {
  const key = keyOf(request);
  const backfill = await presentBackfill(deps.db, key);
  const model = pageOf(backfill, await timeZoneOf(deps.db, key.workspaceId));
  const live = model.progress.running ? { live: { path: model.progress.path, query: {} } } : {};
  const page = { view: backfillView(model), title: t('Import'), section: 'meetings', ...live } as const;
  return await renderPage(deps, page, request, reply);
}

async function confirmStop(deps: Dependencies, request: BackfillRequest, reply: FastifyReply): Promise<FastifyReply> {
  const backfill = await presentBackfill(deps.db, keyOf(request));
  const back = backfillPath(backfill);
  const model = {
    heading: t('Stop this import?'),
    sentences: [
      t('Meetings whose sync has not started are deleted here. To sync them, import them again.'),
      t('Meetings whose sync has started are synced to the end, and what is in HubSpot stays.'),
      t('This cannot be undone.'),
    ],
    action: `${back}/stop`,
    button: t('Stop'),
    back,
  };
  const page = { view: confirmView(model), title: t('Stop an import'), section: 'meetings' } as const;
  return await renderPage(deps, page, request, reply);
}

/** The import may have ended since the page was opened. */
async function outcomeOf({ db }: Dependencies, request: BackfillRequest, action: BackfillAction): Promise<Flash> {
  try {
    await actOnBackfill(db, keyOf(request), action, { actor: sessionOf(request).actor, log: request.log });
    return { kind: 'success', message: t(OUTCOMES[action]), action: '' };
  } catch (error) {
    if (!(error instanceof ProblemError && error.code === 'backfill-ended')) throw error;
    return { kind: 'error', message: t('The import has ended.'), action: '' };
  }
}

function keyOf(request: BackfillRequest): BackfillKey {
  return { workspaceId: sessionOf(request).workspaceId, backfillId: request.params.backfillId };
}

function pageOf(backfill: BackfillDocument, timeZone: string): BackfillPageModel {
  const { createdAt, counts, faults, faultyLines, linesWithWarnings } = backfill;
  const more = faultyLines - faults.length;
  return {
    progress: backfillProgress(backfill, timeZone),
    paused: backfill.paused,
    since: timeOf(createdAt, timeZone),
    lines: backfill.lines,
    counts: STATUS_ORDER.filter((status) => counts[status] > 0).map((status) => ({
      ...statusWord(status, null),
      count: numberText(counts[status]),
    })),
    warned: linesWithWarnings,
    invalidLines: faults.map(({ line, errors }) => ({
      line,
      errors: errors.map(({ path, message: problem }) => ({ path, message: storedText(problem) })),
    })),
    more: faults.length === 0 ? 0 : more,
  };
}
