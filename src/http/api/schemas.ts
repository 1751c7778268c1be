import { z } from 'zod';
import type { ConnectionDocument } from '../../connection/connect';
import { postedMeetingSchema } from '../../meeting/intake/schema';
import { LINK_VIA } from '../../meeting/linking/cascade';
import type { StatusDocument } from '../../meeting/status';
import { filterFields } from '../meeting-filters';
import { NOT_A_CURSOR } from '../meeting-list';
import { reasonCode, syncStatus } from '../sync-words';

const isoTime = z.iso.datetime();
export const recordRef = z.object({ objectType: z.string(), id: z.string() });
/** The rule that chose a link. */
export const linkVia = z.enum(LINK_VIA);
export const linkDocument = recordRef.extend({ via: linkVia, from: recordRef.nullable() });
/** The field that a warning is about, and what was dropped or written without it. */
export const warningDocument = z.object({ path: z.string(), message: z.string() });
const refusal = z
  .object({
    raw: z.string().meta({ description: "HubSpot's message, unchanged" }),
    correlationId: z.string().nullable().meta({ description: "For HubSpot's support" }),
    properties: z.array(
      z.object({
        name: z.string(),
        rule: z.string(),
        settings: z.string().optional().meta({ description: "The property's settings in HubSpot" }),
      }),
    ),
    objectType: z.string().nullable(),
  })
  .meta({ id: 'Refusal', description: "HubSpot's response, if it refused a request" });
/** The reason for a status: a code, what happened, and what to do. */
export const reasonDocument = z.object({
  code: reasonCode,
  message: z.string(),
  action: z.string(),
  refusal: refusal.optional(),
});
const engagement = recordRef.extend({ url: z.string() }).nullable();

/** What became of a value for a property. */
export const fieldState = z.object({
  field: z.string().meta({ description: 'The key of the value', example: 'next_step' }),
  objectType: z.string(),
  id: z.string(),
  property: z.string().meta({ description: 'Name of the property in HubSpot', example: 'hs_next_step' }),
  state: z.enum(['written', 'kept', 'review', 'refused', 'older']).meta({
    description:
      '`kept`: HubSpot has another value, which stays. `review`: a suggestion waits for a person. `refused`: the property does not take the value. `older`: the value of a newer meeting is due',
  }),
  value: z.string().nullable().meta({ description: 'The value of this meeting; null if it has none' }),
  before: z.string().nullable().meta({ description: 'What HubSpot had before; null if the property was empty' }),
  reason: z.string().nullable().meta({ description: 'Why it was not written; null if it was' }),
});

export const statusDocument: z.ZodType<StatusDocument> = z
  .object({
    meetingId: z.string(),
    title: z.string().nullable(),
    startedAt: isoTime,
    status: syncStatus,
    reason: reasonDocument.nullable(),
    engagements: z.object({ summary: engagement, notes: engagement }),
    links: z.array(linkDocument),
    unmatched: z.array(z.object({ email: z.string().nullable(), name: z.string().nullable() })),
    warnings: z.array(warningDocument).meta({
      description:
        'What was dropped from the posted meeting or written without an extra, and why. `path` names the field, such as `participants[2].email`. At most a hundred for the body and for each step of a pass; a last one counts the others',
    }),
    fields: z.array(fieldState).meta({ description: 'What became of the values for properties' }),
    tasks: z
      .array(
        z.object({
          stepId: z.string().nullable().meta({ description: 'Your id of the next step; null without one' }),
          text: z.string().meta({ description: 'The text of the next step', example: 'Send the offer' }),
          id: z.string().meta({ description: 'The id of the task in HubSpot', example: '73904215518' }),
          url: z.string().meta({ description: 'Its page in HubSpot' }),
          state: z
            .enum(['open', 'completed', 'deleted'])
            .meta({ description: 'What became of it in HubSpot. A deleted task is made again by a resync only' }),
        }),
      )
      .meta({ description: 'The tasks of the next steps in HubSpot, in the order of the steps' }),
    sameEvent: z
      .array(z.string())
      .meta({ description: 'Ids of other recordings of the same calendar event, the first accepted one first' }),
    workflow: z.object({ id: z.string(), runId: z.string().nullable(), url: z.string().nullable() }),
    acceptedAt: isoTime,
    syncedAt: isoTime.nullable(),
    updatedAt: isoTime,
  })
  .meta({ id: 'StatusDocument', description: "A meeting's status document" });
