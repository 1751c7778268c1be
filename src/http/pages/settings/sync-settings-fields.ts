import type { SettingName } from '../../../meeting/settings';

/** The kind of a setting's form field. */
export type FieldKind =
  | { readonly kind: 'switch' }
  /** `empty`: the meaning of an empty field; null when a number is required. */
  | { readonly kind: 'number'; readonly unit: string; readonly empty: string | null }
  /** One value per line; `split` is the separator, because people also separate values by commas. */
  | { readonly kind: 'lines'; readonly none: string; readonly split: RegExp }
  /** Options from HubSpot. A text field while none are known. */
  | { readonly kind: 'many'; readonly none: string; readonly of: 'pipelines' | 'objectTypes' }
  | { readonly kind: 'one'; readonly options: readonly { readonly value: string; readonly label: string }[] };

/** A setting, as people read it. */
export type SettingField = FieldKind & {
  readonly name: SettingName;
  readonly label: string;
  /** What the setting does, and what it costs or saves. */
  readonly effect: string;
};

export interface SettingSection {
  readonly id: string;
  readonly title: string;
  readonly fields: readonly SettingField[];
}

const LINES = /[\r\n]+/;

/** Each setting once, in the order of the form. */
export const SETTING_SECTIONS: readonly SettingSection[] = [
  {
    id: 'which-meetings',
    title: 'Which meetings',
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
        label: 'Minimum length',
        effect: 'Shorter meetings are skipped, unless a record is linked by hand. 0 skips none.',
      },
      {
        name: 'excludedTitleWords',
        kind: 'lines',
        none: 'none',
        split: LINES,
        label: 'Skip meetings with these words in the title',
        effect: 'One per line, in upper or lower case. A meeting is not skipped if a record is linked by hand.',
      },
      {
        name: 'oneRecordingPerMeeting',
        kind: 'switch',
        label: 'One recording per calendar event',
        effect: 'If two colleagues record the same call, keep only the first.',
      },
    ],
  },
  {
    id: 'who-and-what',
    title: 'What gets linked',
    fields: [
      {
        name: 'ownDomains',
        kind: 'lines',
        none: "only the host's",
        split: /[\s,;]+/,
        label: 'Your company’s e-mail domains',
        effect: "One per line. People at these domains count as colleagues. The host's domain is included.",
      },
      {
        name: 'excludedDomains',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'Ignore these domains',
        effect:
          'One per line. Addresses at these domains and their subdomains are never looked up in HubSpot and never become contacts. Well-known calendars, meeting rooms and notetakers are ignored already.',
      },
      {
        name: 'excludedAddresses',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'Ignore these addresses',
        effect:
          'One per line: your own rooms, lists or bots. They are never looked up in HubSpot and never become contacts.',
      },
      {
        name: 'freeMailDomains',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'More free-mail domains',
        effect:
          'One per line: domains where people have private mailboxes, such as a regional internet provider. Addresses there are not matched to a company. Well-known providers are included already.',
      },
      {
        name: 'createMissingContacts',
        kind: 'one',
        label: 'Create missing contacts',
        effect:
          'Create a contact for guests who are not in HubSpot, with the company of their domain. The owner is the host, or else the company’s owner. The property Message names the meeting as the source. Rooms, bots and shared mailboxes never become contacts.',
        options: [
          { value: 'never', label: 'never' },
          { value: 'unknown_company', label: 'only if their company is not in HubSpot either' },
          { value: 'always', label: 'always' },
        ],
      },
      {
        name: 'matchPhoneNumbers',
        kind: 'switch',
        label: 'Match phone numbers',
        effect:
          'A participant without an e-mail address is matched by phone number, if exactly one contact has it as phone or mobile number. The number needs its country code.',
      },
      {
        name: 'openDealsOnly',
        kind: 'switch',
        label: 'Only open deals',
        effect: 'Deals that were won or lost before the meeting began are not linked.',
      },
      {
        name: 'dealPipelines',
        kind: 'many',
        of: 'pipelines',
        none: 'all',
        label: 'Deal pipelines',
        effect: 'Only deals in the selected pipelines are linked. Select none to link deals in every pipeline.',
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
        name: 'customObjectTypes',
        kind: 'many',
        of: 'objectTypes',
        none: 'none',
        label: 'Also link these custom objects',
        effect:
          'Records that are associated with a linked contact, company or deal. Needs a few more API calls per meeting.',
      },
    ],
  },
  {
    id: 'how-written',
    title: 'How it looks in HubSpot',
    fields: [
      {
        name: 'summaryType',
        kind: 'one',
        label: 'Write the Meeting Summary as',
        effect:
          'Decides how it looks on the timeline and which HubSpot reports count it. Existing summaries keep their type.',
        options: [
          { value: 'meeting', label: 'a meeting' },
          { value: 'call', label: 'a call' },
          { value: 'note', label: 'a note' },
        ],
      },
      {
        name: 'joinCalendarMeeting',
        kind: 'switch',
        label: 'Use the meeting from the calendar',
        effect:
          'Add the summary to the calendar meeting HubSpot already has, instead of a second one. It goes below what people wrote, and HubSpot may show it to the guests.',
      },
      {
        name: 'editedActivities',
        kind: 'one',
        label: 'Changes that people make in HubSpot',
        effect:
          'If a person changed an activity in HubSpot before we update it: keep their change and show it on the meeting’s page, or overwrite it.',
        options: [
          { value: 'keep', label: 'keep' },
          { value: 'overwrite', label: 'overwrite' },
        ],
      },
    ],
  },
  {
    id: 'windows',
    title: 'Catch up later',
    fields: [
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
    ],
  },
  {
    id: 'hubspot-limits',
    title: 'HubSpot API limits',
    fields: [
      {
        name: 'searchesPerSecond',
        kind: 'number',
        unit: 'per second',
        empty: null,
        label: 'Searches',
        effect:
          'HubSpot allows five searches a second for all apps of an account together. We use at most this many, and fewer for a while after HubSpot refuses one. With 3, other apps keep two.',
      },
    ],
  },
  {
    id: 'retention',
    title: 'How long content is kept',
    fields: [
      {
        name: 'retentionDays',
        kind: 'number',
        unit: 'days',
        empty: 'never',
        label: 'Delete content after',
        effect:
          'The content, participants and links of a meeting are deleted here this many days after it was received. Its activities stay in HubSpot and are no longer updated. Leave empty to keep everything.',
      },
    ],
  },
];

/** All fields of all sections. */
export const SETTING_FIELDS: readonly SettingField[] = SETTING_SECTIONS.flatMap(({ fields }) => fields);
