import { OPTIONAL_SCOPE_USES } from '../../src/hubspot/client/oauth';
import { DATE_TIME } from '../../src/meeting/intake/meeting-times';
import { recordLeftOut, LEFT_OUT_RULES } from '../../src/meeting/linking/left-out';
import { reasons, type DeletedActivity } from '../../src/meeting/reasons';
import type { ReasonCode, SyncReason } from '../../src/meeting/status';
import { editedRemainsWarning, editedWarnings } from '../../src/meeting/warnings/edited-warnings';
import * as passWarnings from '../../src/meeting/warnings/pass-warnings';
import { listWarnings } from '../../src/meeting/warnings/warnings';
import { DATABASE_FAILURES } from '../../src/store/failures';
import { unknownReport } from '../../src/http/api/analytics';
import { PROBLEMS } from '../../src/http/plumbing/problems';
import { sampleLineErrors } from './invalid-lines';
import { pageTexts } from './page-texts';

const UNTIL = '2026-11-04T00:00:00Z';
const RULE = 'Property "region" is required';
const PEOPLE = { participants: [{ email: 'ana@acme.example' }] };

/** Every reason, with each form of its sentences. */
export const sampleReasons: Readonly<Record<ReasonCode, readonly SyncReason[]>> = {
  not_connected: [reasons.not_connected()],
  reauthorize: [
    reasons.reauthorize(),
    reasons.reauthorize({
      why: 'the app was uninstalled, or the user who connected it lost access (HubSpot: “expired”)',
    }),
    reasons.reauthorize({
      why: 'this account is in another HubSpot data center now, and has to be connected again there (HubSpot: “moved”)',
    }),
    reasons.reauthorize({
      why: 'this account is in another HubSpot data center now (eu1), and has to be connected again there (HubSpot: “moved”)',
    }),
  ],
  missing_scope: [
    reasons.missing_scope({ scopes: ['crm.objects.deals.read', 'crm.objects.custom.read'] }),
    reasons.missing_scope({ scopes: [] }),
    reasons.missing_scope({ scopes: [], message: 'The user cannot view deals' }),
  ],
  contact_limit: [reasons.contact_limit()],
  app_misconfigured: [reasons.app_misconfigured({ message: 'missing client id' })],
  hubspot_unavailable: [
    'HTTP 502',
    'it did not answer for hours',
    'HubSpot could not be reached',
    'HubSpot gave no whole answer',
    'a firewall in front of HubSpot answered 403 with a page',
  ].map((detail) => reasons.hubspot_unavailable({ detail })),
  hubspot_rejected: [
    reasons.hubspot_rejected({ rule: RULE }),
    reasons.hubspot_rejected({ rule: RULE, read: true }),
    ...[1, 2, 5].map((count) =>
      reasons.hubspot_rejected({
        rule: RULE,
        properties: Array.from({ length: count }, (_, index) => ({ name: `p${index}`, rule: 'one, two and three' })),
      }),
    ),
  ],
  hubspot_down: [reasons.hubspot_down({ until: UNTIL }), reasons.hubspot_down({ until: null })],
  rate_limited: [
    reasons.rate_limited({ until: UNTIL }),
    reasons.rate_limited({ until: null, lookedUp: { people: 5, of: 20 } }),
  ],
  daily_limit: [reasons.daily_limit({ until: UNTIL })],
  no_crm_match: [0, 1, 30].map((lateMatchDays) => reasons.no_crm_match({ lateMatchDays })),
  internal_only: [reasons.internal_only()],
  unlinked_by_hand: [reasons.unlinked_by_hand()],
  meeting_excluded: texts('src/meeting/settings.ts', (text) => text.endsWith('are not synced')).map((setting) =>
    reasons.meeting_excluded({ setting }),
  ),
  private: [reasons.private()],
  deleted_in_hubspot: [
    ...([[], ['summary'], ['notes'], ['calendar_meeting'], ['summary', 'notes']] as const),
    ['calendar_meeting', 'notes'] as const,
  ].map((missing: readonly DeletedActivity[]) => reasons.deleted_in_hubspot({ missing })),
  recorded_twice: [reasons.recorded_twice()],
  key_missing: [reasons.key_missing({ keyId: 'main' })],
  activities_remain: [
    reasons.activities_remain({
      activities: [
        { portalId: 7, objectType: 'meetings', id: '12' },
        { portalId: 7, objectType: 'calls', id: '13' },
        { portalId: 7, objectType: 'notes', id: null },
      ],
    }),
  ],
  being_deleted: [reasons.being_deleted()],
  content_expired: [1, 365].map((retentionDays) => reasons.content_expired({ retentionDays })),
  cancelled: [reasons.cancelled()],
  internal_error: [reasons.internal_error({ reference: 'run-1' })],
};

