import { z } from 'zod';
import type { Link, RecordRef } from '../../../meeting/linking/cascade';
import type { Choice } from '../../../meeting/linking/choices';
import { linksBeyond, TASK_ACTIONS, type MeetingPreview, type PreviewedField } from '../../../meeting/preview';
import { removesFromHubSpot } from '../../../meeting/skips';
import type { StatusDocument } from '../../../meeting/status';
import { hasKeptEdits } from '../../../meeting/warnings/edited-warnings';
import { previewMeeting } from '../../../planning/preview';
import { findConnection } from '../../../store/connections/connections';
import { listLinks } from '../../../store/meetings/links';
import { recordNames } from '../../../store/mirror/record-names';
import { statusOf } from '../../api/meeting-status';
import { askingHubSpot } from '../../plumbing/hubspot-problems';
import { ProblemError } from '../../plumbing/problems';
import { presentMeeting } from '../../record-choices';
import { outside, outsideOrNull, outsideText } from '../outside-text';
import { pageFrom, pageOf } from '../paging';
import { link, reason, record, SHORT, showLink, showReason, showRecord, type RecordWords } from '../shown';
import type { ToolContext } from '../tool';
import { leftOut, showLeftOut } from './left-out';

const activityEffect = z.enum(['created', 'rewritten', 'removed', 'unlinked', 'none']).meta({
  description: 'unlinked: it stays in HubSpot, on no timeline; none: it is not there, and would not be',
});
type ActivityEffect = z.output<typeof activityEffect>;

/** A list without further pages. Its total says how many more there are. */
const beginningOf = <Item extends z.ZodType>(item: Item) => pageOf(item).omit({ nextCursor: true });

const field = record.extend({
  property: z.string(),
  state: z.enum(['written', 'kept', 'review', 'refused', 'older']),
  before: outsideText.nullable().meta({ description: 'What HubSpot has now' }),
  after: outsideText.nullable().meta({ description: 'What HubSpot would have' }),
});

const task = z.object({
  text: outsideText,
  action: z.enum(TASK_ACTIONS),
  reason: z.string().nullable(),
  url: z.string().nullable(),
});

/** What the sync that a tool would request would do. Lists that are longer say so by their total. */
export const effect = z.object({
  meetingId: z.string(),
  written: z.boolean().meta({ description: 'False: the meeting would not be on any timeline afterwards' }),
  reason: reason.meta({ description: 'Why it would not be written' }),
  activities: z.object({ summary: activityEffect, notes: activityEffect }),
  linksAdded: beginningOf(link),
  linksRemoved: beginningOf(link),
  linksKept: z.number().int(),
  leftOut: beginningOf(leftOut).meta({ description: 'Records and people that would not be linked, and why' }),
  fields: beginningOf(field).meta({ description: 'Values for properties of the linked records' }),
  tasks: beginningOf(task).meta({ description: 'What would become of the task of each next step' }),
  replacesEdits: z.boolean().meta({ description: "It would replace people's changes of the activities in HubSpot" }),
});
export type Effect = z.input<typeof effect>;

/** The most entries of each list, and their characters as JSON. */
const MOST = { count: 30, characters: 4_000 };

/** What a tool would ask for. */
export interface Requested {
  readonly choice: Choice | null;
  readonly overwrite: boolean;
}

/**
 * Computes what the sync after a request would do, from the same preview that the page of the meeting shows. It reads
 * HubSpot, and neither stores nor writes anything.
 *
 * @throws `ProblemError` for an unknown or deleted meeting, without a HubSpot account, and when HubSpot cannot be asked
 */
export async function effectOf(
  { deps, workspaceId }: ToolContext,
  meetingId: string,
  { choice, overwrite }: Requested,
): Promise<Effect> {
  const { db } = deps;
  const key = { workspaceId, meetingId };
  const row = await presentMeeting(deps, key);
  const connection = await findConnection(db, workspaceId);
  const preview = await askingHubSpot(previewMeeting(deps, key, { choice }));
  if (preview === null || connection === null)
    throw new ProblemError('meeting-not-found', `Meeting "${meetingId}" was deleted: post it again to sync it.`);
  const [document, stored] = await Promise.all([
    statusOf(deps, workspaceId, meetingId),
    listLinks(db, key, connection.portal_id),
  ]);
  const before = stored.filter(({ refused }) => refused === null);
  const after = preview.written ? preview.links : [];
  const change = { added: linksBeyond(after, before), removed: linksBeyond(before, after) };
  const refs: RecordRef[] = [
    ...[...change.added, ...change.removed].flatMap((each) => [each, ...(each.from === null ? [] : [each.from])]),
    ...preview.leftOut.flatMap((each) => [each.record ?? [], each.from ?? []].flat()),
    ...preview.fields,
  ];
  const words = { connection, names: await recordNames(db, connection.portal_id, refs) };
  return {
    meetingId,
    written: preview.written,
    reason: showReason(preview.reason),
    activities: activitiesAfter(preview, { ...document, isErased: row.person_erased }),
    ...changeShown(change, words),
    linksKept: after.length - change.added.length,
    leftOut: listed(preview.leftOut.map((each) => showLeftOut(each, words))),
    fields: listed(preview.fields.map((each) => showField(each, words))),
    tasks: listed(
      preview.tasks.map(({ text, action, reason: why, url }) => ({
        text: outside(text, SHORT),
        action,
        reason: why,
        url,
      })),
    ),
    replacesEdits: overwrite && hasKeptEdits(row.pass_warnings),
  };
}

/** What becomes of the two activities. @param isErased - whether a person was erased from the meeting */
export function activitiesAfter(
  { written, reason: why, activities }: Pick<MeetingPreview, 'written' | 'reason' | 'activities'>,
  { engagements, isErased }: Pick<StatusDocument, 'engagements'> & { readonly isErased: boolean },
): Effect['activities'] {
  const removes = why === null || removesFromHubSpot({ code: why.code, takenBack: isErased });
  const effectOn = (isThere: boolean, isWritten: boolean): ActivityEffect => {
    if (isWritten) return isThere ? 'rewritten' : 'created';
    if (!isThere) return 'none';
    return removes ? 'removed' : 'unlinked';
  };
  return {
    summary: effectOn(engagements.summary !== null, written),
    notes: effectOn(engagements.notes !== null, written && activities.notes !== null),
  };
}

function changeShown(
  { added, removed }: { readonly added: readonly Link[]; readonly removed: readonly Link[] },
  words: RecordWords,
): Pick<Effect, 'linksAdded' | 'linksRemoved'> {
  return {
    linksAdded: listed(added.map((each) => showLink(each, words))),
    linksRemoved: listed(removed.map((each) => showLink(each, words))),
  };
}

function showField(given: PreviewedField, words: RecordWords): z.input<typeof field> {
  const { property, state, before, after } = given;
  return {
    ...showRecord(given, words),
    property,
    state,
    before: outsideOrNull(before, SHORT),
    after: outsideOrNull(after, SHORT),
  };
}

/** The beginning of a list. explain_meeting_links has all records. */
function listed<Item>(all: readonly Item[]): { total: number; items: Item[] } {
  const { total, items } = pageFrom(all, { list: '', offset: 0, version: '' }, MOST);
  return { total, items };
}
