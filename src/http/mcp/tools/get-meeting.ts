import { z } from 'zod';
import { isMeetingId } from '../../../meeting/meeting-id';
import { findConnection } from '../../../store/connections/connections';
import { findMeeting } from '../../../store/meetings/meetings';
import { meetingContext } from '../../../store/mirror/context';
import { noSuchMeeting, statusOf } from '../../api/meeting-status';
import { outside, outsideOrNull, outsideText } from '../outside-text';
import { invalidCursor, MOST_CHARACTERS, placeAt } from '../paging';
import { meetingIdInput, meetingUrl, reason, SHORT, showReason, status } from '../shown';
import { defineTool, reading, type ToolContext } from '../tool';
import { firstPages, PART_NAMES, partOf, parts, versionOf, type PartSources } from './meeting-parts';

const activity = z
  .object({ objectType: z.string(), id: z.string(), url: z.string() })
  .nullable()
  .meta({ description: 'Where it is on the timeline in HubSpot; null if it is not there' });

const meeting = z.object({
  meetingId: z.string(),
  title: outsideText.nullable().meta({ description: 'Null after the content was deleted' }),
  startedAt: z.iso.datetime(),
  endedAt: z.string().nullable(),
  status,
  reason,
  host: z.object({ name: outsideText.nullable(), email: outsideText }).nullable(),
  score: z.object({ value: z.number(), max: z.number(), label: outsideText.nullable() }).nullable(),
  recordingUrl: outsideText.nullable(),
  url: z.string().meta({ description: 'Its page in this service' }),
  activities: z.object({ summary: activity, notes: activity }),
  sameEvent: z.array(z.string()).meta({ description: 'Other recordings of the same calendar event; the first twenty' }),
  sameEventCount: z.number().int(),
  syncedAt: z.string().nullable(),
  parts,
});

/** How many other recordings of the same event are listed. */
const MOST_SAME_EVENT = 20;

/** Shows one meeting: its status, its content, and its business context. */
export const getMeeting = defineTool({
  name: 'get_meeting',
  title: 'Get a meeting with its business context',
  description:
    'Shows one meeting: its sync status, its summary, next steps, notes and participants, and the HubSpot contacts, companies and deals that it is linked to, with their stage, owner and properties. Each part begins with its first entries; a nextCursor that is not null continues with read_meeting_part.',
  scope: 'read',
  annotations: reading({ openWorld: false }),
  input: z.strictObject({ meetingId: meetingIdInput }),
  output: meeting,
  async run(context, { meetingId }) {
    const sources = await sourcesOf(context, meetingId);
    const { body, document } = sources;
    const { host, summary } = body ?? {};
    const { aiScore } = summary ?? {};
    return {
      meetingId,
      title: outsideOrNull(document.title, 1_000),
      startedAt: document.startedAt,
      endedAt: body?.endedAt ?? null,
      status: document.status,
      reason: showReason(document.reason),
      host: host === undefined ? null : { name: outsideOrNull(host.name, SHORT), email: outside(host.email, 320) },
      score:
        aiScore === undefined
          ? null
          : { value: aiScore.value, max: aiScore.max, label: outsideOrNull(aiScore.label, SHORT) },
      recordingUrl: outsideOrNull(body?.recordingUrl),
      url: meetingUrl(context.deps.config.publicUrl, meetingId),
      activities: document.engagements,
      sameEvent: document.sameEvent.slice(0, MOST_SAME_EVENT),
      sameEventCount: document.sameEvent.length,
      syncedAt: document.syncedAt,
      parts: firstPages(sources),
    };
  },
});

/** Continues a part of a meeting. */
export const readMeetingPart = defineTool({
  name: 'read_meeting_part',
  title: 'Read more of a meeting',
  description: 'Continues one part of get_meeting, such as the notes, where its nextCursor says.',
  scope: 'read',
  annotations: reading({ openWorld: false }),
  input: z.strictObject({
    meetingId: meetingIdInput,
    cursor: z
      .string({ error: 'must be a nextCursor of get_meeting or read_meeting_part' })
      .max(1_000, { error: 'must not have more than 1,000 characters' })
      .meta({ description: 'A nextCursor of get_meeting or read_meeting_part' }),
  }),
  output: z.object({ meetingId: z.string(), parts: parts.partial().meta({ description: 'The part that continues' }) }),
  async run(context, { meetingId, cursor }) {
    const { list, offset, version } = placeAt(cursor, PART_NAMES);
    const sources = await sourcesOf(context, meetingId);
    if (version !== versionOf(sources))
      throw invalidCursor('is from before the meeting changed: call get_meeting again');
    const name = PART_NAMES.find((each) => each === list) ?? 'overview';
    const page = partOf(sources, name, offset, { count: 100, characters: MOST_CHARACTERS - 1_000 });
    return { meetingId, parts: parts.partial().parse({ [name]: page }) };
  },
});

async function sourcesOf({ deps, workspaceId }: ToolContext, meetingId: string): Promise<PartSources> {
  const document = await statusOf(deps, workspaceId, meetingId);
  const [row, context, connection] = await Promise.all([
    isMeetingId(meetingId) ? findMeeting(deps.db, { workspaceId, meetingId }) : null,
    meetingContext(deps.db, workspaceId, meetingId),
    findConnection(deps.db, workspaceId),
  ]);
  if (row === null || context === null) throw noSuchMeeting(meetingId);
  return { body: row.body, document, context, connection };
}
