import { recordUrl } from '../../../meeting/hubspot-urls';
import { objectTypeId } from '../../../meeting/object-types';
import { recordKey, type RecordRef } from '../../../meeting/linking/cascade';
import type { UnmatchedPerson, EngagementRef } from '../../../meeting/status';
import type { PreviewedActivity } from '../../../meeting/preview';
import { hasKeptEdits } from '../../../meeting/warnings/edited-warnings';
import type { Warning } from '../../../meeting/warnings/warnings';
import type { StoredLink } from '../../../store/meetings/links';
import type { TemporalUi } from '../../../store/meetings/status-documents';
import { shownHtml } from './activity-html';
import { httpLink } from '../layout/format';
import { historyOf, type PassLine } from './history-models';
import type { MeetingData } from './meeting-data';
import { reasonBox, type ReasonBox } from './reason-models';
import { recordTree, type KnownLink, type RecordNode, type RootNode } from './record-tree';
import {
  counted,
  kindOf,
  meetingPath,
  statusWord,
  timeOf,
  titleOf,
  type StatusWord,
  type Time,
} from '../layout/status-words';
import type { FilledView } from '../layout/view';
import { EXAMPLE_MEETING_ID } from '../../../meeting/intake/example';

/** A record, as pages show it. */
export interface RecordLine {
  readonly objectType: string;
  readonly id: string;
  readonly kind: string;
  readonly name: string;
  readonly url: string | null;
}

/** A record of the tree. */
export interface TreeLine extends RecordLine {
  /** For people who cannot see the tree's lines: the record that led to this one. */
  readonly why: string;
  /** Additional information: the record is deleted in HubSpot. */
  readonly note: string | null;
  readonly children: readonly TreeLine[];
}

interface ActivityBox {
  readonly name: string;
  /** HubSpot's name for it: Meeting, Call, Note. */
  readonly kind: string;
  readonly url: string | null;
  /** Whether it is in HubSpot. */
  readonly state: StatusWord;
  readonly title: string | null;
  /** HTML with only a few tags. */
  readonly html: string;
}

export interface MeetingPageModel {
  readonly meetingId: string;
  readonly path: string;
  readonly heading: string;
  readonly when: Time;
  readonly status: StatusWord;
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  readonly reason: ReasonBox | null;
  readonly erasing: boolean;
  readonly activities: readonly ActivityBox[];
  readonly tree: readonly { readonly label: string; readonly note: string; readonly records: readonly TreeLine[] }[];
  readonly linkCount: string | null;
  readonly unlinked: readonly RecordLine[];
  readonly refused: readonly (RecordLine & { readonly message: string })[];
  readonly unmatched: readonly {
    readonly label: string;
    readonly email: string | null;
    readonly search: string;
    readonly canCreate: boolean;
  }[];
  readonly warnings: readonly Warning[];
  /** Whether changes that people made in HubSpot were kept, and Overwrite would replace them. */
  readonly canOverwrite: boolean;
  readonly sameEvent: readonly { readonly meetingId: string; readonly path: string }[];
  readonly history: readonly PassLine[];
  readonly workflowUrl: string | null;
  readonly workflowId: string;
  readonly times: readonly ({ readonly name: string } & Time)[];
  /** False once the meeting is deleted or being deleted. */
  readonly canChange: boolean;
  /** Changing links also needs the connected account to be that of the meeting. */
  readonly canLink: boolean;
  readonly isExample: boolean;
}

export const meetingView = (model: MeetingPageModel): FilledView => ({ template: 'meeting', model });

const ACTIVITY_KINDS: Readonly<Record<string, string>> = { meetings: 'Meeting', calls: 'Call', notes: 'Note' };

/** The model of a meeting's page. Times are in the account's time zone, or in UTC without an account. */
export function meetingPage(data: MeetingData, ui: TemporalUi): MeetingPageModel {
  const { row, document, connection } = data;
  const timeZone = connection?.time_zone ?? 'UTC';
  const { meetingId } = document;
  const canChange = document.status !== 'deleted' && !row.erasing;
  const sameAccount = connection !== null && (row.portal_id === null || row.portal_id === connection.portal_id);
  const canLink = canChange && sameAccount;
  const createable = new Set(data.people?.external.filter(({ shared }) => !shared).map(({ shown }) => shown));
  const present = data.links.filter((link) => link.refused === null);
  return {
    meetingId,
    path: meetingPath(meetingId),
    heading: titleOf({ meetingId, title: row.title }),
    when: timeOf(row.started_at, timeZone),
    status: statusWord(document.status, document.reason?.code ?? null),
    facts: factsOf(data),
    reason: document.reason && reasonBox(document.reason, document.unmatched, timeZone),
    erasing: row.erasing,
    activities: activitiesOf(data),
    tree: recordTree(
      present.map((link): KnownLink & StoredLink => ({
        ...link,
        properties: data.records.get(recordKey(link))?.properties ?? null,
      })),
      data.people?.external ?? [],
    ).map((root) => ({ ...rootWords(root), records: root.records.map((node) => treeLine(node, data, null)) })),
    linkCount: present.length === 0 ? null : counted(present.length, 'record', 'records'),
    unlinked: data.choices.filter(({ choice }) => choice === 'unlinked').map((record) => recordLine(record, data)),
    refused: data.links.flatMap((link) =>
      link.refused === null ? [] : [{ ...recordLine(link, data), message: link.refused }],
    ),
    unmatched: document.unmatched.map((person) => ({
      label: personWords(person),
      email: person.email,
      search: person.email ?? person.name ?? '',
      canCreate: canLink && person.email !== null && createable.has(person.email),
    })),
    warnings: document.warnings,
    canOverwrite: canChange && hasKeptEdits(row.pass_warnings),
    sameEvent: document.sameEvent.map((id) => ({ meetingId: id, path: meetingPath(id) })),
    history: historyOf(data.passes, { workflowId: document.workflow.id, ui, timeZone }),
    workflowUrl: httpLink(document.workflow.url),
    workflowId: document.workflow.id,
    times: [
      { name: 'Received', iso: document.acceptedAt },
      ...(document.syncedAt === null ? [] : [{ name: 'Synced', iso: document.syncedAt }]),
      { name: 'Last change', iso: document.updatedAt },
    ].map(({ name, iso }) => ({ name, ...timeOf(iso, timeZone) })),
    canChange,
    canLink,
    isExample: meetingId === EXAMPLE_MEETING_ID,
  };
}

