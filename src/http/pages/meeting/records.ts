import type { FastifyInstance, FastifyRequest } from 'fastify';
import { previewMeeting } from '../../../planning/preview';
import { recordKey } from '../../../meeting/linking/cascade';
import type { PickedRecord } from '../../../meeting/records';
import { RecordQueryError } from '../../../connection/record-search';
import { objectTypes } from '../../../store/mirror/catalogue';
import { findConnection } from '../../../store/connections/connections';
import { listLinks } from '../../../store/meetings/links';
import { recordNames } from '../../../store/mirror/record-names';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError, PROBLEMS } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { pathOf } from './meeting';
import { personWords, recordLine, type RecordLine } from './meeting-models';
import { renderPage } from '../layout/render';
import { formField, sessionOf } from '../layout/session';
import { pageOptions } from '../layout/sign-in';
import { kindOf, titleOf } from '../layout/status-words';
import type { FilledView } from '../layout/view';

type MeetingRequest = FastifyRequest<{ Params: { meetingId: string } }>;

/** The page for choosing a record to link. */
export interface RecordsPageModel {
  readonly path: string;
  readonly heading: string;
  readonly objectType: string;
  readonly types: readonly { readonly objectType: string; readonly words: string }[];
  readonly q: string;
  /** Why there are no results; null when nothing is wrong. */
  readonly problem: { readonly message: string; readonly action: string } | null;
  readonly results: readonly (PickedRecord & { readonly kind: string; readonly linked: boolean })[];
  /** Whether the results come from a search. Otherwise they are recently linked records. */
  readonly searched: boolean;
  readonly moreQuery: string | null;
}

const recordsView = (model: RecordsPageModel): FilledView => ({ template: 'records', model });

/** The page of records and people that a sync would exclude. */
export interface LeftOutPageModel {
  readonly path: string;
  readonly heading: string;
  readonly problem: { readonly message: string; readonly action: string } | null;
  readonly reason: { readonly message: string; readonly action: string } | null;
  readonly linked: readonly RecordLine[];
  readonly leftOut: readonly {
    readonly message: string;
    readonly record: RecordLine | null;
    readonly person: string | null;
  }[];
}

const leftOutView = (model: LeftOutPageModel): FilledView => ({ template: 'left-out', model });

const STANDARD = [
  { objectType: 'contacts', words: 'Contacts' },
  { objectType: 'companies', words: 'Companies' },
  { objectType: 'deals', words: 'Deals' },
];
const PAGE_SIZE = 10;

/**
 * `/meetings/{id}/records`, to choose a record, and `/meetings/{id}/left-out`. Both read from HubSpot and change
 * nothing.
 */
export function registerRecordPages(
  pages: FastifyInstance,
  deps: Pick<HttpDependencies, 'db' | 'config' | 'gateway' | 'picker'>,
): void {
  const { db, picker } = deps;

  pages.get('/meetings/:meetingId/records', pageOptions(deps), async (request: MeetingRequest, reply) => {
    const key = { workspaceId: sessionOf(request).workspaceId, meetingId: request.params.meetingId };
    const [row, connection] = [await presentMeeting(deps, key), await findConnection(db, key.workspaceId)];
    const custom = connection === null ? [] : await objectTypes(db, connection.portal_id);
    const types = [...STANDARD, ...custom.map((type) => ({ objectType: type.object_type, words: type.plural }))];
    const given = formField(request.query, 'type');
    const objectType = types.find((type) => type.objectType === given)?.objectType ?? 'contacts';
    const q = formField(request.query, 'q')?.trim() ?? '';
    const after = formField(request.query, 'after') ?? null;
    const found = await toldOrFound(
      askingHubSpot(picker.searchRecords(key.workspaceId, { objectType, q, limit: PAGE_SIZE, after })),
    );
    const links = connection === null ? [] : await listLinks(db, key, connection.portal_id);
    const linked = new Set(links.filter((link) => link.refused === null).map(recordKey));
    const page = 'results' in found ? found : { results: [], after: null };
    const path = pathOf(key.meetingId);
    const model: RecordsPageModel = {
      path,
      heading: titleOf({ meetingId: key.meetingId, title: row.title }),
      objectType,
      types,
      q,
      problem: 'message' in found ? found : null,
      results: page.results.map((result) => ({
        ...result,
        kind: kindOf(result.objectType, custom.find((type) => type.object_type === result.objectType)?.singular),
        linked: linked.has(`${result.objectType}/${result.id}`),
      })),
      searched: q.length >= 2,
      moreQuery:
        page.after === null ? null : `?${new URLSearchParams({ type: objectType, q, after: page.after }).toString()}`,
    };
    return await renderPage(
      deps,
      { view: recordsView(model), title: 'Link a record', section: 'meetings', htmx: true },
      request,
      reply,
    );
  });

  pages.get('/meetings/:meetingId/left-out', pageOptions(deps), async (request: MeetingRequest, reply) => {
    const key = { workspaceId: sessionOf(request).workspaceId, meetingId: request.params.meetingId };
    const [row, connection] = [await presentMeeting(deps, key), await findConnection(db, key.workspaceId)];
    const preview = await toldOrFound(askingHubSpot(previewMeeting(deps, key)));
    const shown = preview === null || !('links' in preview) ? { links: [], leftOut: [], reason: null } : preview;
    const refs = [...shown.links, ...shown.leftOut.flatMap(({ record }) => record ?? [])];
    const names = connection === null ? new Map<string, string>() : await recordNames(db, connection.portal_id, refs);
    const types = connection === null ? [] : await objectTypes(db, connection.portal_id);
    const known = {
      names,
      typeNames: new Map(types.map((type) => [type.object_type, type.singular])),
      row: { ...row, portal_id: null },
      connection,
    };
    const model: LeftOutPageModel = {
      path: pathOf(key.meetingId),
      heading: titleOf({ meetingId: key.meetingId, title: row.title }),
      problem: preview !== null && 'message' in preview ? preview : null,
      reason: shown.reason,
      linked: shown.links.map((link) => recordLine(link, known)),
      leftOut: shown.leftOut.map(({ message, record, person }) => ({
        message,
        record: record === null ? null : recordLine(record, known),
        person: person === null ? null : personWords(person),
      })),
    };
    return await renderPage(
      deps,
      { view: leftOutView(model), title: 'What is left out', section: 'meetings' },
      request,
      reply,
    );
  });
}

/** The result, or a message on why HubSpot cannot be asked now. */
async function toldOrFound<Found>(
  found: Promise<Found>,
): Promise<Found | { readonly message: string; readonly action: string }> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof RecordQueryError)
      return { message: `What you typed ${error.message}.`, action: 'Type a name, an e-mail address or a domain.' };
    if (error instanceof ProblemError) return { message: error.message, action: PROBLEMS[error.code].solution };
    throw error;
  }
}
