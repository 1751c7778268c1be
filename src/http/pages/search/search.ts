import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { findConnection } from '../../../store/connections/connections';
import { listMeetingRows } from '../../../store/meetings/meeting-lists';
import type { HttpDependencies } from '../../dependencies';
import { isPoll } from '../layout/polls';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { meetingPath, timeOf, titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { exactResults } from './exact-results';
import { rankOf } from './rank';
import { readQuery } from './read-query';
import { recordGroups } from './record-results';
import type { ResultGroup } from './result';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'gateway'>;

/** Longer texts are no search. Addresses of recordings may be long. */
const LONGEST = 2_000;
const SHOWN_MEETINGS = 5;

/** The search page, and the results of the search that opens over every page. */
interface SearchPageModel {
  readonly q: string;
  readonly groups: readonly ResultGroup[];
  /** What the page says without results; null with some. */
  readonly note: string | null;
  readonly isSearchPage: true;
}

const searchView = (model: SearchPageModel): FilledView => ({ template: 'search/page', model });

/** `/search`: meetings and records by words, and what a pasted address or an ID leads to. */
export function registerSearch(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/search', pageOptions('read'), async (request, reply) => await showSearch(deps, request, reply));
}

async function showSearch(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const q = (formField(request.query, 'q') ?? '').slice(0, LONGEST);
  const query = readQuery(q, deps.config.publicUrl);
  const exact = await exactResults(deps, workspaceId, query, request);
  const [only, ...others] = exact.results;
  // While a person types, the result is shown. Once they press Enter, it opens.
  if (only !== undefined && others.length === 0 && !isPoll(request))
    return await reply.redirect(`${basePath(deps.config.publicUrl)}${only.path}`, 303);
  const found = query.kind === 'words' ? await wordGroups(deps, workspaceId, q, query.words) : [];
  const named = { title: t('Go to'), results: exact.results, more: null };
  const groups = exact.results.length === 0 ? found : [named, ...found];
  const model: SearchPageModel = {
    q,
    groups,
    note: groups.length > 0 ? null : query.kind === 'nothing' ? hint() : (exact.nowhere ?? t('Nothing found.')),
    isSearchPage: true,
  };
  return await renderPage(deps, { view: searchView(model), title: t('Search'), section: null }, request, reply);
}

function hint(): string {
  return t(
    'Type a name, an e-mail address, a title or a record’s ID. Or paste the address of a HubSpot record to see why it is (not) here.',
  );
}

/** The results by kind, the kind with the best result first. */
async function wordGroups(
  { db }: Dependencies,
  workspaceId: string,
  q: string,
  words: readonly string[],
): Promise<ResultGroup[]> {
  const connection = await findConnection(db, workspaceId);
  const [meetings, records] = await Promise.all([
    meetingGroup(db, workspaceId, connection?.time_zone ?? 'UTC', q),
    connection === null ? [] : recordGroups(db, connection, q, words),
  ]);
  const best = ({ results }: ResultGroup) => Math.min(...results.map(({ name }) => rankOf(name, q)));
  return [meetings, ...records].filter(({ results }) => results.length > 0).toSorted((a, b) => best(a) - best(b));
}

async function meetingGroup(
  db: Dependencies['db'],
  workspaceId: string,
  timeZone: string,
  q: string,
): Promise<ResultGroup> {
  const { meetings, nextCursor } = await listMeetingRows(db, workspaceId, { search: q }, { limit: SHOWN_MEETINGS });
  return {
    title: t('Meetings'),
    results: meetings.map((row) => ({
      path: meetingPath(row.meeting_id),
      name: titleOf({ meetingId: row.meeting_id, title: row.title }),
      detail: row.participants.join(', '),
      when: timeOf(row.started_at, timeZone),
    })),
    more: nextCursor === null ? null : `/meetings?${new URLSearchParams({ q: q.slice(0, 200) }).toString()}`,
  };
}
