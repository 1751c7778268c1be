/**
 * Attendees that are not people, as calendars and conferences list them. Each list names its source. A workspace adds
 * its own in the settings excludedDomains and excludedAddresses.
 */

/**
 * Hosts of rooms, calendars and meeting threads.
 * Google Calendar API, "Calendars & events" and "Domain resources": resource.calendar.google.com (rooms),
 * group.calendar.google.com (secondary calendars), group.v.calendar.google.com (holidays, birthdays),
 * import.calendar.google.com, and unknownorganizer@calendar.google.com for an event without an organiser.
 * Microsoft Teams: conversation ids such as 19:meeting_…@thread.v2. Video rooms that are invited by a SIP address:
 * Zoom Conference Room Connector, Pexip, Poly, Lifesize, BlueJeans (Webex: every host below webex.com).
 * Mailboxes of CRMs that log what is sent to them: Salesforce Email to Case, Pipedrive's smart BCC.
 */
export const ROOM_HOSTS: readonly string[] = [
  'calendar.google.com',
  'calendar-server.bounces.google.com',
  'thread.v2',
  'thread.tacv2',
  'thread.skype',
  'unq.gbl.spaces',
  'zoomcrc.com',
  'lync.zoom.us',
  'pexip.me',
  't.plcm.vc',
  'lifesizecloud.com',
  'bjn.vc',
  'le.salesforce.com',
  'case.salesforce.com',
  'pipedrivemail.com',
];

/** Services whose addresses are mailing lists. */
export const LIST_HOSTS: readonly string[] = [
  'googlegroups.com',
  'groups.io',
  'yahoogroups.com',
  'groups.outlook.com',
  'freelists.org',
  'list-manage.com',
];

/**
 * Makers of notetakers and recorders. Their employees have addresses there too, so only the names in {@link
 * NOTETAKER_NAMES} count.
 */
export const NOTETAKER_HOSTS: readonly string[] = [
  'airgram.io',
  'attendee.dev',
  'avoma.com',
  'bluedothq.com',
  'chorus.ai',
  'circleback.ai',
  'claap.io',
  'clari.com',
  'demodesk.com',
  'fathom.ai',
  'fathom.video',
  'fellow.ai',
  'fellow.app',
  'fireflies.ai',
  'fyxer.com',
  'gong.io',
  'grain.co',
  'grain.com',
  'granola.ai',
  'granola.so',
  'happyscribe.com',
  'jiminny.com',
  'krisp.ai',
  'laxis.com',
  'leexi.ai',
  'meetgeek.ai',
  'meetingbaas.com',
  'meetjamie.ai',
  'modjo.ai',
  'notta.ai',
  'noty.ai',
  'otter.ai',
  'outreach.io',
  'praiz.io',
  'read.ai',
  'recall.ai',
  'rev.com',
  'rewatch.com',
  'salesloft.com',
  'scribbl.co',
  'sembly.ai',
  'spinach.ai',
  'spinach.io',
  'supernormal.com',
  'sybill.ai',
  'tactiq.io',
  'tldv.io',
  'wudpecker.io',
  'zoom.com',
  'zoom.us',
];

/** Names of mailboxes that join meetings. Fireflies asks its customers to invite fred@fireflies.ai. */
export const NOTETAKER_NAMES: ReadonlySet<string> = new Set([
  'ai',
  'aiassistant',
  'assistant',
  'avoma',
  'bot',
  'bots',
  'calendar',
  'chorus',
  'copilot',
  'executiveassistant',
  'fathom',
  'fellow',
  'fireflies',
  'fred',
  'gong',
  'grain',
  'invite',
  'invites',
  'join',
  'kaia',
  'krisp',
  'meet',
  'meeting',
  'meetings',
  'note',
  'notes',
  'otter',
  'otterpilot',
  'read',
  'rec',
  'record',
  'recorder',
  'recording',
  'recordings',
  'scribe',
  'sembly',
  'spinach',
  'supernormal',
  'tldv',
  'zoom',
]);

/**
 * Mailboxes that only send, mailboxes that a mail server needs (RFC 2142, sections 4 and 5), and what clients write for
 * hidden recipients.
 */
export const AUTOMATIC_NAMES: ReadonlySet<string> = new Set([
  'abuse',
  'alert',
  'alerts',
  'auto-confirm',
  'auto-reply',
  'automated',
  'automailer',
  'autoreply',
  'autoresponder',
  'calendar-notification',
  'daemon',
  'devnull',
  'hostmaster',
  'invitations-noreply',
  'listserv',
  'mail-daemon',
  'maildaemon',
  'mailer',
  'mailerdaemon',
  'mailman',
  'majordomo',
  'notification',
  'notifications',
  'notifier',
  'notify',
  'null',
  'postmaster',
  'reminder',
  'reminders',
  'undisclosed-recipients',
  'unknownorganizer',
  'unsubscribe',
]);
