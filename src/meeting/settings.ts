import { z } from 'zod';
import { linkFormatError, PLAIN_LINK } from './content/recording-link';
import { hostOf, isEmailAddress } from './people/domains';
import { FIELD_DEALS, fieldMappings } from './fields/mapping';
import { normaliseEmail } from './people/mailboxes';
import type { MeetingPeople } from './people/participants';
import type { ProcessedMeeting } from './intake/schema';
import { CREATE_TASKS } from './tasks/wanted';

const isText = { error: 'must be a text' };
const isList = { error: 'must be a list' };
const isSwitch = { error: 'must be true or false' };
const isMinutes = { error: 'must be a whole number from 0 to 1,440' };
const isDays = { error: 'must be a whole number of days from 0 to 365' };
const isAuditRetention = { error: 'must be a whole number of days from 30 to 3,650' };
const isRetention = { error: 'must be a whole number of days from 1 to 3,650, or null to keep everything' };
const isDealCount = { error: 'must be a whole number from 1 to 1,000, or null for all' };
const isSearches = { error: 'must be a whole number from 1 to 5' };
const isTitleWord = 'must be 1 to 100 characters';
const isPipeline = 'must be 1 to 100 characters';

const domain = z
  .string(isText)
  .trim()
  .transform((text, context) => {
    const host = hostOf(text);
    if (host !== null && host.includes('.')) return host;
    context.addIssue({ code: 'custom', message: 'must be a domain, for example acme.example' });
    return z.NEVER;
  });

const address = z
  .string(isText)
  .transform(normaliseEmail)
  .refine(isEmailAddress, 'must be an e-mail address, for example room-4@acme.example');

/** For which participants the sync creates a contact. */
export const MISSING_CONTACTS = ['never', 'unknown_company', 'always'] as const;

/** The setting was boolean before it had three values. `true` and `false` are still accepted. */
const missingContacts = z
  .union([z.enum(MISSING_CONTACTS), z.boolean()], { error: 'must be never, unknown_company or always' })
  .transform((value) => (value === true ? 'unknown_company' : value === false ? 'never' : value));

/** What the Meeting Summary is written as: a HubSpot meeting, call or note. */
export const SUMMARY_TYPES = ['meeting', 'call', 'note'] as const;
export type SummaryType = (typeof SUMMARY_TYPES)[number];

/** The form of an address, with placeholders. */
const linkFormat = z
  .string({ error: 'must be a text, or null for no links' })
  .trim()
  .superRefine((format, context) => {
    const message = linkFormatError(format);
    if (message !== null) context.addIssue({ code: 'custom', message });
  });

/** What an update does with text of an activity that a person changed in HubSpot. */
export const EDITED_ACTIVITIES = ['keep', 'overwrite'] as const;

/**
 * The settings of a workspace's syncs (docs/reference.md, "Settings"). The defaults link everything that the cascade
 * rule reaches.
 */
const fields = {
  /** Domains whose addresses are internal, besides the host's domain. */
  ownDomains: z.array(domain, isList).max(100, 'must not have more than 100 domains'),
  /** Domains whose addresses belong to no person, with their subdomains. They are never searched for in HubSpot. */
  excludedDomains: z.array(domain, isList).max(500, 'must not have more than 500 domains'),
  /** Addresses that belong to no person: a room, a list, or a bot of the workspace's own. */
  excludedAddresses: z.array(address, isList).max(500, 'must not have more than 500 addresses'),
  /** Consumer mail domains besides those of the lists. Such a domain identifies no company. */
  freeMailDomains: z.array(domain, isList).max(500, 'must not have more than 500 domains'),
  /**
   * For which participants the sync creates a contact: none; external participants who are neither a contact nor of a
   * known company; or all who are not a contact.
   */
  createMissingContacts: missingContacts,
  /** Matches a participant without an address by phone number. */
  matchPhoneNumbers: z.boolean(isSwitch),
  /** Custom object types (`2-…`) that are linked when they are associated with a linked record. */
  customObjectTypes: z
    .array(z.string(isText).regex(/^2-\d+$/, 'must be the 2-… id of a custom object type'), isList)
    .max(20, 'must not have more than 20 custom object types'),
  /** Links only deals that were open when the meeting began. */
  openDealsOnly: z.boolean(isSwitch),
  /** Links only deals of these pipelines, by HubSpot's ids; none given means all pipelines. */
  dealPipelines: z
    .array(z.string(isText).trim().min(1, isPipeline).max(100, isPipeline), isList)
    .max(100, 'must not have more than 100 pipelines'),
  /** Links at most this many of the reached deals, the most recently created ones; null for all. */
  maxDeals: z.number(isDealCount).int(isDealCount).min(1, isDealCount).max(1_000, isDealCount).nullable(),
  /** Meetings among colleagues are not written, even when a person linked a record to them. */
  externalOnly: z.boolean(isSwitch),
  /** Shorter meetings are not synced; 0 for all. */
  minimumMinutes: z.number(isMinutes).int(isMinutes).min(0, isMinutes).max(1_440, isMinutes),
  /** A meeting with one of these words in its title is not synced. Case does not matter. */
  excludedTitleWords: z
    .array(z.string(isText).trim().min(1, isTitleWord).max(100, isTitleWord), isList)
    .max(100, 'must not have more than 100 words'),
  /** What the Meeting Summary is written as. */
  summaryType: z.enum(SUMMARY_TYPES, { error: 'must be meeting, call or note' }),
  /** Writes the summary into the calendar-synced meeting in HubSpot, if there is one. */
  joinCalendarMeeting: z.boolean(isSwitch),
  /** Writes only the first of several recordings of one calendar event. */
  oneRecordingPerMeeting: z.boolean(isSwitch),
  /** Whether an update keeps people's changes to our activities in HubSpot, or overwrites them. */
  editedActivities: z.enum(EDITED_ACTIVITIES, { error: 'must be keep or overwrite' }),
  /**
   * The form of the links from notes and clips without a `clipUrl` to their second in the recording; null for no links.
   */
  recordingLinkFormat: linkFormat.nullable(),
  /** A participant who becomes known in HubSpot within this many days causes the meeting to be synced. */
  lateMatchDays: z.number(isDays).int(isDays).min(0, isDays).max(365, isDays),
  /** A deal that is associated within this many days after the meeting is linked. */
  lateLinkDays: z.number(isDays).int(isDays).min(0, isDays).max(365, isDays),
  /** Days after which a meeting's content is deleted here; null keeps it. Its activities stay in HubSpot. */
  retentionDays: z.number(isRetention).int(isRetention).min(1, isRetention).max(3_650, isRetention).nullable(),
  /** Days after which events of the audit trail are deleted. */
  auditRetentionDays: z
    .number(isAuditRetention)
    .int(isAuditRetention)
    .min(30, isAuditRetention)
    .max(3_650, isAuditRetention),
  /** The most searches per second that this app uses of HubSpot's five, which all apps of an account share. */
  searchesPerSecond: z.number(isSearches).int(isSearches).min(1, isSearches).max(5, isSearches),
  /** Which values of a meeting are written to which properties of the linked records. */
  fieldMappings,
  /** Whether values are written to open deals only, or to all linked ones. */
  fieldDeals: z.enum(FIELD_DEALS, { error: 'must be open or all' }),
  /** Which next steps become tasks in HubSpot. */
  createTasks: z.enum(CREATE_TASKS, { error: 'must be off, internal or all' }),
  /** A task without a due date is due this many working days after the meeting. */
  taskDueDays: z.number(isDays).int(isDays).min(0, isDays).max(365, isDays),
};

