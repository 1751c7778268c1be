import { z } from 'zod';
import type { LeftOut } from '../../../meeting/linking/left-out';
import { recordKey, type Link } from '../../../meeting/linking/cascade';
import type { MeetingPreview } from '../../../meeting/preview';
import { leftOutIn, lookUpRecord } from '../../../planning/look-up-record';
import { previewMeeting } from '../../../planning/preview';
import { findConnection } from '../../../store/connections/connections';
import { recordNames } from '../../../store/mirror/record-names';
import type { MeetingOfRecord } from '../../../store/search/record-presence';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { presentMeeting } from '../../record-choices';
import { explainRecord as explain } from '../../records/explain-record';
import { outside, outsideOrNull, outsideText } from '../outside-text';
import { cursorInput, MOST_CHARACTERS, pageFrom, pageOf, placeAt, type Page } from '../paging';
import {
  link,
  meetingIdInput,
  meetingUrl,
  reason,
  record,
  recordInput,
  SHORT,
  showLink,
  showReason,
  showRecord,
  status,
  type NamedRecord,
  type RecordWords,
} from '../shown';
import { defineTool, reading, type ToolContext } from '../tool';
import { leftOut, showLeftOut } from './left-out';
import { requireOwnAccount } from './own-account';

const meetingOfRecord = z.object({
  meetingId: z.string(),
  title: outsideText,
  startedAt: z.iso.datetime(),
  status,
  reason,
  url: z.string(),
});

/** Answers why a record has meetings on its timeline or none, as the page of the record does. */
export const explainRecord = defineTool({
  name: 'explain_record',
  title: 'Why a record has meetings, or none',
  description:
    'Explains for one HubSpot contact, company, deal or custom object which meetings are on its timeline, or why none is and what to do. It also lists the newest meetings that would lead to it, and those from which a person unlinked it. Use explain_meeting_links to see why one meeting is linked to a record or not.',
  scope: 'read',
  annotations: reading({ openWorld: true }),
  input: z.strictObject({ record: recordInput, cursor: cursorInput }),
  output: z.object({
    record,
    isOnTimeline: z.boolean(),
    answer: outsideText.meta({ description: 'What is the case. It may quote HubSpot' }),
    action: outsideText.meta({ description: 'What a person can do; empty if nothing' }),
    linked: pageOf(meetingOfRecord.extend({ why: link.pick({ via: true, from: true }) }))
      .optional()
      .meta({ description: 'The newest twenty; find_meetings with `record` lists all' }),
    notLinked: pageOf(meetingOfRecord.extend({ unlinkedByHand: z.boolean() }))
      .optional()
      .meta({ description: 'The newest twenty that would lead to it, or from which a person unlinked it' }),
  }),
  async run({ deps, workspaceId, log }, { record: given, cursor }) {
    const { answer, connection, known } = await explain(deps, workspaceId, given, log);
    const words: RecordWords = { connection: known === null ? null : connection, names: known?.names ?? new Map() };
    const shown = (meeting: MeetingOfRecord) => showMeeting(meeting, deps.config.publicUrl);
    return {
      record: { ...showRecord(given, words), name: outsideOrNull(known?.name, SHORT) },
      isOnTimeline: answer.isHere,
      answer: outside(answer.sentence, 1_000),
      action: outside(answer.action, 1_000),
      ...pagesOf(cursor, {
        linked: (known?.linked ?? []).map((meeting) => ({
          ...shown(meeting),
          why: { via: meeting.via, from: meeting.from && showRecord(meeting.from, words) },
        })),
        notLinked: (known?.others ?? []).map((meeting) => ({
          ...shown(meeting),
          unlinkedByHand: known?.unlinkedIds.has(meeting.meetingId) === true,
        })),
      }),
    };
  },
});

/** The first page of both lists, or the page of one of them where a cursor continues. */
function pagesOf<Linked, NotLinked>(
  cursor: string | undefined,
  { linked, notLinked }: { readonly linked: readonly Linked[]; readonly notLinked: readonly NotLinked[] },
): { linked?: Page<Linked>; notLinked?: Page<NotLinked> } {
  const most = { count: 50, characters: MOST_CHARACTERS / 2 };
  const start = { offset: 0, version: '' };
  if (cursor === undefined)
    return {
      linked: pageFrom(linked, { list: 'linked', ...start }, most),
      notLinked: pageFrom(notLinked, { list: 'notLinked', ...start }, most),
    };
  const at = placeAt(cursor, ['linked', 'notLinked']);
  return at.list === 'linked' ? { linked: pageFrom(linked, at, most) } : { notLinked: pageFrom(notLinked, at, most) };
}

