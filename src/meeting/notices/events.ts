/** The events that an outlet can choose. Each has a notice when it happens. */
export const NOTICE_EVENTS = [
  'meeting.synced',
  'meeting.needs_attention',
  'meeting.skipped',
  'meeting.links_changed',
  'connection.reconnect_needed',
  'connection.restored',
  'backfill.done',
  'review.waiting',
  'service.paused',
] as const;
export type NoticeEvent = (typeof NOTICE_EVENTS)[number];

/** Events that no outlet chooses: one of its own that was requested, and one that concerns all other outlets. */
export const OTHER_EVENTS = ['outlet.test', 'outlet.switched_off'] as const;
export type AnyNoticeEvent = NoticeEvent | (typeof OTHER_EVENTS)[number];