/** The complete settings as stored. A missing field gets its default; an unknown field comes from a later version. */
export const settingsSchema = z.object({
  ownDomains: fields.ownDomains.default([]),
  excludedDomains: fields.excludedDomains.default([]),
  excludedAddresses: fields.excludedAddresses.default([]),
  freeMailDomains: fields.freeMailDomains.default([]),
  createMissingContacts: fields.createMissingContacts.default('never'),
  matchPhoneNumbers: fields.matchPhoneNumbers.default(false),
  customObjectTypes: fields.customObjectTypes.default([]),
  openDealsOnly: fields.openDealsOnly.default(false),
  dealPipelines: fields.dealPipelines.default([]),
  maxDeals: fields.maxDeals.default(null),
  externalOnly: fields.externalOnly.default(false),
  minimumMinutes: fields.minimumMinutes.default(0),
  excludedTitleWords: fields.excludedTitleWords.default([]),
  summaryType: fields.summaryType.default('meeting'),
  joinCalendarMeeting: fields.joinCalendarMeeting.default(false),
  oneRecordingPerMeeting: fields.oneRecordingPerMeeting.default(false),
  editedActivities: fields.editedActivities.default('keep'),
  recordingLinkFormat: fields.recordingLinkFormat.default(PLAIN_LINK),
  lateMatchDays: fields.lateMatchDays.default(30),
  lateLinkDays: fields.lateLinkDays.default(30),
  retentionDays: fields.retentionDays.default(null),
  auditRetentionDays: fields.auditRetentionDays.default(365),
  searchesPerSecond: fields.searchesPerSecond.default(3),
  fieldMappings: fields.fieldMappings.default([]),
  fieldDeals: fields.fieldDeals.default('open'),
  createTasks: fields.createTasks.default('off'),
  taskDueDays: fields.taskDueDays.default(2),
});

/** Some of the settings, as `PATCH` accepts them. An unknown field is a validation error that names it. */
export const settingsPatchSchema = z.strictObject(fields, { error: 'must be an object of settings' }).partial();

export type Settings = z.output<typeof settingsSchema>;
export const settingNames = settingsSchema.keyof().options;
export type SettingName = (typeof settingNames)[number];
export type SettingsPatch = z.output<typeof settingsPatchSchema>;

/** Returns the settings after a change. Fields that are missing or undefined in the change keep their value. */
export function changedSettings(settings: Settings, patch: SettingsPatch): Settings {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return settingsSchema.parse({ ...settings, ...Object.fromEntries(given) });
}

/**
 * Returns the setting that excludes the meeting even when a person linked a record to it, in words without meeting
 * content, or null. With `externalOnly`, meetings among colleagues are excluded.
 */
export function forbiddenBy(
  people: Pick<MeetingPeople, 'external' | 'withoutAddress'>,
  { externalOnly }: Pick<Settings, 'externalOnly'>,
): string | null {
  const internal = people.external.length + people.withoutAddress.length === 0;
  return externalOnly && internal ? 'meetings of colleagues alone are not synced' : null;
}

/**
 * Returns the setting that excludes the meeting unless a person links a record to it, in words without meeting content,
 * or null.
 */
export function excludedBy(
  meeting: Pick<ProcessedMeeting, 'title' | 'startedAt' | 'endedAt'>,
  settings: Pick<Settings, 'minimumMinutes' | 'excludedTitleWords'>,
): string | null {
  const minutes = (Date.parse(meeting.endedAt) - Date.parse(meeting.startedAt)) / 60_000;
  if (minutes < settings.minimumMinutes) return `meetings under ${settings.minimumMinutes} minutes are not synced`;
  const title = meeting.title.toLowerCase();
  const word = settings.excludedTitleWords.find((candidate) => title.includes(candidate.toLowerCase()));
  return word === undefined ? null : `titles with "${word}" are not synced`;
}