/** Every warning, and the warnings about posted values. */
export function sampleWarnings(): string[] {
  const {
    addressWarnings,
    associationWarning,
    calendarWarning,
    contactCompanyWarning,
    contactExtraWarning,
    contactLimitWarning,
    contactWarning,
    customTypeWarning,
    extraWarning,
    ownerWarning,
    taskWarning,
  } = passWarnings;
  const refused = { name: 'region', rule: RULE };
  const written = (['summary', 'notes'] as const).flatMap((kind) => [
    extraWarning(kind, refused),
    associationWarning(kind, { objectType: 'deals', id: '1' }, RULE),
    editedRemainsWarning(kind, 'hs_note_body'),
    ...editedWarnings(kind, EDITABLE),
  ]);
  const others = [
    ownerWarning(RULE),
    ...addressWarnings(PEOPLE, new Map([['ana@acme.example', RULE]])),
    contactWarning(PEOPLE, 'ana@acme.example', RULE),
    contactLimitWarning(PEOPLE, 'ana@acme.example'),
    contactExtraWarning(refused),
    contactCompanyWarning(refused),
    customTypeWarning('2-1', RULE),
    calendarWarning(RULE),
    taskWarning(0, RULE),
    extraWarning('tasks', refused),
    associationWarning('tasks', { objectType: 'deals', id: '1' }, RULE),
    ...[101, 2_100].map((count) => listWarnings(Array.from({ length: count }, () => ownerWarning(RULE))).at(-1)),
  ];
  const messages = [...written, ...others].flatMap((warning) => warning?.message ?? []);
  return [
    ...messages,
    ...INTAKE.flatMap((file) => texts(`src/meeting/intake/${file}`, isSentence)),
    'The host has no e-mail address: that of the internal participant who can be the host was taken.',
    `This is not ${DATE_TIME}: the start is taken for it.`,
  ];
}

/** Other sentences that pages show: of rules, values for properties, problems, lines of a file, and connecting. */
export function otherStoredSentences(): string[] {
  return [
    ...LEFT_OUT_RULES.map((rule) => recordLeftOut(rule, { objectType: 'deals', id: '1' }).message),
    ...Object.values(PROBLEMS).map(({ title }) => title),
    ...Object.values(DATABASE_FAILURES).map((failure) => `Something went wrong on our side: ${failure}`),
    ...SOURCES.flatMap((file) => texts(file, isSentence)),
    ...sampleLineErrors(),
    ...texts('src/http/analytics-query.ts', (text) => FILTER_PROBLEMS.test(text)),
    unknownReport('x').message,
    'Too many API keys from this address were refused.',
    'Too many sign-in links from this address were refused.',
    'Too many sign-ins from this address were refused.',
    'single sign-on',
    'sign-in with HubSpot',
    ...accessSentences(),
    ...settingProblems(),
    ...Object.values(OPTIONAL_SCOPE_USES),
  ];
}

/** Sentences in the history of access, and those who act in it. */
function accessSentences(): string[] {
  const isChange = (text: string) => /^(?:changed|narrowed|revoked|removed) /.test(text);
  return [
    ...RECORDERS.flatMap((file) => pageTexts(file).recorded.map(({ text }) => filled(text))),
    ...texts('src/store/access/api-keys.ts', isChange),
    ...texts('src/store/access/roles.ts', isChange),
    'the operator',
    'a sign-in link',
    'API key "7"',
    'via API key "7"',
    'a person via API key "7"',
    'a link for an admin, made by 7',
  ];
}

/** What is wrong with a setting or a name. A form has no null: its field is empty. */
function settingProblems(): string[] {
  const isProblem = (text: string) => /^must (?!be an object)/.test(text);
  return CHECKED.flatMap((file) => texts(file, isProblem).map((text) => text.replace('or null ', 'or empty ')));
}

const EDITABLE = [
  'hs_meeting_title',
  'hs_note_body',
  'hubspot_owner_id',
  'hs_timestamp',
  'hs_meeting_start_time',
  'hs_meeting_end_time',
  'hs_meeting_outcome',
  'hs_call_recording_url',
  'hs_call_duration',
  'hs_call_status',
  'hs_call_direction',
  'region',
];
/** What filters of the reports are not valid. Forms send no other parameters that could be. */
const FILTER_PROBLEMS = /^must be (?:a date|the e-mail|an id|a record's|a custom|a text)/;
const INTAKE = ['attendees.ts', 'given-values.ts', 'meeting-times.ts', 'read-meeting.ts'];
const RECORDERS = ['src/store/access/*.ts', 'src/connection/connect.ts', 'src/http/{api,pages}/**/*.ts'];
const CHECKED = [
  'src/meeting/settings.ts',
  'src/meeting/fields/mapping.ts',
  'src/meeting/content/recording-link.ts',
  'src/http/people-input.ts',
];
const SOURCES = [
  'src/connection/connect.ts',
  'src/connection/connect-outcomes.ts',
  'src/connection/standard-properties.ts',
  'src/http/admission.ts',
  'src/http/custom-object-types.ts',
  'src/http/limits.ts',
  'src/http/plumbing/errors.ts',
  'src/http/plumbing/hubspot-problems.ts',
  'src/http/plumbing/in-flight.ts',
  'src/http/record-choices.ts',
  'src/http/reviews.ts',
  'src/meeting/fields/review.ts',
  'src/meeting/fields/to-property.ts',
  'src/meeting/tasks/planned-steps.ts',
  'src/planning/fields/decide-property.ts',
];

/** Texts in a file that match. */
function texts(file: string, matches: (text: string) => boolean): string[] {
  return pageTexts(file)
    .unmarked.map(({ text }) => filled(text))
    .filter((text) => matches(text));
}

/** A text with `7` for each value in it. */
function filled(text: string): string {
  return text.replaceAll('\u0000', '7');
}

/** A sentence, and not the description of a field or a part of a text. */
function isSentence(text: string): boolean {
  return /^[A-Z“7].*\.$/.test(text) && text.includes(' ');
}
