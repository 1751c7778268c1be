import { z } from 'zod';
import type { AnyNoticeEvent } from './events';

const isoTime = z.iso.datetime();
const id = z.string().min(1);
const portalId = z.number().int();
const ofMeeting = z.object({
  meetingId: id.meta({ description: "The caller's id of the meeting", example: 'm-2026-11-24-001' }),
  portalId: portalId
    .nullable()
    .meta({ description: 'The HubSpot account; null before the first sync', example: 12345678 }),
});
const outcome = ofMeeting.extend({
  reasonCode: z.string().nullable().meta({
    description: 'Why the meeting has its status (reason codes); null when there is nothing to say',
    example: null,
  }),
});
const activity = z
  .object({ objectType: z.string(), id, url: z.string().nullable() })
  .nullable()
  .meta({ description: 'The activity in HubSpot; null if there is none' });
const record = z.object({ objectType: z.string(), id });
const since = isoTime.nullable();

/** What the table `notices` has of each event. */
export const STORED_DATA = {
  'meeting.synced': outcome.extend({
    summary: activity,
    notes: activity,
    links: z.number().int().meta({ description: 'How many records the meeting is linked to', example: 3 }),
  }),
  'meeting.needs_attention': outcome,
  'meeting.skipped': outcome,
  'meeting.links_changed': ofMeeting.extend({
    added: z.array(record),
    addedCount: z.number().int().meta({ description: 'All that were added: the list has at most 200', example: 1 }),
    removed: z.array(record),
    removedCount: z.number().int().meta({ description: 'All that were removed: the list has at most 200', example: 0 }),
  }),
  'connection.reconnect_needed': z.object({ portalId }),
  'connection.restored': z.object({ portalId }),
  'backfill.done': z.object({
    backfillId: id,
    lines: z.number().int().meta({ description: 'Lines of the file', example: 1000 }),
    invalidLines: z.number().int().meta({ description: 'Lines with validation errors', example: 2 }),
    meetings: z.number().int().meta({ description: 'Different meetings in the file', example: 998 }),
    counts: z
      .record(z.string(), z.number().int())
      .meta({ description: 'The meetings by status', example: { synced: 990, skipped: 8 } }),
  }),
  'review.waiting': z.object({
    reviewId: id,
    meetingId: id,
    portalId,
    objectType: z.string(),
    recordId: id,
    property: z.string().meta({ description: 'Name of the property in HubSpot', example: 'hs_next_step' }),
    field: z.string().meta({ description: 'The key of the value', example: 'next_step' }),
  }),
  'service.paused': z.object({
    cause: z.enum(['daily_limit', 'account_moving', 'service_not_running']).meta({
      description:
        "`daily_limit`: HubSpot's daily limit is used up. `account_moving`: HubSpot is moving the account to another data center. `service_not_running`: no worker of this product runs",
      example: 'daily_limit',
    }),
    portalId: portalId.nullable().default(null),
    since: isoTime,
    until: isoTime.nullable().default(null).meta({ description: 'When syncing continues; null if that is not known' }),
  }),
  'outlet.test': z.object({ outletId: id }),
  'outlet.switched_off': z.object({
    outletId: id,
    kind: z.string(),
    name: z.string(),
    cause: z.enum(['failing', 'gone']).meta({
      description: '`failing`: its receiver failed for three days. `gone`: its receiver answered 410',
      example: 'failing',
    }),
    failingSince: since,
  }),
} satisfies Record<AnyNoticeEvent, z.ZodType>;

const url = z.url();
const withPage = { url: url.meta({ description: 'The page about it in this product' }) };
const withTexts = {
  ...withPage,
  title: z.string().optional().meta({ description: 'Only if the outlet includes meeting text' }),
  reason: z
    .object({ message: z.string(), action: z.string() })
    .optional()
    .meta({ description: 'Only if the outlet includes meeting text: why, and what a person does next' }),
};
const withUrl = record.extend({ url: url.nullable().meta({ description: 'The page of the record in HubSpot' }) });

/** The `data` of each event as receivers get it. */
export const NOTICE_DATA = {
  'meeting.synced': STORED_DATA['meeting.synced'].extend(withTexts),
  'meeting.needs_attention': STORED_DATA['meeting.needs_attention'].extend(withTexts),
  'meeting.skipped': STORED_DATA['meeting.skipped'].extend(withTexts),
  'meeting.links_changed': STORED_DATA['meeting.links_changed'].extend({
    added: z.array(withUrl),
    removed: z.array(withUrl),
    ...withPage,
    title: withTexts.title,
  }),
  'connection.reconnect_needed': STORED_DATA['connection.reconnect_needed'].extend(withPage),
  'connection.restored': STORED_DATA['connection.restored'].extend(withPage),
  'backfill.done': STORED_DATA['backfill.done'].extend(withPage),
  'review.waiting': STORED_DATA['review.waiting'].extend({
    recordUrl: url.nullable().meta({ description: 'The page of the record in HubSpot' }),
    ...withPage,
  }),
  'service.paused': STORED_DATA['service.paused'].extend(withPage),
  'outlet.test': STORED_DATA['outlet.test'].extend(withPage),
  'outlet.switched_off': STORED_DATA['outlet.switched_off'].extend(withPage),
} satisfies Record<AnyNoticeEvent, z.ZodType>;

/** The `data` of an event as receivers get it. */
export type NoticeData = { readonly [Event in AnyNoticeEvent]: z.output<(typeof NOTICE_DATA)[Event]> };
