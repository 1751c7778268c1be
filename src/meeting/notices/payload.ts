import { recordUrl } from '../hubspot-urls';
import { objectTypeId } from '../object-types';
import type { RecordRef } from '../linking/cascade';
import type { SyncReason } from '../status';
import { STORED_DATA, type NoticeData } from './data';
import type { AnyNoticeEvent } from './events';

/** A notice as receivers get it: the payload of the Standard Webhooks specification. */
export type NoticePayload<Events extends AnyNoticeEvent = AnyNoticeEvent> = {
  readonly [Event in Events]: {
    readonly type: Event;
    /** When it happened; ISO 8601 in UTC. */
    readonly timestamp: string;
    readonly data: NoticeData[Event];
  };
}[Events];

/** A notice and its id, which is the same for every attempt and every outlet. */
export interface OutgoingNotice {
  readonly id: string;
  readonly payload: NoticePayload;
}

/** What a payload is made of beside the stored notice. */
export interface NoticeContext {
  /** The URL of the pages, without a trailing slash. */
  readonly publicUrl: string;
  /** The domain of HubSpot's pages; null without a connection. */
  readonly uiDomain: string | null;
  /** Of the notice's meeting; null if the outlet includes none, or the meeting has none any more. */
  readonly texts: MeetingTexts | null;
}

/** Texts of a meeting, as they are now. */
export interface MeetingTexts {
  readonly title: string;
  readonly reason: Pick<SyncReason, 'code' | 'message' | 'action'> | null;
}

/** Makes what receivers get from a stored notice. Pure. */
export function outgoingNotice(
  notice: { readonly id: string; readonly event: AnyNoticeEvent; readonly at: Date; readonly data: unknown },
  context: NoticeContext,
): OutgoingNotice {
  const { id, event, at, data } = notice;
  return { id: `msg_${id.replaceAll('-', '')}`, payload: payloadOf(event, at, data, context) };
}

function payloadOf<Event extends AnyNoticeEvent>(
  type: Event,
  at: Date,
  stored: unknown,
  context: NoticeContext,
): NoticePayload<Event> {
  const complete: Complete[Event] = COMPLETE[type];
  return { type, timestamp: at.toISOString(), data: complete(stored, context) };
}

type Complete = {
  readonly [Event in AnyNoticeEvent]: (stored: unknown, context: NoticeContext) => NoticeData[Event];
};

/** Adds pages and texts to what is stored of each event. */
const COMPLETE: Complete = {
  'meeting.synced': (stored, context) => withTexts(STORED_DATA['meeting.synced'].parse(stored), context),
  'meeting.needs_attention': (stored, context) =>
    withTexts(STORED_DATA['meeting.needs_attention'].parse(stored), context),
  'meeting.skipped': (stored, context) => withTexts(STORED_DATA['meeting.skipped'].parse(stored), context),
  'meeting.links_changed'(stored, context) {
    const data = STORED_DATA['meeting.links_changed'].parse(stored);
    const { texts } = context;
    return {
      ...data,
      added: data.added.map((record) => ({ ...record, url: pageOfRecord(context, data.portalId, record) })),
      removed: data.removed.map((record) => ({ ...record, url: pageOfRecord(context, data.portalId, record) })),
      url: pageOfMeeting(context, data.meetingId),
      ...(texts === null ? {} : { title: texts.title }),
    };
  },
  'connection.reconnect_needed': (stored, context) =>
    withPage(STORED_DATA['connection.reconnect_needed'].parse(stored), context, CONNECTION_PAGE),
  'connection.restored': (stored, context) =>
    withPage(STORED_DATA['connection.restored'].parse(stored), context, CONNECTION_PAGE),
  'backfill.done': (stored, context) => withPage(STORED_DATA['backfill.done'].parse(stored), context, '/meetings'),
  'review.waiting'(stored, context) {
    const data = STORED_DATA['review.waiting'].parse(stored);
    const record = { objectType: data.objectType, id: data.recordId };
    return { ...withPage(data, context, '/reviews'), recordUrl: pageOfRecord(context, data.portalId, record) };
  },
  'service.paused': (stored, context) =>
    withPage(STORED_DATA['service.paused'].parse(stored), context, CONNECTION_PAGE),
  'outlet.test': (stored, context) => withPage(STORED_DATA['outlet.test'].parse(stored), context, NOTICES_PAGE),
  'outlet.switched_off': (stored, context) =>
    withPage(STORED_DATA['outlet.switched_off'].parse(stored), context, NOTICES_PAGE),
};

const CONNECTION_PAGE = '/settings/integrations';
const NOTICES_PAGE = '/settings/notices';

function withPage<Data extends object>(data: Data, { publicUrl }: NoticeContext, path: string) {
  return { ...data, url: `${publicUrl}${path}` };
}

function pageOfMeeting({ publicUrl }: NoticeContext, meetingId: string): string {
  return `${publicUrl}/meetings/${encodeURIComponent(meetingId)}`;
}

function pageOfRecord({ uiDomain }: NoticeContext, portalId: number | null, record: RecordRef): string | null {
  if (uiDomain === null || portalId === null) return null;
  return recordUrl(uiDomain, portalId, objectTypeId(record.objectType), record.id);
}

function withTexts<Data extends { readonly meetingId: string; readonly reasonCode: string | null }>(
  data: Data,
  context: NoticeContext,
) {
  const { texts } = context;
  const complete = { ...data, url: pageOfMeeting(context, data.meetingId) };
  if (texts === null) return complete;
  const { title, reason } = texts;
  // The meeting may have another reason by now.
  if (reason === null || reason.code !== data.reasonCode) return { ...complete, title };
  return { ...complete, title, reason: { message: reason.message, action: reason.action } };
}
