import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { timelineUrl } from '../meeting/hubspot-urls';
import { objectTypeOf } from '../meeting/object-types';
import type { RecordRef } from '../meeting/linking/cascade';
import type { SyncStatus } from '../meeting/status';
import type { TaskState } from '../meeting/tasks/task-state';
import { findConnection, findWorkspaceOfPortal } from '../store/connections/connections';
import { countOpenReviews } from '../store/fields/review-lists';
import { writtenValues } from '../store/fields/written-values';
import { listRecordMeetings, type RecordMeeting } from '../store/meetings/record-meetings';
import type { LimitedHttpDependencies } from './dependencies';
import { requireHubSpotSignature } from './plumbing/hubspot-signature';

const id = (what: string) => z.string(what).regex(/^[1-9]\d{0,14}$/, what);

/**
 * The card's parameters, and those that HubSpot adds (`portalId`, and `userId`, `userEmail`, `appId`, which are not
 * needed). A repeated parameter is refused: a person who modifies the card in their browser could put another account's
 * `portalId` before the one that HubSpot adds.
 */
const query = z.object({
  portalId: id('must be the id of a HubSpot account, once').transform(Number),
  objectTypeId: z.enum(['0-1', '0-2', '0-3'], { error: 'must be 0-1 (contact), 0-2 (company) or 0-3 (deal)' }),
  recordId: id('must be the id of a record'),
  limit: z.coerce
    .number('must be 1 to 10')
    .int('must be 1 to 10')
    .min(1, 'must be 1 to 10')
    .max(10, 'must be 1 to 10')
    .default(5),
});

/**
 * A next step and when it is due, in the account's time zone. Only its task shows when it is done: a step without a task
 * counts as open.
 */
interface CardStep {
  readonly text: string;
  readonly owner: string | null;
  readonly dueDate: string | null;
  readonly due: 'overdue' | 'today' | 'later' | null;
  /** Its task in HubSpot; null without one. */
  readonly task: Pick<TaskState, 'state' | 'url'> | null;
}

interface CardMeeting {
  readonly meetingId: string;
  readonly title: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  readonly status: SyncStatus;
  readonly score: { readonly value: number; readonly max: number; readonly label: string | null } | null;
  readonly topics: readonly string[];
  readonly topicCount: number;
  readonly nextSteps: readonly CardStep[];
  readonly nextStepCount: number;
  readonly recordingUrl: string | null;
  /** The Meeting Summary on this record's timeline; null when HubSpot has none. */
  readonly timelineUrl: string | null;
  readonly url: string;
}

/** A value that a meeting wrote to a property of the record, and that HubSpot still has as far as is known. */
interface CardValue {
  readonly label: string;
  readonly value: string;
  readonly meetingUrl: string;
}

/**
 * The response to the card. Every outcome except an invalid request has status 200: HubSpot's proxy turns every other
 * status into a 502 of its own, and the card could not distinguish them.
 */
type CardAnswer =
  | { readonly state: 'not_connected'; readonly settingsUrl: string }
  | {
      readonly state: 'connected' | 'reauthorize';
      readonly meetings: readonly CardMeeting[];
      readonly total: number;
      readonly values: readonly CardValue[];
      /** Suggestions that wait for a person. */
      readonly openReviews: number;
      readonly reviewsUrl: string;
      /** The page that lists all meetings of the record. */
      readonly meetingsUrl: string;
      readonly settingsUrl: string;
    };

/**
 * `GET /hubspot/card`: what the card inside HubSpot (`hubspot-app/src/app/cards`) shows of one record. HubSpot calls it
 * for the card's `hubspot.fetch`. It signs the request (v3) with the app's secret and adds the account and the user.
 * The signature authenticates the request, not an API key, and the account in the signed URL decides whose meetings are
 * returned.
 */
export function registerHubSpotCard(
  app: FastifyInstance,
  { config, db, limits }: Pick<LimitedHttpDependencies, 'config' | 'db' | 'limits'>,
): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/hubspot/card',
    {
      schema: { hide: true, querystring: query },
      config: { access: 'hubspot' },
      // Checked before the query, so that a caller without a signature learns nothing from validation errors.
      onRequest: async (request) => {
        await requireHubSpotSignature(request, { path: request.url, body: '' }, { config, limits });
      },
    },
    async ({ query: { portalId, objectTypeId, recordId, limit } }): Promise<CardAnswer> => {
      const settingsUrl = `${config.publicUrl}/settings/integrations`;
      const workspaceId = await findWorkspaceOfPortal(db, portalId);
      const connection = workspaceId === null ? null : await findConnection(db, workspaceId);
      if (connection === null || connection.portal_id !== portalId) return { state: 'not_connected', settingsUrl };
      const record = { objectType: objectTypeOf(objectTypeId), id: recordId };
      const of = { workspaceId: connection.workspace_id, portalId, record };
      const [found, values, openReviews] = await Promise.all([
        listRecordMeetings(db, { ...of, limit }),
        writtenValues(db, of),
        countOpenReviews(db, of.workspaceId, { record, portalId }),
      ]);
      const today = todayIn(connection.time_zone);
      return {
        state: connection.state,
        meetings: found.meetings.map((meeting) => ({
          ...cardMeeting(meeting, today, config.publicUrl),
          timelineUrl:
            meeting.summaryId === null
              ? null
              : timelineUrl({ uiDomain: connection.ui_domain, portalId }, record, meeting.summaryId),
        })),
        total: found.total,
        values: values.map(({ meetingId, ...value }) => ({
          ...value,
          meetingUrl: `${config.publicUrl}/meetings/${encodeURIComponent(meetingId)}`,
        })),
        openReviews,
        reviewsUrl: `${config.publicUrl}/reviews?${recordQuery(record)}`,
        meetingsUrl: meetingsUrl(config.publicUrl, record),
        settingsUrl,
      };
    },
  );
}

function cardMeeting(
  { summaryId: _summaryId, ...meeting }: RecordMeeting,
  today: string,
  publicUrl: string,
): Omit<CardMeeting, 'timelineUrl'> {
  return {
    ...meeting,
    startedAt: meeting.startedAt.toISOString(),
    nextSteps: meeting.nextSteps.map((step) => ({ ...step, due: dueOf(step.dueDate, today) })),
    url: `${publicUrl}/meetings/${encodeURIComponent(meeting.meetingId)}`,
  };
}

/** Whether a next step is overdue. @param today - in the format of `dueDate`: `2026-11-06` */
function dueOf(dueDate: string | null, today: string): CardStep['due'] {
  if (dueDate === null) return null;
  if (dueDate === today) return 'today';
  return dueDate < today ? 'overdue' : 'later';
}

/** Today's date in the account's time zone; in UTC when this machine does not know the time zone. */
function todayIn(timeZone: string): string {
  const now = DateTime.utc();
  const there = now.setZone(timeZone);
  return (there.isValid ? there : now).toFormat('yyyy-MM-dd');
}

function meetingsUrl(publicUrl: string, record: RecordRef): string {
  return `${publicUrl}/meetings?${recordQuery(record)}`;
}

function recordQuery(record: RecordRef): string {
  return new URLSearchParams({ record: `${record.objectType}/${record.id}` }).toString();
}
