import { t } from '../../../languages/text';
import type { FastifyRequest } from 'fastify';
import { findById } from '../../../planning/find-by-id';
import { findConnection, type ConnectionRow } from '../../../store/connections/connections';
import { findMeeting } from '../../../store/meetings/meetings';
import { objectTypes } from '../../../store/mirror/catalogue';
import { findMeetingOfActivity } from '../../../store/search/find-activity';
import { findRecording } from '../../../store/search/find-recording';
import { recordsWithId } from '../../../store/search/search-records';
import type { HttpDependencies } from '../../dependencies';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { isPoll } from '../layout/polls';
import { kindOf, meetingPath, titleOf } from '../layout/status-words';
import type { SearchQuery } from './read-query';
import { recordResults, STANDARD_TYPES } from './record-results';
import type { Result } from './result';

type Dependencies = Pick<HttpDependencies, 'db' | 'gateway'>;

/** The pages that a query names: those of a record, a meeting or a recording. */
export interface Exact {
  readonly results: readonly Result[];
  /** Why an ID or an address leads nowhere; null when it is neither, or leads somewhere. */
  readonly nowhere: string | null;
}

const HUBSPOT_ADDRESS = /^https?:\/\/app[\w-]*\.hubspot\.com\//i;
/** An account may have many custom types, and each costs a request. */
const MOST_ASKED = 12;

/** What a query names. Only a person who presses Enter makes it ask HubSpot, and only for an ID. */
export async function exactResults(
  deps: Dependencies,
  workspaceId: string,
  query: SearchQuery,
  request: FastifyRequest,
): Promise<Exact> {
  const { db } = deps;
  switch (query.kind) {
    case 'record': {
      const { record, portalId, activityId } = query;
      const meetingId = activityId && (await findMeetingOfActivity(db, { workspaceId, portalId }, activityId));
      if (meetingId !== null) return found(await meetingResult(db, workspaceId, meetingId));
      const path = `/records/${record.objectType}/${record.id}?account=${portalId}`;
      const detail = t('HubSpot record {id}', { id: record.id });
      return found([{ path, name: t('Why is it (not) here?'), detail, when: null }]);
    }
    case 'meeting':
      return found(await meetingResult(db, workspaceId, query.meetingId), t('There is no such meeting here.'));
    case 'address': {
      const meetingId = await findRecording(db, workspaceId, query.url);
      if (meetingId !== null) return found(await meetingResult(db, workspaceId, meetingId));
      return found(
        [],
        HUBSPOT_ADDRESS.test(query.url)
          ? t('This address names no record. Open the record in HubSpot, and copy the address then.')
          : t('No meeting has a recording at this address.'),
      );
    }
    case 'words': {
      const meeting = query.meetingId === null ? [] : await meetingResult(db, workspaceId, query.meetingId);
      if (meeting.length > 0 || query.recordId === null) return found(meeting);
      return await withId(deps, workspaceId, query.recordId, request);
    }
    case 'nothing':
      return found([]);
  }
}

async function withId(
  { db, gateway }: Dependencies,
  workspaceId: string,
  id: string,
  request: FastifyRequest,
): Promise<Exact> {
  const connection = await findConnection(db, workspaceId);
  if (connection === null) return found([], t('{id} is no meeting’s ID, and HubSpot is not connected.', { id }));
  const portalId = connection.portal_id;
  const meetingId = await findMeetingOfActivity(db, { workspaceId, portalId }, id);
  if (meetingId !== null) return found(await meetingResult(db, workspaceId, meetingId));
  const custom = await objectTypes(db, portalId);
  const types = [...STANDARD_TYPES, ...custom.map((type) => type.object_type)];
  const known = await recordsWithId(db, { portalId, objectTypes: types }, id);
  if (known.length > 0) return found(await recordResults(db, portalId, known, custom));
  if (isPoll(request)) return found([], t('Press Enter to look for the ID {id} in HubSpot.', { id }));
  try {
    const refs = await askingHubSpot(findById(gateway, workspaceId, types.slice(0, MOST_ASKED), id));
    const kind = (type: string) => kindOf(type, custom.find((each) => each.object_type === type)?.singular);
    return found(
      refs.map(({ objectType }) => ({
        path: `/records/${objectType}/${id}`,
        name: `${kind(objectType)} ${id}`,
        detail: t('Why is it (not) here?'),
        when: null,
      })),
      t('{id} is the ID of nothing: no meeting, contact, company, deal or custom object has it.', { id }),
    );
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
    request.log.info({ problem: error.code }, 'an id was not looked up in HubSpot');
    return found([], unaskedWords(connection, id));
  }
}

function unaskedWords({ state }: ConnectionRow, id: string): string {
  return state === 'reauthorize'
    ? t('No meeting is linked to a record with the ID {id}. To look for it in HubSpot, reconnect.', { id })
    : t('No meeting is linked to a record with the ID {id}. HubSpot cannot be asked now: try again in a minute.', {
        id,
      });
}

function found(results: readonly Result[], otherwise: string | null = null): Exact {
  return { results, nowhere: results.length === 0 ? otherwise : null };
}

async function meetingResult(db: Dependencies['db'], workspaceId: string, meetingId: string): Promise<Result[]> {
  const meeting = await findMeeting(db, { workspaceId, meetingId });
  if (meeting === null || meeting.status === 'deleted') return [];
  const name = titleOf({ meetingId, title: meeting.title });
  return [{ path: meetingPath(meetingId), name, detail: meetingId, when: null }];
}
