import { z } from 'zod';
import { ACTOR_KINDS, ACTOR_WAYS } from '../../../store/audit/actor';
import { listAuditEvents, type ListedAuditEvent } from '../../../store/audit/audit-lists';
import { englishAuditSentence } from '../../../store/audit/audit-sentences';
import { auditFields, auditFilters } from '../../acts/audit-query';
import type { HttpDependencies } from '../../dependencies';
import { timeZoneOf } from '../../meeting-filters';
import { withCursor } from '../../meeting-list';
import { meetingQuery, problemAnswers } from '../schemas';
import type { Api } from '../typed-api';

const isoTime = z.iso.datetime();
const values = z.record(z.string(), z.unknown()).nullable();

const event = z
  .object({
    id: z.string().meta({ description: 'The id of the event', example: '4711' }),
    at: isoTime.meta({ description: 'When it happened', example: '2026-11-06T09:30:00.000Z' }),
    actor: z
      .object({
        kind: z.enum(ACTOR_KINDS).meta({ description: 'What kind of actor it is', example: 'member' }),
        id: z.string().nullable().meta({
          description: 'The id of the member, API key or session; null for the others',
          example: '0d9c1e9e-6a54-4f7e-9c43-6f3ad1a3a5f1',
        }),
        label: z
          .string()
          .meta({ description: 'The name when it happened', example: 'Ana Ruiz (ana@northwind.example)' }),
        ip: z
          .string()
          .nullable()
          .meta({ description: 'The IP address of the request; null without one', example: '203.0.113.7' }),
        way: z.enum(ACTOR_WAYS).meta({ description: 'The way in', example: 'page' }),
      })
      .meta({ description: 'Who did it, and from where' }),
    action: z.string().meta({ description: 'The code of the action', example: 'key.create' }),
    sentence: z
      .string()
      .meta({ description: 'The action without its subject', example: 'created the API key "pipeline"' }),
    object: z
      .object({
        type: z.string().meta({ description: 'The type of the object', example: 'key' }),
        id: z.string().nullable().meta({ description: 'Its id', example: '7f0e6c1b-0f7c-4a51-9a40-30d3f5b0c9f2' }),
        label: z.string().nullable().meta({ description: 'Its name when it happened', example: 'pipeline' }),
      })
      .nullable()
      .meta({ description: 'What it was done to; null when the action says it' }),
    before: values.meta({ description: 'The values that changed, before', example: { minimumMinutes: 0 } }),
    after: values.meta({ description: 'The values that changed, after', example: { minimumMinutes: 5 } }),
    count: z
      .number()
      .meta({ description: 'More than 1 for refusals of one kind that followed each other', example: 1 }),
    lastAt: isoTime
      .nullable()
      .meta({ description: 'The time of the last one of `count`; null for one', example: null }),
  })
  .meta({ id: 'AuditEvent', description: 'Who did what, when, from where, on which object' });

const page = z
  .object({
    events: z.array(event).meta({ description: 'The events, newest first' }),
    nextCursor: z.string().nullable().meta({ description: 'For the page of older events; null on the last page' }),
    previousCursor: z.string().nullable().meta({ description: 'For the page of newer events; null on the first page' }),
  })
  .meta({ id: 'AuditPage', description: 'Events of the audit trail, newest first' });

const { cursor, limit } = meetingQuery.shape;
const query = z.strictObject({ ...auditFields, cursor, limit });

/** `/audit`: who did what in the workspace. */
export function registerAudit(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get(
    '/audit',
    {
      config: { access: 'admin' },
      schema: {
        tags: ['audit'],
        summary: 'List the audit trail, newest first',
        description:
          'Every act in the workspace, with sign-ins and refusals. All filters apply together. A cursor continues with the same filters. Events are kept for `auditRetentionDays`.',
        querystring: query,
        response: { 200: page, ...problemAnswers(400) },
      },
    },
    async ({ workspaceId, query: { cursor: given, limit: most, ...texts } }) => {
      const filters = auditFilters(texts, await timeZoneOf(db, workspaceId));
      const { rows, ...cursors } = await withCursor(() =>
        listAuditEvents(db, workspaceId, filters, { cursor: given, limit: most }),
      );
      return { events: rows.map(documentOf), ...cursors };
    },
  );
}

function documentOf(listed: ListedAuditEvent): z.input<typeof event> {
  const { id, at, lastAt, before, after, ...rest } = listed;
  return {
    ...rest,
    id: String(id),
    at: at.toISOString(),
    sentence: englishAuditSentence(listed),
    before: before === null ? null : { ...before },
    after: after === null ? null : { ...after },
    lastAt: lastAt?.toISOString() ?? null,
  };
}
