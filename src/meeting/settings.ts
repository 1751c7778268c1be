import { z } from 'zod';
import { hostOf, isEmailAddress } from './people/domains';
import { normaliseEmail } from './people/mailboxes';
import type { MeetingPeople } from './people/participants';
import type { ProcessedMeeting } from './intake/schema';

const isText = { error: 'must be a text' };
const isList = { error: 'must be a list' };
const isSwitch = { error: 'must be true or false' };
const isMinutes = { error: 'must be a whole number from 0 to 1,440' };
const isDays = { error: 'must be a whole number of days from 0 to 365' };
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

/** Of whom the sync makes a contact. */
export const MISSING_CONTACTS = ['never', 'unknown_company', 'always'] as const;

/** `true` and `false` are what the setting was before it had three values, and are still taken. */
const missingContacts = z
  .union([z.enum(MISSING_CONTACTS), z.boolean()], { error: 'must be never, unknown_company or always' })
  .transform((value) => (value === true ? 'unknown_company' : value === false ? 'never' : value));

/** What the Meeting Summary is written as: a HubSpot meeting, call or note. */
export const SUMMARY_TYPES = ['meeting', 'call', 'note'] as const;
export type SummaryType = (typeof SUMMARY_TYPES)[number];

/** What becomes of an activity's text that a person changed in HubSpot when the activity is written again. */
export const EDITED_ACTIVITIES = ['keep', 'overwrite'] as const;

/** What a workspace can choose about its syncs (docs/reference.md, "Settings"). The defaults link all that the cascade rule reaches. */
const fields = {
  /** Whose addresses are internal, besides the host's domain. */
  ownDomains: z.array(domain, isList).max(100, 'must not have more than 100 domains'),
  /** Whose addresses are no people's, with the domains below; they are never looked for in HubSpot. */
  excludedDomains: z.array(domain, isList).max(500, 'must not have more than 500 domains'),
  /** Addresses that are no people's: a room, a list, a bot of the workspace's own. */
  excludedAddresses: z.array(address, isList).max(500, 'must not have more than 500 addresses'),
  /** Consumer mail besides what the lists know: such a domain says nothing about a company. */
  freeMailDomains: z.array(domain, isList).max(500, 'must not have more than 500 domains'),
  /**
   * Of whom the sync makes a contact: of nobody, of external participants who are neither a contact nor of a known
   * company, or of all who are no contact.
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
  /** Links at most so many deals that are reached, the most recently created ones; null for all. */
  maxDeals: z.number(isDealCount).int(isDealCount).min(1, isDealCount).max(1_000, isDealCount).nullable(),
  /** Meetings of colleagues alone are not written, not even when a record is linked to them by hand. */
  externalOnly: z.boolean(isSwitch),
  /** Shorter meetings are not synced; 0 for all. */
  minimumMinutes: z.number(isMinutes).int(isMinutes).min(0, isMinutes).max(1_440, isMinutes),
  /** A meeting with one of these words in its title is not synced, whatever the case. */
  excludedTitleWords: z
    .array(z.string(isText).trim().min(1, isTitleWord).max(100, isTitleWord), isList)
    .max(100, 'must not have more than 100 words'),
  /** What the Meeting Summary is written as. */
  summaryType: z.enum(SUMMARY_TYPES, { error: 'must be meeting, call or note' }),
  /** Writes the summary into the calendar-synced meeting that HubSpot already has, where there is one. */
  joinCalendarMeeting: z.boolean(isSwitch),
  /** Of several recordings of one calendar event writes only the first. */
  oneRecordingPerMeeting: z.boolean(isSwitch),
  /** Whether an update keeps what people changed in HubSpot in our activities, or writes over it. */
  editedActivities: z.enum(EDITED_ACTIVITIES, { error: 'must be keep or overwrite' }),
  /** A participant who becomes known in HubSpot within so many days brings the meeting in. */
  lateMatchDays: z.number(isDays).int(isDays).min(0, isDays).max(365, isDays),
  /** A deal associated within so many days after the meeting is linked. */
  lateLinkDays: z.number(isDays).int(isDays).min(0, isDays).max(365, isDays),
  /** Days after which a meeting's content is erased here; null keeps it. Its activities stay in HubSpot. */
  retentionDays: z.number(isRetention).int(isRetention).min(1, isRetention).max(3_650, isRetention).nullable(),
  /** Of HubSpot's five searches a second, which all apps of an account share, this app uses at most so many. */
  searchesPerSecond: z.number(isSearches).int(isSearches).min(1, isSearches).max(5, isSearches),
};

/** The whole settings as they are stored: what is missing has its default, what is unknown is from a later version. */
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
  lateMatchDays: fields.lateMatchDays.default(30),
  lateLinkDays: fields.lateLinkDays.default(30),
  retentionDays: fields.retentionDays.default(null),
  searchesPerSecond: fields.searchesPerSecond.default(3),
});

/** Some of the settings, as `PATCH` takes them; an unknown one is an error that names it. */
export const settingsPatchSchema = z.strictObject(fields, { error: 'must be an object of settings' }).partial();

export type Settings = z.output<typeof settingsSchema>;
export const settingNames = settingsSchema.keyof().options;
export type SettingName = (typeof settingNames)[number];
export type SettingsPatch = z.output<typeof settingsPatchSchema>;

/** The settings as they are after a change; fields that it leaves out or has undefined stay. */
export function changedSettings(settings: Settings, patch: SettingsPatch): Settings {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  return settingsSchema.parse({ ...settings, ...Object.fromEntries(given) });
}

/**
 * Which setting keeps the meeting from being written whatever a person linked by hand, in words without meeting content, or
 * null: with `externalOnly` meetings of colleagues alone are not.
 */
export function forbiddenBy(
  people: Pick<MeetingPeople, 'external' | 'withoutAddress'>,
  { externalOnly }: Pick<Settings, 'externalOnly'>,
): string | null {
  const internal = people.external.length + people.withoutAddress.length === 0;
  return externalOnly && internal ? 'meetings of colleagues alone are not synced' : null;
}

/**
 * Which setting leaves the meeting out as long as no person links a record to it by hand, in words without meeting
 * content, or null.
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