/** Answers which records a sync of a meeting would link now, and which not, as its page "Why these records?" does. */
export const explainMeetingLinks = defineTool({
  name: 'explain_meeting_links',
  title: 'Why a meeting is linked to records, or not',
  description:
    'Explains which HubSpot records a sync of the meeting would link now and by which rule, and which records and people it would leave out and why. With `record`, only what concerns that record. It reads HubSpot and changes nothing.',
  scope: 'read',
  annotations: reading({ openWorld: true }),
  input: z.strictObject({ meetingId: meetingIdInput, record: recordInput.optional(), cursor: cursorInput }),
  output: z.object({
    meetingId: z.string(),
    wouldBeWritten: z.boolean(),
    reason: reason.meta({ description: 'Why it would not be written' }),
    answer: z.string().nullable().meta({ description: 'Why `record` is linked or not; null without `record`' }),
    linked: pageOf(link).optional(),
    notLinked: pageOf(leftOut).optional(),
  }),
  async run(context, { meetingId, record: only, cursor }) {
    const preview = await previewOf(context, meetingId);
    const about = only === undefined ? null : await concerning(context, preview, only);
    const { links, leftOut: others } = about ?? preview;
    const words = await wordsFor(context, links, others);
    return {
      meetingId,
      wouldBeWritten: preview.written,
      reason: showReason(preview.reason),
      answer: about?.answer ?? null,
      ...pagesOf(cursor, {
        linked: links.map((each) => showLink(each, words)),
        notLinked: others.map((each) => showLeftOut(each, words)),
      }),
    };
  },
});

/** What a preview says about one record. */
async function concerning(
  context: ToolContext,
  preview: Explained,
  named: NamedRecord,
): Promise<Pick<Explained, 'links' | 'leftOut'> & { readonly answer: string }> {
  await requireOwnAccount(context, named);
  const links = preview.links.filter((each) => recordKey(each) === recordKey(named));
  if (links.length > 0) return { links, leftOut: [], answer: 'A sync links it now.' };
  const { emails } = await askingHubSpot(lookUpRecord(context.deps, context.workspaceId, named));
  const found = leftOutIn(preview, named, emails);
  if (found !== null) return { links, leftOut: [found], answer: `A sync does not link it now. ${found.message}` };
  return {
    links,
    leftOut: [],
    answer: preview.written
      ? 'Nothing in this meeting leads to the record. If it belongs there, link it by hand.'
      : 'The meeting itself would not be written. `reason` says why.',
  };
}

async function previewOf({ deps, workspaceId }: ToolContext, meetingId: string): Promise<Explained> {
  const key = { workspaceId, meetingId };
  await presentMeeting(deps, key);
  return (await askingHubSpot(previewMeeting(deps, key))) ?? { written: false, reason: null, links: [], leftOut: [] };
}

type Explained = Pick<MeetingPreview, 'written' | 'reason' | 'links' | 'leftOut'>;

async function wordsFor(
  { deps, workspaceId }: ToolContext,
  links: readonly Link[],
  others: readonly LeftOut[],
): Promise<RecordWords> {
  const connection = await findConnection(deps.db, workspaceId);
  if (connection === null) return { connection, names: new Map() };
  const refs = [
    ...links.flatMap((each) => [each, ...(each.from === null ? [] : [each.from])]),
    ...others.flatMap((each) => [each.record ?? [], each.from ?? []].flat()),
  ];
  return { connection, names: await recordNames(deps.db, connection.portal_id, refs) };
}

function showMeeting(meeting: MeetingOfRecord, publicUrl: string): z.input<typeof meetingOfRecord> {
  return {
    meetingId: meeting.meetingId,
    title: outside(meeting.title, SHORT),
    startedAt: meeting.startedAt.toISOString(),
    status: meeting.status,
    reason: showReason(meeting.reason),
    url: meetingUrl(publicUrl, meeting.meetingId),
  };
}
