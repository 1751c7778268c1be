import { z } from 'zod';
import { FIELD_KEY } from '../../meeting/fields/meeting-field';
import { REVIEW_STATES, type ReviewDocument } from '../../meeting/fields/review';
import { fieldValue } from '../../meeting/intake/posted-fields';
import { listReviews, type ReviewPage } from '../../store/fields/review-lists';
import type { HttpDependencies } from '../dependencies';
import { filterFields, parseRecord } from '../meeting-filters';
import { withCursor } from '../meeting-list';
import { recordParams } from '../record-choices';
import { decideReview, reviewOf } from '../reviews';
import { apiActor } from './auth';
import { meetingQuery, problemAnswers } from './schemas';
import { READ_OR_WRITE } from '../plumbing/access-rules';
import type { Api } from './typed-api';

const tags = ['reviews'];
const isoTime = z.iso.datetime();
const params = z.object({ id: z.string() });

const review: z.ZodType<ReviewDocument> = z
  .object({
    id: z.string().meta({ description: 'The id of the review' }),
    status: z.enum(REVIEW_STATES).meta({
      description:
        '`replaced`: a later suggestion took its place. `ended`: it can no longer be written; `reason` says why',
    }),
    meetingId: z.string(),
    title: z.string().nullable(),
    startedAt: isoTime.nullable(),
    field: z.string().meta({ description: 'The key of the value', example: 'next_step' }),
    objectType: z.string(),
    recordId: z.string(),
    recordName: z.string().nullable().meta({ description: 'Null if the record has no name here' }),
    recordUrl: z.string().nullable().meta({ description: 'The page of the record in HubSpot' }),
    property: z.string().meta({ description: 'Name of the property in HubSpot', example: 'hs_next_step' }),
    label: z.string().meta({ description: 'Label of the property in HubSpot', example: 'Next step' }),
    present: z.string().nullable().meta({ description: 'What HubSpot had when it was last read' }),
    proposed: z
      .string()
      .nullable()
      .meta({ description: "What would be written; null after the meeting's content was deleted" }),
    value: z.string().nullable().meta({ description: 'What a person accepted instead of the proposed value' }),
    quote: z.string().nullable(),
    startSeconds: z.number().nullable(),
    recordingUrl: z.string().nullable().meta({ description: 'The recording, at the second of the quote' }),
    reason: z.string().nullable().meta({ description: 'Why it was replaced or ended, or is open again' }),
    createdAt: isoTime,
    decidedAt: isoTime.nullable().meta({ description: 'When it was decided, replaced or ended' }),
    decidedBy: z.string().nullable().meta({ description: 'The API key or session that decided' }),
    writtenAt: isoTime.nullable().meta({ description: 'When the accepted value was written; null until then' }),
  })
  .meta({ id: 'Review', description: 'A suggestion for a property of a record' });

const page: z.ZodType<ReviewPage> = z
  .object({
    reviews: z.array(review).meta({ description: 'The suggestions, newest first' }),
    nextCursor: z.string().nullable().meta({ description: 'For the page of older reviews; null on the last page' }),
    previousCursor: z
      .string()
      .nullable()
      .meta({ description: 'For the page of newer reviews; null on the first page' }),
  })
  .meta({ id: 'ReviewPage', description: 'Reviews, newest first' });

const notAStatus = { error: `must be ${REVIEW_STATES.join(', ')}` };
const query = z.strictObject({
  status: z.enum(REVIEW_STATES, notAStatus).optional(),
  objectType: recordParams.objectType.optional().meta({ description: 'Only reviews of records of this type' }),
  field: z
    .string()
    .regex(FIELD_KEY, 'must be the key of a field, such as next_step')
    .optional()
    .meta({ description: 'Only reviews of this field' }),
  meetingId: z.string().optional().meta({ description: 'Only reviews of this meeting' }),
  record: filterFields.record.meta({ description: 'Only reviews of this record: `deals/123`' }),
  cursor: meetingQuery.shape.cursor,
  limit: meetingQuery.shape.limit,
});

const decision = z
  .strictObject(
    {
      decision: z
        .enum(['accept', 'refuse'], { error: 'must be accept or refuse' })
        .meta({ description: 'What to do with the suggestion', example: 'accept' }),
      value: fieldValue.optional().meta({ description: 'With accept: what to write instead of the proposed value' }),
    },
    { error: 'must be an object such as {"decision": "accept"}' },
  )
  .refine(({ decision: is, value }) => is === 'accept' || value === undefined, {
    path: ['value'],
    error: 'must be absent when the suggestion is refused',
  })
  .meta({ id: 'ReviewDecision' });

/** `/reviews`: the suggestions that wait for a person, and what became of others. */
export function registerReviews(api: Api, deps: Pick<HttpDependencies, 'db' | 'gateway' | 'starter'>): void {
  api.get(
    '/reviews',
    {
      config: { access: READ_OR_WRITE },
      schema: {
        tags,
        summary: 'List suggestions for properties, newest first',
        description:
          'A field with the policy `review` is written once a person accepts the suggestion. All filters apply together. A cursor continues with the same filters.',
        querystring: query,
        response: { 200: page, ...problemAnswers(400) },
      },
    },
    async ({ workspaceId, query: { cursor, limit, record, ...filters } }) =>
      await withCursor(() =>
        listReviews(
          deps.db,
          workspaceId,
          { ...filters, record: record === undefined ? undefined : parseRecord(record) },
          { cursor, limit },
        ),
      ),
  );

  api.get(
    '/reviews/:id',
    {
      config: { access: READ_OR_WRITE },
      schema: { tags, summary: 'Get a suggestion', params, response: { 200: review, ...problemAnswers(404) } },
    },
    async ({ workspaceId, params: { id } }) => await reviewOf(deps, workspaceId, id),
  );

  api.post(
    '/reviews/:id',
    {
      config: { access: 'meetings:write' },
      schema: {
        tags,
        summary: 'Accept or refuse a suggestion',
        description:
          'An accepted value is written at once (202); `writtenAt` says when it was. 409 if it was decided before, if it can no longer be written, or if HubSpot has another value by now: `present` then shows that value, and it can be decided again.',
        params,
        body: decision,
        response: { 200: review, 202: review, ...problemAnswers(400, 404, 409, 415) },
      },
    },
    async (request, reply) => {
      const { workspaceId, params: target, body } = request;
      const decided = await decideReview(deps, { workspaceId, ...target, ...body, actor: apiActor(request) });
      return reply.code(body.decision === 'accept' ? 202 : 200).send(decided);
    },
  );
}
