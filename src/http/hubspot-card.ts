import type { FastifyInstance } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { DateTime } from 'luxon';
import { z } from 'zod';
import { timelineUrl } from '../meeting/hubspot-urls';
import { objectTypeOf } from '../meeting/object-types';
import type { RecordRef } from '../meeting/linking/cascade';
import type { SyncStatus } from '../meeting/status';
import { findConnection, findWorkspaceOfPortal } from '../store/connections/connections';
import { listRecordMeetings, type RecordMeeting } from '../store/meetings/record-meetings';
import type { LimitedHttpDependencies } from './dependencies';
import { requireHubSpotSignature } from './plumbing/hubspot-signature';

const id = (what: string) => z.string(what).regex(/^[1-9]\d{0,14}$/, what);

/**
 * What the card asks with, and what HubSpot adds to it (`portalId`, and `userId`, `userEmail`, `appId`, which are not
 * needed). A parameter that stands twice is refused: whoever changes the card in their browser could put another
 * account's `portalId` before the one that HubSpot adds.
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

/** A next step and when it is due, by the account's calendar. Nobody tells when one is done: all count as open. */
export interface CardStep {
  readonly text: string;
  readonly owner: string | null;
  readonly dueDate: string | null;
  readonly due: 'overdue' | 'today' | 'later' | null;
}

export interface CardMeeting {
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
  /** The Meeting Summary on this record's timeline; null where HubSpot has none. */
  readonly timelineUrl: string | null;
  readonly url: string;
}

/**
 * The answer to the card. All that is not a fault of the request answers 200: HubSpot's proxy makes a 502 of its own out
 * of every other status, and the card could not tell them apart.
 */
export type CardAnswer =
  | { readonly state: 'not_connected'; readonly settingsUrl: string }
  | {
      readonly state: 'connected' | 'reauthorize';
      readonly meetings: readonly CardMeeting[];
      readonly total: number;
      /** The record's meetings, all of them, in the product. */
      readonly meetingsUrl: string;
      readonly settingsUrl: string;
    };

/**
 * `GET /hubspot/card`: what the card inside HubSpot (`hubspot-app/src/app/cards`) shows of one record. HubSpot calls it
 * for the card's `hubspot.fetch`, signs the request (v3) with the app's secret and adds who asks: the signature, not an
 * API key, opens it, and the account in the signed address decides whose meetings are answered.
 */
export function registerHubSpotCard(
  app: FastifyInstance,
  { config, db, limits }: Pick<LimitedHttpDependencies, 'config' | 'db' | 'limits'>,
): void {
  app.withTypeProvider<ZodTypeProvider>().get(
    '/hubspot/card',
    {
      schema: { hide: true, querystring: query },
      // Before the query is checked: who did not sign learns nothing.
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
      const found = await listRecordMeetings(db, { workspaceId: connection.workspace_id, portalId, record, limit });
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

/** @param today - as `dueDate` is written: `2026-11-06` */
export function dueOf(dueDate: string | null, today: string): CardStep['due'] {
  if (dueDate === null) return null;
  if (dueDate === today) return 'today';
  return dueDate < today ? 'overdue' : 'later';
}

/** The day by the account's clock; UTC's where this machine does not know the time zone. */
function todayIn(timeZone: string): string {
  const now = DateTime.utc();
  const there = now.setZone(timeZone);
  return (there.isValid ? there : now).toFormat('yyyy-MM-dd');
}

function meetingsUrl(publicUrl: string, record: RecordRef): string {
  return `${publicUrl}/meetings?${new URLSearchParams({ record: `${record.objectType}/${record.id}` }).toString()}`;
}
