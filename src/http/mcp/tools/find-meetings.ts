import { z } from 'zod';
import { listMeetingRows, type ListedMeeting } from '../../../store/meetings/meeting-lists';
import { filterFields, filtersOf, timeZoneOf } from '../../meeting-filters';
import { withCursor } from '../../meeting-list';
import { outside, outsideOrNull, outsideText } from '../outside-text';
import { cursorInput, limitInput, withinLimit } from '../paging';
import { meetingUrl, reason, SHORT, showReason, status } from '../shown';
import { defineTool, reading } from '../tool';

const meeting = z.object({
  meetingId: z.string(),
  title: outsideText.nullable().meta({ description: 'Null after the content was deleted' }),
  startedAt: z.iso.datetime(),
  status,
  reason,
  participants: z.array(outsideText).meta({ description: 'Names of the first few, without the host' }),
  participantCount: z.number().int(),
  score: z.object({ value: z.number(), max: z.number() }).nullable(),
  url: z.string().meta({ description: 'Its page in this service' }),
});

/** Lists meetings, as `GET /api/v1/meetings` does, in less detail. */
export const findMeetings = defineTool({
  name: 'find_meetings',
  title: 'Find meetings',
  description:
    'Finds sales meetings, the last received first. All filters apply together. Use it first: other tools need the meetingId. More meetings: call again with nextCursor.',
  scope: 'read',
  annotations: reading({ openWorld: false }),
  input: z.strictObject({ ...filterFields, limit: limitInput(50, 20), cursor: cursorInput }),
  output: z.object({
    meetings: z.array(meeting),
    nextCursor: z.string().nullable().meta({ description: 'For the page of older meetings; null on the last page' }),
  }),
  async run({ deps: { db, config }, workspaceId }, { limit, cursor, ...texts }) {
    const filters = filtersOf(texts, await timeZoneOf(db, workspaceId));
    return await withinLimit(limit, async (most) => {
      const page = await withCursor(() => listMeetingRows(db, workspaceId, filters, { cursor, limit: most }));
      return {
        meetings: page.meetings.map((row) => showMeeting(row, config.publicUrl)),
        nextCursor: page.nextCursor,
      };
    });
  },
});

function showMeeting(row: ListedMeeting, publicUrl: string): z.input<typeof meeting> {
  const { score, scoreMax } = row;
  return {
    meetingId: row.meeting_id,
    title: row.title === '' ? null : outsideOrNull(row.title, SHORT),
    startedAt: row.started_at.toISOString(),
    status: row.status,
    reason: showReason(row.reason),
    participants: row.participants.map((name) => outside(name, SHORT)),
    participantCount: row.participantCount,
    score: score === null || scoreMax === null ? null : { value: score, max: scoreMax },
    url: meetingUrl(publicUrl, row.meeting_id),
  };
}
