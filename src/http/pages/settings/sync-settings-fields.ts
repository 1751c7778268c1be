import { message } from '../../../languages/text';
import { RETENTION_FIELDS } from './fields/retention-fields';
import type { SettingField } from './fields/setting-field';
import { TASK_FIELDS } from './fields/task-fields';
import { settingsPath, type SettingsPageId } from './settings-nav';

/** Fields that belong together. Those with a title are behind it, because few people need them. */
interface SettingGroup {
  readonly title: string | null;
  readonly fields: readonly SettingField[];
}

/** The settings of one page. */
export interface SettingsForm {
  /** The page's path below PUBLIC_URL, which the form is sent to. */
  readonly path: string;
  readonly intro: string;
  readonly groups: readonly SettingGroup[];
}

const LINES = /[\r\n]+/;

/** Each setting once, by the page that has it, in the order of the page. */
export const SETTINGS_FORMS = {
  hubspot: {
    path: settingsPath('hubspot'),
    intro: '',
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'searchesPerSecond',
            kind: 'number',
            unit: message('per second'),
            amount: message('{count, number} per second'),
            empty: null,
            label: message('Searches that we use'),
            effect: message(
              'HubSpot allows five searches a second for all apps of an account together. With 3, other apps keep two.',
            ),
          },
        ],
      },
    ],
  },
  meetings: {
    path: settingsPath('meetings'),
    intro: message('Changes apply to new meetings. Private meetings are never synced.'),
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'externalOnly',
            kind: 'switch',
            label: message('Skip internal meetings'),
            effect: message(
              'Meetings with only colleagues never go to HubSpot. If this is off, they do once a record is linked by hand.',
            ),
          },
          {
            name: 'minimumMinutes',
            kind: 'number',
            unit: message('minutes'),
            amount: message('{count, plural, one {# minute} other {# minutes}}'),
            empty: null,
            label: message('Skip meetings shorter than'),
            effect: message('A meeting with a record linked by hand is not skipped. 0 skips none.'),
          },
          {
            name: 'oneRecordingPerMeeting',
            kind: 'switch',
            label: message('One recording per calendar event'),
            effect: message('If two colleagues record the same call, keep only the first.'),
          },
          {
            name: 'ownDomains',
            kind: 'lines',
            none: message('only the host’s'),
            split: /[\s,;]+/,
            label: message('Your company’s e-mail domains'),
            effect: message(
              'One per line. People at these domains count as colleagues. The host’s domain is included.',
            ),
          },
          {
            name: 'excludedTitleWords',
            kind: 'lines',
            none: message('none'),
            split: LINES,
            label: message('Skip meetings with these words in the title'),
            effect: message('One per line. A meeting with a record linked by hand is not skipped.'),
          },
          ...RETENTION_FIELDS,
        ],
      },
    ],
  },
  linking: {
    path: settingsPath('linking'),
    intro: message('Changes apply to new meetings. Records that you link or unlink by hand stay as they are.'),
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'createMissingContacts',
            kind: 'one',
            label: message('Create missing contacts'),
            effect: message(
              'For guests who are not in HubSpot. Rooms, bots and shared mailboxes never become contacts.',
            ),
            options: [
              { value: 'never', label: message('Never') },
              { value: 'unknown_company', label: message('If their company is not in HubSpot either') },
              { value: 'always', label: message('Always') },
            ],
          },
          {
            name: 'openDealsOnly',
            kind: 'switch',
            label: message('Only open deals'),
            effect: message('Deals that were won or lost before the meeting began are not linked.'),
          },
          {
            name: 'maxDeals',
            kind: 'number',
            unit: message('deals'),
            amount: message('{count, plural, one {# deal} other {# deals}}'),
            empty: message('all'),
            label: message('Link at most this many deals'),
            effect: message(
              'The newest deals are linked first. Leave empty for all. Deals linked by hand are added to these.',
            ),
          },
          {
            name: 'lateMatchDays',
            kind: 'number',
            unit: message('days'),
            amount: message('{count, plural, one {# day} other {# days}}'),
            empty: null,
            label: message('Link people added to HubSpot within'),
            effect: message('For this many days after the meeting. 0 checks only once.'),
          },
          {
            name: 'lateLinkDays',
            kind: 'number',
            unit: message('days'),
            amount: message('{count, plural, one {# day} other {# days}}'),
            empty: null,
            label: message('Link deals added within'),
            effect: message('For this many days after the meeting. 0 links only deals that already exist.'),
          },
          {
            name: 'matchPhoneNumbers',
            kind: 'switch',
            label: message('Match phone numbers'),
            effect: message(
              'Participants without an e-mail address are matched if exactly one contact has their number, with its country code.',
            ),
          },
        ],
      },
      {
        title: message('Pipelines and custom objects'),
        fields: [
          {
            name: 'dealPipelines',
            kind: 'many',
            of: 'pipelines',
            none: message('all'),
            label: message('Deal pipelines'),
            effect: message('Only deals in the selected pipelines are linked. Select none for all.'),
          },
          {
            name: 'customObjectTypes',
            kind: 'many',
            of: 'objectTypes',
            none: message('none'),
            label: message('Also link these custom objects'),
            effect: message('If they are associated with a linked contact, company or deal.'),
          },
        ],
      },
      {
        title: message('Addresses to ignore'),
        fields: [
          {
            name: 'excludedDomains',
            kind: 'lines',
            none: message('none'),
            split: /[\s,;]+/,
            label: message('Ignore these domains'),
            effect: message(
              'One per line. People at these domains and their subdomains are never looked up and never become contacts.',
            ),
          },
          {
            name: 'excludedAddresses',
            kind: 'lines',
            none: message('none'),
            split: /[\s,;]+/,
            label: message('Ignore these addresses'),
            effect: message(
              'One per line: your own rooms, lists or bots. Well-known calendars and notetakers are ignored already.',
            ),
          },
          {
            name: 'freeMailDomains',
            kind: 'lines',
            none: message('none'),
            split: /[\s,;]+/,
            label: message('More free-mail domains'),
            effect: message(
              'One per line: domains of private mailboxes, which belong to no company. Well-known providers are included already.',
            ),
          },
        ],
      },
    ],
  },
  appearance: {
    path: settingsPath('appearance'),
    intro: message('Changes apply to new meetings, and to older ones when they are updated.'),
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'summaryType',
            kind: 'one',
            label: message('Write the Meeting Summary as'),
            effect: message('How it appears on the timeline and in reports. Existing summaries keep their type.'),
            options: [
              { value: 'meeting', label: message('Meeting') },
              { value: 'call', label: message('Call') },
              { value: 'note', label: message('Note') },
            ],
          },
          {
            name: 'joinCalendarMeeting',
            kind: 'switch',
            label: message('Use the meeting from the calendar'),
            effect: message(
              'Add the summary to the calendar meeting HubSpot already has, instead of a second one. HubSpot may show it to the guests.',
            ),
          },
          {
            name: 'editedActivities',
            kind: 'one',
            label: message('Changes that people make in HubSpot'),
            effect: message(
              'What an update does with text that a person changed in HubSpot. Kept changes are shown on the meeting’s page.',
            ),
            options: [
              { value: 'keep', label: message('Keep them') },
              { value: 'overwrite', label: message('Overwrite them') },
            ],
          },
          {
            name: 'recordingLinkFormat',
            kind: 'text',
            empty: message('no links'),
            label: message('Link from notes and clips to the recording'),
            effect: message(
              'For those without an address of their own. {url}?t={seconds} opens many players at the right second, {url} at the beginning. Leave empty for no links.',
            ),
          },
          ...TASK_FIELDS,
        ],
      },
    ],
  },
} as const satisfies Partial<Record<SettingsPageId, SettingsForm>>;

/** A page with settings. */
export type SettingsFormId = keyof typeof SETTINGS_FORMS;

/** The fields of a page. */
export function fieldsOf(id: SettingsFormId): readonly SettingField[] {
  return SETTINGS_FORMS[id].groups.flatMap<SettingField>(({ fields }) => fields);
}

/** All fields of all pages. */
export const SETTING_FIELDS: readonly SettingField[] = Object.values<SettingsForm>(SETTINGS_FORMS).flatMap(
  ({ groups }) => groups.flatMap(({ fields }) => fields),
);