/** A record's name and the URL of its page, which exists only in the connected account. */
export function recordLine(
  record: RecordRef,
  { names, typeNames, row, connection }: Pick<MeetingData, 'names' | 'typeNames' | 'row' | 'connection'>,
): RecordLine {
  const { objectType, id } = record;
  const kind = kindOf(objectType, typeNames.get(objectType));
  const ours = connection !== null && (row.portal_id === null || connection.portal_id === row.portal_id);
  return {
    objectType,
    id,
    kind,
    name: names.get(recordKey(record)) ?? id,
    url: ours ? httpLink(recordUrl(connection.ui_domain, connection.portal_id, objectTypeId(objectType), id)) : null,
  };
}

function treeLine(node: RecordNode<KnownLink>, data: MeetingData, from: RecordLine | null): TreeLine {
  const { link } = node;
  const line = recordLine(link, data);
  return {
    ...line,
    why: from === null ? '' : `through ${from.kind.toLowerCase()} ${from.name}`,
    note:
      data.records.get(recordKey(link))?.archived === true ? 'deleted in HubSpot, and unlinked at the next sync' : null,
    children: node.children.map((child) => treeLine(child, data, line)),
  };
}

function rootWords({ began, people }: RootNode<KnownLink>): { readonly label: string; readonly note: string } {
  const named = people.map(personWords).join(', ');
  switch (began) {
    case 'people':
      return named === ''
        ? { label: 'A participant', note: 'has the address of' }
        : { label: named, note: people.length === 1 ? 'has the address of' : 'have the addresses of' };
    case 'domain':
      return named === ''
        ? { label: "A participant's domain", note: 'is the domain of' }
        : { label: named, note: people.length === 1 ? 'has the domain of' : 'have the domain of' };
    case 'hand':
      return { label: 'Linked by hand', note: '' };
    case 'gone':
      return { label: 'Through a record that is no longer linked', note: 'the meeting did take place with' };
  }
}

function factsOf({ row, people }: MeetingData): MeetingPageModel['facts'] {
  const { body } = row;
  if (body === null) return [];
  const minutes = Math.round((Date.parse(body.endedAt) - Date.parse(body.startedAt)) / 60_000);
  const { aiScore } = body.summary;
  const outside = [...(people?.external ?? []), ...(people?.withoutAddress ?? [])];
  const colleagues = people?.internal ?? [];
  return [
    { name: 'Length', text: counted(minutes, 'minute', 'minutes') },
    { name: 'Host', text: personWords({ name: body.host.name ?? null, email: body.host.email }) },
    ...(outside.length === 0 ? [] : [{ name: 'Participants', text: outside.map(personWords).join(', ') }]),
    ...(colleagues.length === 0 ? [] : [{ name: 'Colleagues', text: colleagues.map(personWords).join(', ') }]),
    ...(aiScore === undefined
      ? []
      : [
          {
            name: 'AI Score',
            text: `${aiScore.value}/${aiScore.max}${aiScore.label === undefined ? '' : ` · ${aiScore.label}`}`,
          },
        ]),
  ];
}

function activitiesOf({ document, activities, row }: MeetingData): ActivityBox[] {
  if (activities === null) return [];
  const box = (name: string, preview: PreviewedActivity, reference: EngagementRef | null): ActivityBox => ({
    name,
    kind: ACTIVITY_KINDS[reference?.objectType ?? preview.objectType] ?? 'Activity',
    url: reference === null ? null : httpLink(reference.url),
    state:
      reference === null
        ? { word: row.status === 'skipped' ? 'Not in HubSpot' : 'Not in HubSpot yet', tone: 'off' }
        : { word: 'In HubSpot', tone: 'good' },
    title: preview.title,
    html: shownHtml(preview.body),
  });
  return [
    box('Meeting Summary', activities.summary, document.engagements.summary),
    ...(activities.notes === null ? [] : [box('Smart Category Notes', activities.notes, document.engagements.notes)]),
  ];
}

/** `Ana Ruiz <ana@acme.example>`, or the part of it that is known. */
export function personWords({ name, email }: UnmatchedPerson): string {
  const words = [name, email && (name === null ? email : `<${email}>`)].filter(Boolean).join(' ');
  return words === '' ? 'A participant without name and address' : words;
}
