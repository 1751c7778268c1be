import type { FastifyInstance, FastifyReply } from 'fastify';
import { RecordQueryError } from '../../../connection/record-search';
import { recordKey } from '../../../meeting/linking/cascade';
import type { PickedPage, PickedRecord } from '../../../meeting/records';
import { findConnection } from '../../../store/connections/connections';
import { listLinks } from '../../../store/meetings/links';
import { objectTypes } from '../../../store/mirror/catalogue';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { pageAdvice, renderPage } from '../layout/render';
import { formField } from '../layout/session';
import { pageOptions } from '../layout/sign-in';
import { kindOf, meetingPath, titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { keyOf, type MeetingRequest } from './meeting-forms';

type Dependencies = Pick<HttpDependencies, 'db' | 'config' | 'picker'>;

/** Why HubSpot cannot be asked, and what to do. */
export interface AskingProblem {
  readonly message: string;
  readonly action: string;
}

/** The page for choosing a record to link. */
interface RecordsPageModel {
  readonly path: string;
  readonly heading: string;
  readonly objectType: string;
  readonly types: readonly { readonly objectType: string; readonly words: string }[];
  readonly q: string;
  /** Why there are no results; null when nothing is wrong. */
  readonly problem: AskingProblem | null;
  readonly results: readonly (PickedRecord & { readonly kind: string; readonly linked: boolean })[];
  /** Whether the results come from a search. Otherwise they are recently linked records. */
  readonly searched: boolean;
  readonly moreQuery: string | null;
}

const recordsView = (model: RecordsPageModel): FilledView => ({ template: 'meeting/records', model });

const STANDARD = [
  { objectType: 'contacts', words: 'Contacts' },
  { objectType: 'companies', words: 'Companies' },
  { objectType: 'deals', words: 'Deals' },
];
const PAGE_SIZE = 10;
const SHORTEST_SEARCH = 2;

/** `/meetings/{id}/records`, to choose a record to link. It reads from HubSpot and changes nothing. */
export function registerRecordsPage(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/meetings/:meetingId/records', pageOptions(deps), async (request: MeetingRequest, reply) => {
    return await showRecords(deps, request, reply);
  });
}

async function showRecords(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { db, picker } = deps;
  const key = keyOf(request);
  const [row, connection] = [await presentMeeting(deps, key), await findConnection(db, key.workspaceId)];
  const custom = connection === null ? [] : await objectTypes(db, connection.portal_id);
  const types = [...STANDARD, ...custom.map((type) => ({ objectType: type.object_type, words: type.plural }))];
  const given = formField(request.query, 'type');
  const objectType = types.find((type) => type.objectType === given)?.objectType ?? 'contacts';
  const q = formField(request.query, 'q')?.trim() ?? '';
  const after = formField(request.query, 'after') ?? null;
  const found = await foundOrProblem(
    askingHubSpot(picker.searchRecords(key.workspaceId, { objectType, q, limit: PAGE_SIZE, after })),
  );
  const links = connection === null ? [] : await listLinks(db, key, connection.portal_id);
  const linked = new Set(links.filter((link) => link.refused === null).map(recordKey));
  const page: PickedPage = 'results' in found ? found : { results: [], after: null };
  const model: RecordsPageModel = {
    path: meetingPath(key.meetingId),
    heading: titleOf({ meetingId: key.meetingId, title: row.title }),
    objectType,
    types,
    q,
    problem: 'message' in found ? found : null,
    results: page.results.map((result) => ({
      ...result,
      kind: kindOf(result.objectType, custom.find((type) => type.object_type === result.objectType)?.singular),
      linked: linked.has(recordKey(result)),
    })),
    searched: q.length >= SHORTEST_SEARCH,
    moreQuery:
      page.after === null ? null : `?${new URLSearchParams({ type: objectType, q, after: page.after }).toString()}`,
  };
  const shown = { view: recordsView(model), title: 'Link a record', section: 'meetings', htmx: true } as const;
  return await renderPage(deps, shown, request, reply);
}

/** The result, or a message on why HubSpot cannot be asked now. */
export async function foundOrProblem<Found>(found: Promise<Found>): Promise<Found | AskingProblem> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof RecordQueryError)
      return { message: `Your search ${error.message}.`, action: 'Type a name, an e-mail address or a domain.' };
    if (error instanceof ProblemError) return { message: error.message, action: pageAdvice(error.code) };
    throw error;
  }
}