export const meetingInput = postedMeetingSchema.meta({
  id: 'ProcessedMeeting',
  description:
    'A processed meeting. A value that cannot be read is dropped, and `warnings` of the response says so. Unknown fields, wrong types and values above a limit are validation errors',
});

export const meetingPage = z
  .object({
    meetings: z.array(statusDocument),
    nextCursor: z.string().nullable().meta({ description: 'For the page of older meetings; null on the last page' }),
    previousCursor: z
      .string()
      .nullable()
      .meta({ description: 'For the page of newer meetings; null on the first page' }),
  })
  .meta({ id: 'MeetingPage', description: 'Status documents, newest first' });

/** A switch in a query. */
export const querySwitch = z.enum(['true', 'false'], { error: 'must be true or false' });

const notACursor = { error: NOT_A_CURSOR };
const notALimit = { error: 'must be a whole number from 1 to 100' };

export const meetingQuery = z.strictObject({
  ...filterFields,
  cursor: z
    .string(notACursor)
    .min(1, notACursor)
    .max(1_000, notACursor)
    .optional()
    .meta({ description: 'nextCursor or previousCursor of a page with the same filters' }),
  limit: z.coerce.number(notALimit).int(notALimit).min(1, notALimit).max(100, notALimit).default(25),
});

export const resyncInput = z
  .strictObject(
    {
      reason: reasonCode
        .optional()
        .meta({ description: 'Only meetings with this reason code, also those that were skipped' }),
    },
    { error: 'must be an object such as {"reason": "missing_scope"}' },
  )
  .nullish()
  .meta({ id: 'ResyncMany' });

export const resyncOneInput = z
  .strictObject(
    {
      overwrite: z
        .boolean({ error: 'must be true or false' })
        .optional()
        .meta({ description: 'Replaces what people changed in the activities in HubSpot' }),
    },
    { error: 'must be an object such as {"overwrite": true}' },
  )
  .nullish()
  .meta({ id: 'ResyncOne' });

export const resyncAnswer = z
  .object({ requested: z.number().int() })
  .meta({ id: 'ResyncAnswer', description: 'How many meetings run again' });

export const resyncProgress = z
  .object({
    requested: z
      .number()
      .int()
      .nullable()
      .meta({ description: 'Meetings that requests of many have entered so far; null when all are entered' }),
    left: z.number().int().meta({ description: 'Meetings of the workspace whose sync is requested or not finished' }),
    waiting: z.number().int().meta({ description: 'Those that wait for a limit of HubSpot, or until it answers' }),
    perMinute: z.number().meta({ description: 'Finished syncs a minute, over the last minutes' }),
  })
  .meta({ id: 'ResyncProgress', description: 'How far requested syncs are' });

export const connectionDocument: z.ZodType<ConnectionDocument> = z
  .object({
    state: z.enum(['none', 'connected', 'reauthorize']),
    portal: z
      .object({
        id: z.number(),
        domain: z.string().nullable(),
        uiDomain: z.string(),
        accountType: z.string().nullable(),
        timeZone: z.string(),
        dataLocation: z.string().nullable().meta({ description: 'Data center, such as eu1' }),
        erasesActivities: z
          .boolean()
          .nullable()
          .meta({ description: 'Whether the account erases activities permanently; null while that is unknown' }),
      })
      .nullable(),
    connectedBy: z.string().nullable(),
    connectedAt: isoTime.nullable(),
    grantedScopes: z.array(z.string()),
    missingScopes: z.array(z.object({ scope: z.string(), costs: z.string() })),
    unusedScopes: z.array(z.string()).meta({ description: 'Granted, but not used by this version' }),
    lastError: z.string().nullable(),
  })
  .meta({ id: 'Connection', description: 'The HubSpot connection of the workspace' });

export const sessionAnswer = z
  .object({ url: z.url(), expiresAt: isoTime })
  .meta({ id: 'SignInLink', description: 'A link that signs a browser in once, within five minutes' });

export const connectLinkAnswer = z
  .object({ url: z.url(), expiresAt: isoTime })
  .meta({ id: 'ConnectLink', description: 'A link that connects a HubSpot account to the workspace once' });

const problem = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    detail: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    reference: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' });

/** Documents the error responses, which the error handler sends. */
export const problemAnswers = (...given: readonly number[]) =>
  Object.fromEntries(
    [...given, 401, 403, 429, 503].map((status) => [
      status,
      { description: 'Problem', content: { 'application/problem+json': { schema: problem } } },
    ]),
  );
