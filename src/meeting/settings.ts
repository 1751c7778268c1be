import { z } from 'zod';
import { hostOf } from './domains';
import type { ProcessedMeeting } from './schema';

const isText = { error: 'must be a text' };
const isList = { error: 'must be a list' };
const isSwitch = { error: 'must be true or false' };
const isMinutes = { error: 'must be a whole number from 0 to 1,440' };
const isTitleWord = 'must be 1 to 100 characters';

const domain = z
  .string(isText)
  .trim()
  .transform((text, context) => {
    const host = hostOf(text);
    if (host !== null && host.includes('.')) return host;
    context.addIssue({ code: 'custom', message: 'must be a domain, for example acme.example' });
    return z.NEVER;
  });

/** Contract section 6: a participant who becomes known in HubSpot within this time brings the meeting in. */
export const LATE_MATCH_DAYS = 30;

/** The choices that a workspace can make about its syncs; the contract's rule is what the defaults give. */
const fields = {
  /** Whose addresses are internal, besides the host's domain. */
  ownDomains: z.array(domain, isList).max(100, 'must not have more than 100 domains'),
  /** Makes a contact of every external participant who is neither a contact nor of a known company. */
  createMissingContacts: z.boolean(isSwitch),
  /** Custom object types (`2-…`) that are linked when they are associated with a linked record. */
  customObjectTypes: z
    .array(z.string(isText).regex(/^2-\d+$/, 'must be the 2-… id of a custom object type'), isList)
    .max(20, 'must not have more than 20 custom object types'),
  /** Shorter meetings are not synced; 0 for all. */
  minimumMinutes: z.number(isMinutes).int(isMinutes).min(0, isMinutes).max(1_440, isMinutes),
  /** A meeting with one of these words in its title is not synced, whatever the case. */
  excludedTitleWords: z
    .array(z.string(isText).trim().min(1, isTitleWord).max(100, isTitleWord), isList)
    .max(100, 'must not have more than 100 words'),
};

/** The whole settings as they are stored: what is missing has its default, what is unknown is from a later version. */
export const settingsSchema = z.object({
  ownDomains: fields.ownDomains.default([]),
  createMissingContacts: fields.createMissingContacts.default(false),
  customObjectTypes: fields.customObjectTypes.default([]),
  minimumMinutes: fields.minimumMinutes.default(0),
  excludedTitleWords: fields.excludedTitleWords.default([]),
});

/** Some of the settings, as `PATCH` takes them; an unknown one is an error that names it. */
export const settingsPatchSchema = z.strictObject(fields, { error: 'must be an object of settings' }).partial();

export type Settings = z.output<typeof settingsSchema>;
export type SettingsPatch = z.output<typeof settingsPatchSchema>;

/** Which setting leaves the meeting out, in words without meeting content, or null when none does. */
export function excludedBy(
  meeting: Pick<ProcessedMeeting, 'title' | 'startedAt' | 'endedAt' | 'private'>,
  settings: Settings,
): string | null {
  if (meeting.private === true) return 'private meetings are never synced';
  const minutes = (Date.parse(meeting.endedAt) - Date.parse(meeting.startedAt)) / 60_000;
  if (minutes < settings.minimumMinutes) return `meetings under ${settings.minimumMinutes} minutes are not synced`;
  const title = meeting.title.toLowerCase();
  const word = settings.excludedTitleWords.find((candidate) => title.includes(candidate.toLowerCase()));
  return word === undefined ? null : `titles with "${word}" are not synced`;
}
