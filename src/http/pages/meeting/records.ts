import type { FastifyInstance, FastifyReply } from 'fastify';
import { storedText } from '../../../languages/stored-text';
import { message, t } from '../../../languages/text';
import { recordAt, RecordQueryError } from '../../../connection/record-search';
import { recordKey } from '../../../meeting/linking/cascade';
import type { PickedPage, PickedRecord } from '../../../meeting/records';
import { findConnection } from '../../../store/connections/connections';
import { listLinks } from '../../../store/meetings/links';
import { objectTypes } from '../../../store/mirror/catalogue';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { pageAdvice } from '../layout/error-page';
import { renderPage } from '../layout/render';
import { formField } from '../layout/session';
import { pageOptions } from '../layout/guard';
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
  /** {@link ALL}, or the type that is searched. */
  readonly objectType: string;
  readonly types: readonly { readonly objectType: string; readonly words: string }[];
  readonly q: string;
  /** Why there are no results; null when nothing is wrong. */
  readonly problem: AskingProblem | null;
  readonly results: readonly (PickedRecord & { readonly kind: string; readonly linked: boolean })[];
  /** Whether the results come from a search. Otherwise they are recently linked records. */
  readonly searched: boolean;
  /** The further results of each type that has some. */
  readonly more: readonly { readonly query: string; readonly words: string }[];
}

const recordsView = (model: RecordsPageModel): FilledView => ({ template: 'meeting/records', model });

/** Deals first: they are what people link by hand. */
const STANDARD = [
  { objectType: 'deals', words: message('Deals'), more: message('More deals') },
  { objectType: 'contacts', words: message('Contacts'), more: message('More contacts') },
  { objectType: 'companies', words: message('Companies'), more: message('More companies') },
];
/** The choice of all types. Custom objects are chosen by their type: each type costs one of HubSpot's few searches. */
const ALL = 'all';
const PAGE_SIZE = 10;
/** Of each type, when all are searched. */
const SHOWN_EACH = 5;
const SHORTEST_SEARCH = 2;

/** `/meetings/{id}/records`, to choose a record to link. It reads from HubSpot and changes nothing. */
export function registerRecordsPage(pages: FastifyInstance, deps: Dependencies): void {
  pages.get('/meetings/:meetingId/records', pageOptions('meetings:write'), async (request: MeetingRequest, reply) => {
    return await showRecords(deps, request, reply);
  });
}

async function showRecords(deps: Dependencies, request: MeetingRequest, reply: FastifyReply): Promise<FastifyReply> {
  const { db } = deps;
  const key = keyOf(request);
  const [row, connection] = [await presentMeeting(deps, key), await findConnection(db, key.workspaceId)];
  const custom = connection === null ? [] : await objectTypes(db, connection.portal_id);
  const types = [
    ...STANDARD.map((type) => ({ ...type, words: t(type.words), more: t(type.more) })),
    ...custom.map(({ object_type: type, plural }) => ({
      objectType: type,
      words: plural,
      more: t('More {type}', { type: plural.toLowerCase() }),
    })),
  ];
  const given = formField(request.query, 'type');
  const objectType = types.find((type) => type.objectType === given)?.objectType ?? ALL;
  const q = formField(request.query, 'q')?.trim() ?? '';
  const after = formField(request.query, 'after') ?? null;
  const found = await findRecords(deps.picker, key.workspaceId, { objectType, q, after });
  const links = connection === null ? [] : await listLinks(db, key, connection.portal_id);
  const linked = new Set(links.filter((link) => link.refused === null).map(recordKey));
  const pages = found.flatMap(({ page }) => ('results' in page ? page : []));
  const model: RecordsPageModel = {
    path: meetingPath(key.meetingId),
    heading: titleOf({ meetingId: key.meetingId, title: row.title }),
    objectType,
    types: [{ objectType: ALL, words: t('Deals, contacts and companies') }, ...types],
    q,
    problem: found.map(({ page }) => page).find((page) => 'message' in page) ?? null,
    results: pages
      .flatMap(({ results }) => results)
      .map((result) => ({
        ...result,
        kind: kindOf(result.objectType, custom.find((type) => type.object_type === result.objectType)?.singular),
        linked: linked.has(recordKey(result)),
      })),
    searched: q.length >= SHORTEST_SEARCH,
    more: found.flatMap(({ type, page }) =>
      'results' in page && page.after !== null
        ? {
            query: `?${new URLSearchParams({ type, q, ...(objectType === ALL ? {} : { after: page.after }) }).toString()}`,
            words: types.find((each) => each.objectType === type)?.more ?? t('More results'),
          }
        : [],
    ),
  };
  const shown = { view: recordsView(model), title: t('Link a record'), section: 'meetings', htmx: true } as const;
  return await renderPage(deps, shown, request, reply);
}

/** The records of one type, or the first few of each. The address of a record names its own type. */
async function findRecords(
  picker: Dependencies['picker'],
  workspaceId: string,
  { objectType, q, after }: { readonly objectType: string; readonly q: string; readonly after: string | null },
): Promise<{ readonly type: string; readonly page: PickedPage | AskingProblem }[]> {
  const all = objectType === ALL && recordAt(q) === null;
  const searched = all ? STANDARD.map((type) => type.objectType) : [objectType === ALL ? 'deals' : objectType];
  const limit = all ? SHOWN_EACH : PAGE_SIZE;
  return await Promise.all(
    searched.map(async (type) => ({
      type,
      page: await foundOrProblem(
        askingHubSpot(picker.searchRecords(workspaceId, { objectType: type, q, limit, after: all ? null : after })),
      ),
    })),
  );
}

/** The result, or a message on why HubSpot cannot be asked now. */
export async function foundOrProblem<Found>(found: Promise<Found>): Promise<Found | AskingProblem> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof RecordQueryError)
      return { message: problemSentence(error), action: t('Type a name, an e-mail address or a domain.') };
    if (error instanceof ProblemError) return { message: storedText(error.message), action: pageAdvice(error.code) };
    throw error;
  }
}

function problemSentence({ problem }: RecordQueryError): string {
  switch (problem.rule) {
    case 'other_account':
      return t('Your search is the address of a record in another HubSpot account ({account}).', {
        account: String(problem.portalId),
      });
    case 'too_long':
      return t('Your search must not have more than {count, number} characters.', { count: problem.most });
    case 'unknown_type':
      return t('Your search is the address of a record of a type that cannot be linked.');
  }
}
