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
        label: 'Only meetings with somebody from outside',
        effect:
          'On: a meeting of colleagues alone is never written, not even when somebody links a record to it by hand. Off: it is written once a record is linked by hand.',
      },
      {
        name: 'minimumMinutes',
        kind: 'number',
        unit: 'minutes',
        empty: null,
        label: 'Minimum length',
        effect: 'Shorter meetings are skipped, unless somebody links a record by hand. 0 takes all.',
      },
      {
        name: 'excludedTitleWords',
        kind: 'lines',
        none: 'none',
        split: LINES,
        label: 'Words that exclude a meeting',
        effect:
          'One a line. A meeting with one of them anywhere in its title is skipped, whatever the case, unless somebody links a record by hand.',
      },
      {
        name: 'oneRecordingPerMeeting',
        kind: 'switch',
        label: 'One recording per meeting',
        effect:
          'When two colleagues record the same calendar event: on, only the first recording is written; off, both are, and each says so.',
      },
    ],
  },
  {
    id: 'who-and-what',
    title: 'Who and what is linked',
    fields: [
      {
        name: 'ownDomains',
        kind: 'lines',
        none: "only the host's",
        split: /[\s,;]+/,
        label: 'Own domains',
        effect:
          "One a line. People with these domains are colleagues and are never looked up in HubSpot. The host's own domain always counts, so this is for further ones.",
      },
      {
        name: 'excludedDomains',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'Domains that are no people',
        effect:
          'One a line. Addresses of these domains, and of those below them, are never looked up in HubSpot and never become contacts. Calendars, meeting rooms and notetakers that everyone knows are excluded already.',
      },
      {
        name: 'excludedAddresses',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'Addresses that are no people',
        effect:
          'One a line: rooms, lists or bots of your own. They are never looked up in HubSpot and never become contacts.',
      },
      {
        name: 'freeMailDomains',
        kind: 'lines',
        none: 'none',
        split: /[\s,;]+/,
        label: 'Further free mail',
        effect:
          'One a line: domains where private people have their mail, such as an access provider of your region. An address there says nothing about a company. Those that are known everywhere count already.',
      },
      {
        name: 'createMissingContacts',
        kind: 'one',
        label: 'Create missing contacts',
        effect:
          'An outside participant whom HubSpot does not know becomes a contact there, with the companies of their domain, the host or the company’s owner as owner, and the meeting as its source in the property Message. Rooms, bots and shared mailboxes never do. Never: they are listed on the meeting, and nothing is made.',
        options: [
          { value: 'never', label: 'never' },
          { value: 'unknown_company', label: 'when their company is unknown, too' },
          { value: 'always', label: 'always' },
        ],
      },
      {
        name: 'matchPhoneNumbers',
        kind: 'switch',
        label: 'Match phone numbers',
        effect:
          'On: a participant without an address is matched by phone number, when exactly one contact has it as phone or mobile phone. The number needs its country code. Off: only addresses are matched.',
      },
      {
        name: 'openDealsOnly',
        kind: 'switch',
        label: 'Only open deals',
        effect: 'On: deals that were closed, won or lost, before the meeting began are not linked. Off: all deals are.',
      },
      {
        name: 'dealPipelines',
        kind: 'many',
        of: 'pipelines',
        none: 'all',
        label: 'Deal pipelines',
        effect: 'Only deals of the chosen pipelines are linked. With none chosen, those of every pipeline are.',
      },
      {
        name: 'maxDeals',
        kind: 'number',
        unit: 'deals',
        empty: 'all',
        label: 'At most so many deals',
        effect:
          'Of the deals that a meeting reaches, only the most recently created ones are linked. Empty links all. Deals linked by hand come on top.',
      },
      {
        name: 'customObjectTypes',
        kind: 'many',
        of: 'objectTypes',
        none: 'none',
        label: 'Custom objects',
        effect:
          'Records of the chosen types are linked when they are associated with a contact, company or deal that is linked. This costs a few more calls of HubSpot for each meeting.',
      },
    ],
  },
  {
    id: 'how-written',
    title: 'How it is written',
    fields: [
      {
        name: 'summaryType',
        kind: 'one',
        label: 'The Meeting Summary is written as',
        effect:
          'What it looks like on the timeline, and which reports of HubSpot count it. Summaries that stand in HubSpot already stay what they are.',
        options: [
          { value: 'meeting', label: 'a meeting' },
          { value: 'call', label: 'a call' },
          { value: 'note', label: 'a note' },
        ],
      },
      {
        name: 'joinCalendarMeeting',
        kind: 'switch',
        label: 'Write into the meeting from the calendar',
        effect:
          'Where HubSpot already has the meeting from a synced calendar: on, the summary is written into that one, below what people wrote; off, it stands beside it.',
      },
      {
        name: 'editedActivities',
        kind: 'one',
        label: 'What people changed in HubSpot',
        effect:
          'When an activity is written again and a person changed its title, text or another field in HubSpot: their change is kept and the meeting says so, or the activity is written as the meeting has it.',
        options: [
          { value: 'keep', label: 'is kept' },
          { value: 'overwrite', label: 'is overwritten' },
        ],
      },
    ],
  },
  {
    id: 'windows',
    title: 'How long meetings stay open for news',
    fields: [
      {
        name: 'lateMatchDays',
        kind: 'number',
        unit: 'days',
        empty: null,
        label: 'Late matches',
        effect:
          'A participant who becomes known in HubSpot within so many days after the meeting brings it in. 0 looks only once.',
      },
      {
        name: 'lateLinkDays',
        kind: 'number',
        unit: 'days',
        empty: null,
        label: 'Late deals',
        effect:
          'A deal that is associated with a linked contact or company within so many days after the meeting is linked, too. 0 links only those that were there.',
      },
    ],
  },
  {
    id: 'hubspot-limits',
    title: 'How much of HubSpot’s limits is used',
    fields: [
      {
        name: 'searchesPerSecond',
        kind: 'number',
        unit: 'a second',
        empty: null,
        label: 'Searches',
        effect:
          'HubSpot allows five searches a second, for all apps of the account together. This app uses at most so many, and fewer for a while after HubSpot refused one. With 3, other apps keep two a second.',
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
        empty: 'for ever',
        label: 'Erase content after',
        effect:
          'So many days after a meeting came in, its content, participants and links are erased here, and its activities in HubSpot are no longer kept up to date. They stay in HubSpot. Empty keeps everything.',
      },
    ],
  },
];

/** All fields of all sections. */
export const SETTING_FIELDS: readonly SettingField[] = SETTING_SECTIONS.flatMap(({ fields }) => fields);
