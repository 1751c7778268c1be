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
    unchecked: z.number().int().meta({ description: 'HubSpot was not asked yet; reconciliations do' }),
  })
  .meta({ id: 'CalendarDoubles', description: 'What joinCalendarMeeting would spare, and has spared' });

/** `/settings/calendar-doubles`: the numbers for deciding on the setting `joinCalendarMeeting`. */
export function registerCalendarDoubles(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get(
    '/settings/calendar-doubles',
    {
      schema: {
        tags: ['settings'],
        summary: 'How many doubles joinCalendarMeeting would have spared',
        description: 'Of meetings that came in within the last days, as far as reconciliations have asked HubSpot.',
        response: { 200: sparedDoubles, ...problemAnswers() },
      },
    },
    ({ workspaceId }) => countSparedDoubles(db, workspaceId),
  );
}
