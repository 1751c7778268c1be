import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { recordAt } from '../../../connection/record-search';
import { recentBackfills } from '../../../store/jobs/backfill-documents';
import { engagementsOf, linksOf } from '../../../store/meetings/linked-and-written';
import { countByStatus, listMeetingRows } from '../../../store/meetings/meeting-lists';
import { countByReason } from '../../../store/meetings/meeting-reasons';
import { requeue, theMeeting, theMeetings, withReason } from '../../../store/meetings/requeue';
import { runningReconciliation } from '../../../store/jobs/reconciliations';
import { countUnderWay } from '../../../store/meetings/sync-attempts';
import type { HttpDependencies } from '../../dependencies';
import { FILTER_NAMES, filterFields, filtersOf, timeZoneOf, type FilterTexts } from '../../meeting-filters';
import { isMeetingId } from '../../../meeting/meeting-id';
import { withCursor } from '../../meeting-list';
import type { FieldError } from '../../../meeting/validation-errors';
import { reasonCode } from '../../sync-words';
import { setFlash, type Flash } from '../layout/flash';
import { isMoving } from '../layout/live';
import { meetingsView, meetingsPage, queryOf } from './meeting-list-models';
import { basePath, renderPage } from '../layout/render';
import { formField, formFields, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/sign-in';
import { counted, REASONS } from '../layout/status-words';

const PAGE_SIZE = 25;
const SHOWN_BACKFILLS = 3;
/** A page without meetings under way polls seldom, because new meetings may arrive at any time. */
const AT_REST_SECONDS = 10;

/** `/meetings`: the list, and the form that runs several meetings again. */
export function registerMeetingPages(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'starter'>,
): void {
  const { db, config } = deps;

  pages.get('/meetings', pageOptions(deps), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const { given, texts, faults } = readFilters(request.query);
    const cursor = formField(request.query, 'cursor');
    const timeZone = await timeZoneOf(db, workspaceId);
    const filters = filtersOf(texts, timeZone);
    const [page, counts, reasons, underWay, reconciliation, backfills] = await Promise.all([
      withCursor(() => listMeetingRows(db, workspaceId, filters, { cursor, limit: PAGE_SIZE })),
      countByStatus(db, workspaceId, filters),
      countByReason(db, workspaceId),
      countUnderWay(db, workspaceId),
      runningReconciliation(db, workspaceId),
      recentBackfills(db, workspaceId, SHOWN_BACKFILLS),
    ]);
    const ids = page.meetings.map((row) => row.meeting_id);
    const [links, engagements] = await Promise.all([
      linksOf(db, workspaceId, ids),
      engagementsOf(db, workspaceId, ids),
    ]);
    const model = meetingsPage({
      page,
      texts,
      given,
      faults,
      cursor,
      counts,
      reasons,
      underWay,
      reconciliation,
      backfills,
      links,
      engagements,
      timeZone,
    });
    const moving =
      underWay.meetings > 0 ||
      backfills.some(({ state }) => state === 'running') ||
      isMoving(page.meetings.map((meeting) => meeting.status));
    const live = {
      path: '/meetings',
      query: { ...texts, ...(cursor === undefined ? {} : { cursor }) },
      ...(moving ? {} : { everySeconds: AT_REST_SECONDS }),
    };
    return await renderPage(
      deps,
      { view: meetingsView(model), title: 'Meetings', section: 'meetings', live },
      request,
      reply,
    );
  });

  pages.post('/meetings/resync', formOptions(pages, deps), async (request, reply) => {
    const { workspaceId } = sessionOf(request);
    const only = formField(request.body, 'only');
    const reason = reasonCode.safeParse(formField(request.body, 'reason'));
    if (only !== undefined) {
      const count = isMeetingId(only) ? await requeue(db, theMeeting({ workspaceId, meetingId: only }), 'resync') : 0;
      if (count > 0) await deps.starter.start(workspaceId, only);
      return await back(request, reply, told(count, ''));
    }
    // The polling loop hands these to Temporal at a pace that suits it.
    if (reason.success) {
      const count = await requeue(db, withReason(workspaceId, reason.data), 'retry');
      return await back(request, reply, told(count, ` for which the reason was “${REASONS[reason.data]}”`));
    }
    const chosen = formFields(request.body, 'meeting')
      .filter(isMeetingId)
      .map((meetingId) => ({ workspaceId, meetingId }));
    if (chosen.length === 0) return await back(request, reply, NOTHING_CHOSEN);
    return await back(request, reply, told(await requeue(db, theMeetings(chosen), 'resync'), ''));
  });

  async function back(request: FastifyRequest, reply: FastifyReply, flash: Flash): Promise<FastifyReply> {
    setFlash(reply, config.publicUrl, flash);
    const query = new URLSearchParams(formField(request.body, 'back') ?? '');
    const { texts } = readFilters(Object.fromEntries(query));
    return await reply.redirect(
      `${basePath(config.publicUrl)}/meetings${queryOf(texts, query.get('cursor') ?? undefined)}`,
      303,
    );
  }
}

const NOTHING_CHOSEN: Flash = {
  kind: 'error',
  message: 'No meeting was chosen, so none runs again.',
  action: 'Tick the meetings first, then press Run again.',
};

function told(count: number, which: string): Flash {
  if (count === 0)
    return {
      kind: 'error',
      message: `No meeting runs again: there is none${which === '' ? ' of those any more' : which}.`,
      action: '',
    };
  return {
    kind: 'success',
    message: `${counted(count, 'meeting runs', 'meetings run')} again${which}.`,
    action: 'This list follows them; without JavaScript, load it again.',
  };
}

/** Reads the filters of a query: the valid ones, the typed texts, and the validation errors. */
function readFilters(query: unknown): {
  readonly given: Record<string, string>;
  readonly texts: FilterTexts;
  readonly faults: FieldError[];
} {
  const given: Record<string, string> = {};
  const texts: Record<string, string> = {};
  const faults: FieldError[] = [];
  for (const name of FILTER_NAMES) {
    const text = formField(query, name)?.trim();
    if (text === undefined || text === '') continue;
    given[name] = text;
    const read = filterFields[name].safeParse(name === 'record' ? recordText(text) : text);
    if (read.success && read.data !== undefined) texts[name] = read.data;
    // Only forms and links set status and reason, so an invalid value is ignored.
    else if (!read.success && name !== 'status' && name !== 'reason')
      faults.push({ path: LABELS[name], message: read.error.issues[0]?.message ?? 'is not valid' });
  }
  return { given, texts, faults };
}

const LABELS = { q: 'Search', from: 'From', to: 'To', record: 'Record' } as const;

/** People may paste the address of a record's page in HubSpot. */
function recordText(text: string): string {
  const record = recordAt(text);
  return record === null ? text : `${record.objectType}/${record.id}`;
}
