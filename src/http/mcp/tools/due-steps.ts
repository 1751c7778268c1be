import { z } from 'zod';
import { dueSteps, type DueStep } from '../../../analytics/due-steps';
import { filterFields } from '../../analytics-query';
import { outside, outsideOrNull, outsideText } from '../outside-text';
import { cursorAt, cursorInput, limitInput, placeAt, withinLimit } from '../paging';
import { meetingUrl, SHORT } from '../shown';
import { defineTool, reading } from '../tool';

/** The most characters of a step's text. */
const LONGEST_STEP = 1_000;
const LIST = 'steps';

const step = z.object({
  text: outsideText,
  owner: outsideText.nullable().meta({ description: 'Who does it, as the meeting names them' }),
  dueDate: z.string().nullable(),
  state: z.enum(['overdue', 'today', 'later', 'undated']),
  meetingId: z.string(),
  meetingTitle: outsideText,
  metAt: z.iso.datetime(),
  host: outsideText,
  task: z.object({ id: z.string(), url: z.string() }).nullable().meta({ description: 'Its open task in HubSpot' }),
  url: z.string().meta({ description: "The meeting's page in this service" }),
});

/** Lists the next steps that are due. */
export const listDueNextSteps = defineTool({
  name: 'list_due_next_steps',
  title: 'Next steps that are due',
  description:
    'Lists next steps agreed in meetings that are overdue or due soon, the longest overdue first. A step whose HubSpot task is completed or deleted is not listed; a step without a task stays listed, because meetings do not record that it is done. Meetings that were skipped do not count.',
  scope: 'read',
  annotations: reading({ openWorld: false }),
  input: z.strictObject({
    from: filterFields.from.meta({ description: 'First due date; without it, everything overdue is listed' }),
    until: filterFields.to.meta({ description: 'Last due date; a week from today when absent' }),
    withoutDate: z
      .boolean({ error: 'must be true or false' })
      .default(false)
      .meta({ description: 'Also list steps without a due date, after the others' }),
    host: filterFields.owner.meta({ description: "The e-mail address of the meeting's host" }),
    company: filterFields.company.meta({
      description: 'Only meetings that are linked to this company: its HubSpot id',
    }),
    limit: limitInput(50, 20),
    cursor: cursorInput,
  }),
  output: z.object({
    today: z.string(),
    timeZone: z.string(),
    total: z.number().int(),
    steps: z.array(step),
    nextCursor: z.string().nullable(),
  }),
  async run({ deps: { db, config }, workspaceId }, { from = null, until, withoutDate, host, company, limit, cursor }) {
    const offset = cursor === undefined ? 0 : placeAt(cursor, [LIST]).offset;
    return await withinLimit(limit, async (most) => {
      const query = { filters: { owner: host, company }, from, until, undated: withoutDate, offset, limit: most };
      const { steps, total, today, timeZone } = await dueSteps(db, workspaceId, query);
      const next = offset + steps.length;
      return {
        today,
        timeZone,
        total,
        steps: steps.map((each) => showStep(each, today, config.publicUrl)),
        nextCursor: steps.length > 0 && next < total ? cursorAt({ list: LIST, offset: next, version: '' }) : null,
      };
    });
  },
});

function showStep(given: DueStep, today: string, publicUrl: string): z.input<typeof step> {
  const { dueDate, meetingId } = given;
  return {
    text: outside(given.text, LONGEST_STEP),
    owner: outsideOrNull(given.owner, SHORT),
    dueDate,
    state: dueDate === null ? 'undated' : dueDate < today ? 'overdue' : dueDate === today ? 'today' : 'later',
    meetingId,
    meetingTitle: outside(given.title, SHORT),
    metAt: given.metAt,
    host: outside(given.host, SHORT),
    task: given.task,
    url: meetingUrl(publicUrl, meetingId),
  };
}
