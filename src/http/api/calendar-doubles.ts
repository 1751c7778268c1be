import { z } from 'zod';
import { countSparedDoubles, type SparedDoubles } from '../../store/engagements/calendar-doubles';
import type { HttpDependencies } from '../dependencies';
import type { Api } from './typed-api';
import { problemAnswers } from './schemas';

const sparedDoubles: z.ZodType<SparedDoubles> = z
  .object({
    days: z.number().int(),
    doubles: z.number().int().meta({ description: 'Summaries beside a calendar meeting of the same event' }),
    joined: z.number().int().meta({ description: 'Summaries inside a calendar meeting' }),
    unchecked: z.number().int().meta({ description: 'Not checked yet by a reconciliation' }),
  })
  .meta({
    id: 'CalendarDoubles',
    description: 'Duplicates that joinCalendarMeeting would avoid, and those that it has avoided',
  });

/** `/settings/calendar-doubles`: the numbers for deciding on the setting `joinCalendarMeeting`. */
export function registerCalendarDoubles(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get(
    '/settings/calendar-doubles',
    {
      config: { access: 'read' },
      schema: {
        tags: ['settings'],
        summary: 'Count the duplicates that joinCalendarMeeting avoids',
        description: 'Of meetings that were posted within the last days and that a reconciliation has checked.',
        response: { 200: sparedDoubles, ...problemAnswers() },
      },
    },
    ({ workspaceId }) => countSparedDoubles(db, workspaceId),
  );
}
