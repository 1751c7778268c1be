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
            unit: 'per second',
            empty: null,
            label: 'Searches that we use',
            effect:
              'HubSpot allows five searches a second for all apps of an account together. With 3, other apps keep two.',
          },
        ],
      },
    ],
  },
  meetings: {
    path: settingsPath('meetings'),
    intro: 'Changes apply to new meetings. Private meetings are never synced.',
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'externalOnly',
            kind: 'switch',
            label: 'Skip internal meetings',
            effect:
              'Meetings with only colleagues never go to HubSpot. If this is off, they do once a record is linked by hand.',
          },
          {
            name: 'minimumMinutes',
            kind: 'number',
            unit: 'minutes',
            empty: null,
            label: 'Skip meetings shorter than',
            effect: 'A meeting with a record linked by hand is not skipped. 0 skips none.',
          },
          {
            name: 'oneRecordingPerMeeting',
            kind: 'switch',
            label: 'One recording per calendar event',
            effect: 'If two colleagues record the same call, keep only the first.',
          },
          {
            name: 'ownDomains',
            kind: 'lines',
            none: "only the host's",
            split: /[\s,;]+/,
            label: 'Your company’s e-mail domains',
            effect: "One per line. People at these domains count as colleagues. The host's domain is included.",
          },
          {
            name: 'excludedTitleWords',
            kind: 'lines',
            none: 'none',
            split: LINES,
            label: 'Skip meetings with these words in the title',
            effect: 'One per line. A meeting with a record linked by hand is not skipped.',
          },
          {
            name: 'retentionDays',
            kind: 'number',
            unit: 'days',
            empty: 'never',
            label: 'Delete content after',
            effect:
              'Our copy of a meeting is deleted this many days after it was received. Its activities stay in HubSpot. Leave empty to keep everything.',
          },
        ],
      },
    ],
  },
  linking: {
    path: settingsPath('linking'),
    intro: 'Changes apply to new meetings. Records that you link or unlink by hand stay as they are.',
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'createMissingContacts',
            kind: 'one',
            label: 'Create missing contacts',
            effect: 'For guests who are not in HubSpot. Rooms, bots and shared mailboxes never become contacts.',
            options: [
              { value: 'never', label: 'Never' },
              { value: 'unknown_company', label: 'If their company is not in HubSpot either' },
              { value: 'always', label: 'Always' },
            ],
          },
          {
            name: 'openDealsOnly',
            kind: 'switch',
            label: 'Only open deals',
            effect: 'Deals that were won or lost before the meeting began are not linked.',
          },
          {
            name: 'maxDeals',
            kind: 'number',
            unit: 'deals',
            empty: 'all',
            label: 'Link at most this many deals',
            effect: 'The newest deals are linked first. Leave empty for all. Deals linked by hand are added to these.',
          },
          {
            name: 'lateMatchDays',
            kind: 'number',
            unit: 'days',
            empty: null,
            label: 'Link people added to HubSpot within',
            effect: 'For this many days after the meeting. 0 checks only once.',
          },
          {
            name: 'lateLinkDays',
            kind: 'number',
            unit: 'days',
            empty: null,
            label: 'Link deals added within',
            effect: 'For this many days after the meeting. 0 links only deals that already exist.',
          },
          {
            name: 'matchPhoneNumbers',
            kind: 'switch',
            label: 'Match phone numbers',
            effect:
              'Participants without an e-mail address are matched if exactly one contact has their number, with its country code.',
          },
        ],
      },
      {
        title: 'Pipelines and custom objects',
        fields: [
          {
            name: 'dealPipelines',
            kind: 'many',
            of: 'pipelines',
            none: 'all',
            label: 'Deal pipelines',
            effect: 'Only deals in the selected pipelines are linked. Select none for all.',
          },
          {
            name: 'customObjectTypes',
            kind: 'many',
            of: 'objectTypes',
            none: 'none',
            label: 'Also link these custom objects',
            effect: 'If they are associated with a linked contact, company or deal.',
          },
        ],
      },
      {
        title: 'Addresses to ignore',
        fields: [
          {
            name: 'excludedDomains',
            kind: 'lines',
            none: 'none',
            split: /[\s,;]+/,
            label: 'Ignore these domains',
            effect:
              'One per line. People at these domains and their subdomains are never looked up and never become contacts.',
          },
          {
            name: 'excludedAddresses',
            kind: 'lines',
            none: 'none',
            split: /[\s,;]+/,
            label: 'Ignore these addresses',
            effect:
              'One per line: your own rooms, lists or bots. Well-known calendars and notetakers are ignored already.',
          },
          {
            name: 'freeMailDomains',
            kind: 'lines',
            none: 'none',
            split: /[\s,;]+/,
            label: 'More free-mail domains',
            effect:
              'One per line: domains of private mailboxes, which belong to no company. Well-known providers are included already.',
          },
        ],
      },
    ],
  },
  appearance: {
    path: settingsPath('appearance'),
    intro: 'Changes apply to new meetings, and to older ones when they are updated.',
    groups: [
      {
        title: null,
        fields: [
          {
            name: 'summaryType',
            kind: 'one',
            label: 'Write the Meeting Summary as',
            effect: 'How it appears on the timeline and in reports. Existing summaries keep their type.',
            options: [
              { value: 'meeting', label: 'Meeting' },
              { value: 'call', label: 'Call' },
              { value: 'note', label: 'Note' },
            ],
          },
          {
            name: 'joinCalendarMeeting',
            kind: 'switch',
            label: 'Use the meeting from the calendar',
            effect:
              'Add the summary to the calendar meeting HubSpot already has, instead of a second one. HubSpot may show it to the guests.',
          },
          {
            name: 'editedActivities',
            kind: 'one',
            label: 'Changes that people make in HubSpot',
            effect:
              'What an update does with text that a person changed in HubSpot. Kept changes are shown on the meeting’s page.',
            options: [
              { value: 'keep', label: 'Keep them' },
              { value: 'overwrite', label: 'Overwrite them' },
            ],
          },
          {
            name: 'recordingLinkFormat',
            kind: 'text',
            empty: 'no links',
            label: 'Link from notes and clips to the recording',
            effect:
              'For those without an address of their own. {url}?t={seconds} opens many players at the right second, {url} at the beginning. Leave empty for no links.',
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
