import { z } from 'zod';
import { settingsPatchSchema, SUMMARY_TYPES, type Settings } from '../../meeting/settings';
import { changeSettings, loadSettings } from '../../store/settings';
import type { HttpDependencies } from '../dependencies';
import type { Api } from './api';
import { problemAnswers } from './schemas';

const tags = ['settings'];
const settings: z.ZodType<Settings> = z
  .object({
    ownDomains: z.array(z.string()),
    createMissingContacts: z.boolean(),
    customObjectTypes: z.array(z.string()),
    openDealsOnly: z.boolean(),
    dealPipelines: z.array(z.string()),
    maxDeals: z.number().nullable(),
    externalOnly: z.boolean(),
    minimumMinutes: z.number(),
    excludedTitleWords: z.array(z.string()),
    summaryType: z.enum(SUMMARY_TYPES),
    joinCalendarMeeting: z.boolean(),
    oneRecordingPerMeeting: z.boolean(),
    lateMatchDays: z.number(),
    lateLinkDays: z.number(),
  })
  .meta({ id: 'Settings', description: "The workspace's sync settings" });

/** `/settings`: what is synced, and how. A change holds from the next sync of each meeting on. */
export function registerSettings(api: Api, { db }: Pick<HttpDependencies, 'db'>): void {
  api.get(
    '/settings',
    { schema: { tags, summary: 'The sync settings', response: { 200: settings, ...problemAnswers() } } },
    ({ workspaceId }) => loadSettings(db, workspaceId),
  );

  api.patch(
    '/settings',
    {
      schema: {
        tags,
        summary: 'Change sync settings',
        description: 'Settings that are left out stay as they are; a list is replaced whole.',
        body: settingsPatchSchema,
        response: { 200: settings, ...problemAnswers(400, 415) },
      },
    },
    ({ workspaceId, body }) => changeSettings(db, workspaceId, body, 'API'),
  );
}
