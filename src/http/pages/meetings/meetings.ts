import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { isMeetingId } from '../../../meeting/meeting-id';
import { findConnection } from '../../../store/connections/connections';
import { countOpenReviews } from '../../../store/fields/review-lists';
import { recentBackfills } from '../../../store/jobs/backfill-documents';
import { runningReconciliation } from '../../../store/jobs/reconciliations';
import { linksOf } from '../../../store/meetings/linked-and-written';
import { countByState, listMeetingRows } from '../../../store/meetings/meeting-lists';
import { countByReason } from '../../../store/meetings/meeting-reasons';
import { recordNames } from '../../../store/mirror/record-names';
import { countUnderWay } from '../../../store/meetings/sync-passes';
import type { HttpDependencies } from '../../dependencies';
import { resyncMany, resyncMeeting, resyncSelected } from '../../acts/meeting-acts';
import { filtersOf } from '../../meeting-filters';
import { withCursor } from '../../meeting-list';
import { reasonCode } from '../../sync-words';
import { setFlash, type Flash } from '../layout/flash';
import { connectWords, hubSpotWorks } from '../layout/hubspot-works';
import { isMoving } from '../layout/live';
import { basePath, renderPage } from '../layout/render';
import { formField, formFields, sessionOf } from '../layout/session';
import { formOptions, pageOptions } from '../layout/guard';
import { REASONS } from '../../../messages/reason-words';
import { queryOf, readFilters, type ListFilters } from './list-filters';
import { meetingsPage, meetingsView, type MeetingsData } from './meeting-list-models';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'starter'>;

const PAGE_SIZE = 25;
const SHOWN_BACKFILLS = 3;
/** A page without meetings under way polls seldom, because new meetings may arrive at any time. */
const IDLE_SECONDS = 10;

/** `/meetings`: the list, and the form that syncs several meetings again. */
export function registerMeetingPages(pages: FastifyInstance, deps: Dependencies): void {
  const { publicUrl } = deps.config;

  pages.get('/meetings', pageOptions('read'), async (request, reply) => await showMeetings(deps, request, reply));

  pages.post('/meetings/resync', formOptions(pages, 'meetings:write'), async (request, reply) => {
    setFlash(reply, publicUrl, await syncAgain(deps, request));
    if (formField(request.body, 'to') === 'overview')
      return await reply.redirect(`${basePath(publicUrl)}/overview`, 303);
    const query = new URLSearchParams(formField(request.body, 'back') ?? '');
    const { texts } = readFilters(Object.fromEntries(query));
    const list = `${basePath(publicUrl)}/meetings${queryOf(texts, query.get('cursor') ?? undefined)}`;
    return await reply.redirect(list, 303);
  });
}

async function showMeetings(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const filters = readFilters(request.query);
  const cursor = formField(request.query, 'cursor');
  const data = await loadMeetings(deps, workspaceId, filters, cursor);
  const live = {
    path: '/meetings',
    query: { ...filters.texts, ...(cursor === undefined ? {} : { cursor }) },
    ...(changesSoon(data) ? {} : { everySeconds: IDLE_SECONDS }),
  };
  const view = meetingsView(meetingsPage(data, filters, cursor));
  return await renderPage(deps, { view, title: t('Meetings'), section: 'meetings', live }, request, reply);
}

async function loadMeetings(
  { db }: Dependencies,
  workspaceId: string,
  { texts }: ListFilters,
  cursor: string | undefined,
): Promise<MeetingsData> {
  const connection = await findConnection(db, workspaceId);
  const timeZone = connection?.time_zone ?? 'UTC';
  const { state, sort: _sort, ...others } = texts;
  const filters = { ...filtersOf(others, timeZone), state };
  const order = { by: 'date', oldestFirst: texts.sort === 'oldest' } as const;
  const [page, counts, reasons, underWay, reconciliation, backfills, openReviews] = await Promise.all([
    withCursor(() => listMeetingRows(db, workspaceId, filters, { cursor, limit: PAGE_SIZE, ...order })),
    countByState(db, workspaceId, filters),
    countByReason(db, workspaceId),
    countUnderWay(db, workspaceId),
    runningReconciliation(db, workspaceId),
    recentBackfills(db, workspaceId, SHOWN_BACKFILLS),
    countOpenReviews(db, workspaceId),
  ]);
  const ids = page.meetings.map((row) => row.meeting_id);
  const links = await linksOf(db, workspaceId, ids);
  const names = await companyNames(db, page.meetings, links);
  const connect = hubSpotWorks(connection) ? null : connectWords(connection);
  return { page, counts, reasons, underWay, reconciliation, backfills, openReviews, links, names, timeZone, connect };
}

/** The names of the linked companies, by `recordKey`. All meetings of a workspace's list are of one account at a time. */
async function companyNames(
  db: Dependencies['db'],
  meetings: MeetingsData['page']['meetings'],
  links: MeetingsData['links'],
): Promise<MeetingsData['names']> {
  const names = new Map<string, string>();
  for (const [portalId, those] of Map.groupBy(meetings, (meeting) => meeting.portal_id)) {
    if (portalId === null) continue;
    const companies = those
      .flatMap(({ meeting_id: id }) => links.get(id) ?? [])
      .filter(({ objectType }) => objectType === 'companies');
    // oxlint-disable-next-line no-await-in-loop -- nearly always one account
    if (companies.length > 0)
      for (const [key, name] of await recordNames(db, portalId, companies)) names.set(key, name);
  }
  return names;
}

function changesSoon({ underWay, backfills, page }: MeetingsData): boolean {
  return (
    underWay.meetings > 0 ||
    backfills.some(({ state }) => state === 'running') ||
    isMoving(page.meetings.map((meeting) => meeting.status))
  );
}

/** Syncs one meeting, all with one reason, or the selected ones again. */
async function syncAgain({ db, starter }: Dependencies, request: FastifyRequest): Promise<Flash> {
  const { workspaceId, actor } = sessionOf(request);
  const only = formField(request.body, 'only');
  if (only !== undefined) {
    const isRequested = isMeetingId(only) && (await resyncMeeting(db, { workspaceId, meetingId: only }, actor));
    if (isRequested) await starter.start(workspaceId, only);
    return requestedWords(isRequested ? 1 : 0);
  }
  // The polling loop hands these to Temporal at a pace that suits it.
  const reason = reasonCode.safeParse(formField(request.body, 'reason'));
  if (reason.success)
    return requestedWords(await resyncMany(db, workspaceId, reason.data, actor), t(REASONS[reason.data]));
  const selected = formFields(request.body, 'meeting')
    .filter(isMeetingId)
    .map((meetingId) => ({ workspaceId, meetingId }));
  if (selected.length === 0) return nothingSelected();
  return requestedWords(await resyncSelected(db, workspaceId, selected, actor));
}

function nothingSelected(): Flash {
  return {
    kind: 'error',
    message: t('You did not select a meeting.'),
    action: t('Select meetings first, then press “Sync selected again”.'),
  };
}

function requestedWords(count: number, reason?: string): Flash {
  if (count === 0) return { kind: 'error', message: t('There is no such meeting any more.'), action: '' };
  const message =
    reason === undefined
      ? t('Syncing {count, plural, one {# meeting} other {# meetings}} again.', { count })
      : t('Syncing {count, plural, one {# meeting} other {# meetings}} again: “{reason}”.', { count, reason });
  return { kind: 'success', message, action: '' };
}
