import { z } from 'zod';
import type { MeetingContext } from '../../meeting/context';
import { meetingContext } from '../../store/mirror/context';
import type { HttpDependencies } from '../dependencies';
import { isMeetingId } from '../../meeting/meeting-id';
import { noSuchMeeting } from './meeting-status';
import type { Api } from './typed-api';
import { linkVia, problemAnswers, recordRef } from './schemas';

const record = z
  .object({
    objectType: z.string(),
    id: z.string(),
    via: linkVia,
    name: z.string().nullable(),
    typeName: z.string().nullable(),
    pipeline: z.object({ id: z.string(), name: z.string().nullable() }).nullable(),
    stage: z
      .object({
        id: z.string(),
        name: z.string().nullable(),
        isClosed: z.boolean().nullable(),
        probability: z.number().nullable(),
      })
      .nullable(),
    owner: z.object({ id: z.string(), name: z.string().nullable(), email: z.string().nullable() }).nullable(),
    archived: z.boolean(),
    associatedWith: z.array(recordRef),
    properties: z.record(z.string(), z.string().nullable()).nullable(),
    readAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'ContextRecord', description: 'A linked record, as of the last read or event' });
const context: z.ZodType<MeetingContext> = z
  .object({
    meetingId: z.string(),
    contacts: z.array(record),
    companies: z.array(record),
    deals: z.array(record),
    customObjects: z.array(record),
  })
  .meta({ id: 'MeetingContext', description: 'The linked records with their properties' });

/** `/meetings/{id}/context`: the linked records of a meeting, from the mirror. */
export function registerContext(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get(
    '/meetings/:meetingId/context',
    {
      config: { access: 'read' },
      schema: {
        tags: ['meetings'],
        summary: 'Get the linked records with their properties',
        description:
          'Read from the mirror, which webhooks and reconciliations keep up to date: names, pipelines, stages, owners, and the associations between the linked records.',
        params: z.object({ meetingId: z.string() }),
        response: { 200: context, ...problemAnswers(404) },
      },
    },
    async ({ workspaceId, params: { meetingId } }) => {
      const found = isMeetingId(meetingId) ? await meetingContext(db, workspaceId, meetingId) : null;
      if (found === null) throw noSuchMeeting(meetingId);
      return found;
    },
  );
}
