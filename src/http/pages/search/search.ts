import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { t } from '../../../languages/text';
import { recordName } from '../../../meeting/record-names';
import { findConnection, type ConnectionRow } from '../../../store/connections/connections';
import { listMeetingRows } from '../../../store/meetings/meeting-lists';
import { findMeeting } from '../../../store/meetings/meetings';
import { stageLabels } from '../../../store/mirror/recent-records';
import { findRecording } from '../../../store/search/find-recording';
import { searchRecords } from '../../../store/search/search-records';
import type { HttpDependencies } from '../../dependencies';
import { isPoll } from '../layout/live';
import { basePath, renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/guard';
import { meetingPath, timeOf, titleOf, type Time } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { ranked, rankOf } from './rank';
import { readQuery, type SearchQuery } from './read-query';

type Dependencies = Pick<HttpDependencies, 'db' | 'config'>;

/** Longer texts are no search. Addresses of recordings may be long. */
const LONGEST = 2_000;
const SHOWN = 5;
/** More records with a word are not read; the query needs another word. */
const MOST_READ = 200;

interface Result {
  readonly path: string;
  readonly name: string;
  readonly detail: string;
  readonly when: Time | null;
}

/** The search page, and the results of the search that opens over every page. */
interface SearchPageModel {
  readonly q: string;
  readonly searched: boolean;
  readonly groups: readonly {
    readonly title: string;
    readonly results: readonly Result[];
    readonly more: string | null;
  }[];
  readonly isSearchPage: true;
}

const searchView = (model: SearchPageModel): FilledView => ({ template: 'search/page', model });

/** `/search`: meetings, people, companies and deals by words, and what a pasted address leads to. */
export function registerSearch(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/search', pageOptions('read'), async (request, reply) => await showSearch(deps, request, reply));
}

async function showSearch(deps: Dependencies, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { workspaceId } = sessionOf(request);
  const q = (formField(request.query, 'q') ?? '').slice(0, LONGEST);
  const query = readQuery(q, deps.config.publicUrl);
  const exact = await exactResult(deps, workspaceId, query);
  // While a person types, the result is shown. Once they press Enter, it opens.
  if (exact !== null && !isPoll(request))
    return await reply.redirect(`${basePath(deps.config.publicUrl)}${exact.path}`, 303);
  const found = query.kind === 'words' ? await groupsOf(deps, workspaceId, q, query.words) : [];
  const model: SearchPageModel = {
    q,
    searched: query.kind !== 'nothing',
    groups: exact === null ? found : [{ title: t('Go to'), results: [exact], more: null }, ...found],
    isSearchPage: true,
  };
  return await renderPage(deps, { view: searchView(model), title: t('Search'), section: null }, request, reply);
}

/** The one page that a query names: that of a record, a meeting or a recording. */
async function exactResult({ db }: Dependencies, workspaceId: string, query: SearchQuery): Promise<Result | null> {
  switch (query.kind) {
    case 'record': {
      const { record, portalId } = query;
      const path = `/records/${record.objectType}/${record.id}?account=${portalId}`;
      return {
        path,
        name: t('Why is it (not) here?'),
        detail: t('HubSpot record {id}', { id: record.id }),
        when: null,
      };
    }
    case 'meeting':
      return await meetingResult(query.meetingId);
    case 'address': {
      const meetingId = await findRecording(db, workspaceId, query.url);
      return meetingId === null ? null : await meetingResult(meetingId);
    }
    case 'words':
      return query.meetingId === null ? null : await meetingResult(query.meetingId);
    case 'nothing':
      return null;
  }

  async function meetingResult(meetingId: string): Promise<Result | null> {
    const meeting = await findMeeting(db, { workspaceId, meetingId });
    if (meeting === null || meeting.status === 'deleted') return null;
    return {
      path: meetingPath(meetingId),
      name: titleOf({ meetingId, title: meeting.title }),
      detail: meetingId,
      when: null,
    };
  }
}

/** The results by kind, the kind with the best result first. */
async function groupsOf(
  { db }: Dependencies,
  workspaceId: string,
  q: string,
  words: readonly string[],
): Promise<SearchPageModel['groups']> {
  const connection = await findConnection(db, workspaceId);
  const records = (objectType: string) =>
    connection === null ? [] : recordResults(db, connection, objectType, q, words);
  const groups = await Promise.all([
    meetingGroup(db, workspaceId, connection?.time_zone ?? 'UTC', q),
    groupOf(t('Deals'), records('deals')),
    groupOf(t('People'), records('contacts')),
    groupOf(t('Companies'), records('companies')),
  ]);
  const best = (results: readonly Result[]) => Math.min(...results.map(({ name }) => rankOf(name, q)));
  return groups.filter(({ results }) => results.length > 0).toSorted((a, b) => best(a.results) - best(b.results));
}

async function groupOf(
  title: string,
  found: readonly Result[] | Promise<readonly Result[]>,
): Promise<SearchPageModel['groups'][number]> {
  return { title, results: await found, more: null };
}

async function meetingGroup(
  db: Dependencies['db'],
  workspaceId: string,
  timeZone: string,
  q: string,
): Promise<SearchPageModel['groups'][number]> {
  const { meetings, nextCursor } = await listMeetingRows(db, workspaceId, { search: q }, { limit: SHOWN });
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

async function recordResults(
  db: Dependencies['db'],
  { portal_id: portalId }: ConnectionRow,
  objectType: string,
  q: string,
  words: readonly string[],
): Promise<Result[]> {
  const [found, stages] = await Promise.all([
    searchRecords(db, { portalId, objectType }, words, MOST_READ),
    objectType === 'deals' ? stageLabels(db, portalId, objectType) : null,
  ]);
  const results = found.map(({ id, properties }) => ({
    path: `/records/${objectType}/${id}`,
    name: recordName(objectType, properties, null) ?? id,
    detail:
      stages === null
        ? (properties[objectType === 'contacts' ? 'email' : 'domain'] ?? '')
        : (stages(properties['pipeline'] ?? null, properties['dealstage'] ?? null) ?? ''),
    when: null,
  }));
  return ranked(results, q).slice(0, SHOWN);
}
