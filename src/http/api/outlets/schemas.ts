import { z } from 'zod';
import { NOTICE_EVENTS } from '../../../meeting/notices/events';
import { DELIVERY_STATES, OFF_REASONS, OUTLET_KINDS, OUTLET_STATES } from '../../../meeting/notices/outlet';
import type { OutletDocument } from '../../outlets/outlet-documents';

/** Of all routes of outlets. */
export const outletTags = ['outlets'];
const isoTime = z.iso.datetime();
const TIME = '2026-11-06T10:00:00.000Z';
/** `/outlets/:id` */
export const outletParams = z.object({ id: z.string().meta({ description: 'The id of the outlet' }) });

export const outlet: z.ZodType<OutletDocument> = z
  .object({
    id: z.string().meta({ description: 'The id of the outlet' }),
    kind: z.enum(OUTLET_KINDS).meta({ description: 'Where notices go' }),
    name: z.string().meta({ description: 'How people call it', example: 'Pipeline' }),
    address: z.string().nullable().meta({
      description: 'The URL or the e-mail addresses; null without the scope admin',
      example: 'https://pipeline.example/hooks/meetings',
    }),
    addressHint: z
      .string()
      .meta({ description: 'The part of the address that is no secret', example: 'pipeline.example' }),
    events: z
      .array(z.enum(NOTICE_EVENTS))
      .meta({ description: 'The events that it gets', example: ['meeting.synced'] }),
    when: z.enum(['at_once', 'daily']).meta({ description: "`daily`: one digest a day at eight o'clock" }),
    includesText: z.boolean().meta({ description: 'Whether it gets titles of meetings and sentences of reasons' }),
    language: z.string().meta({ description: 'The language of messages to people', example: 'en' }),
    state: z.enum(OUTLET_STATES).meta({ description: '`off`: it gets nothing' }),
    off: z
      .object({
        reason: z.enum(OFF_REASONS).meta({
          description:
            '`by_person`: a person switched it off. `failing`: it failed for three days. `gone`: its receiver answered 410',
        }),
        at: isoTime.meta({ description: 'When it was switched off', example: TIME }),
      })
      .nullable()
      .meta({ description: 'Why it is off; null while it is on' }),
    failing: z
      .object({
        since: isoTime.meta({ description: 'When the first of them failed', example: TIME }),
        failures: z.number().int().meta({ description: 'Attempts that failed in a row', example: 4 }),
      })
      .nullable()
      .meta({ description: 'Null when its last attempt worked' }),
    createdBy: z.string().meta({ description: 'Who created it', example: 'API key "pipeline"' }),
    createdAt: isoTime.meta({ description: 'When it was created' }),
    updatedAt: isoTime.meta({ description: 'When it was last changed' }),
  })
  .meta({ id: 'Outlet', description: 'Where notices go' });

export const outletWithSecret = z
  .object({
    outlet,
    secret: z
      .string()
      .nullable()
      .meta({ description: 'What signs a webhook; null for other kinds', example: 'whsec_…' }),
  })
  .meta({ id: 'OutletWithSecret', description: 'An outlet, and the secret that signs its webhooks' });

export const delivery = z
  .object({
    id: z.string().meta({ description: 'The id of the delivery' }),
    noticeId: z.string().meta({
      description: 'The id of the notice, the same for each attempt: the header webhook-id',
      example: 'msg_0d9c1e9e6a544f7e9c436f3ad1a3a5f1',
    }),
    event: z.string().meta({ description: 'What happened', example: 'meeting.synced' }),
    at: isoTime.meta({ description: 'When it happened', example: TIME }),
    meetingId: z.string().nullable().meta({ description: "The caller's id of its meeting; null if it has none" }),
    state: z.enum(DELIVERY_STATES).meta({ description: '`failed`: it is not tried again' }),
    attempts: z.number().int().meta({ description: 'How often it was tried', example: 1 }),
    triedAt: isoTime
      .nullable()
      .meta({ description: 'When it was last tried; null before the first attempt', example: TIME }),
    nextAttemptAt: isoTime
      .nullable()
      .meta({ description: 'When it is tried next; null when it is not', example: TIME }),
    httpStatus: z.number().int().nullable().meta({ description: 'The status of the last response', example: 204 }),
    answer: z.string().nullable().meta({ description: 'The beginning of the last response', example: 'ok' }),
    error: z
      .string()
      .nullable()
      .meta({ description: 'Why the last attempt failed; null if it did not', example: null }),
  })
  .meta({ id: 'Delivery', description: 'What became of a notice at an outlet' });

export const deliveryPage = z
  .object({
    deliveries: z.array(delivery).meta({ description: 'The deliveries, newest notice first' }),
    nextCursor: z.string().nullable().meta({ description: 'For the page of older deliveries; null on the last page' }),
    previousCursor: z
      .string()
      .nullable()
      .meta({ description: 'For the page of newer deliveries; null on the first page' }),
  })
  .meta({ id: 'DeliveryPage', description: 'Deliveries, newest first' });
