import { z } from 'zod';
import { FIELD_DEALS, FIELD_POLICIES } from '../../meeting/fields/mapping';
import type { SettingsChange } from '../../meeting/preview';
import {
  EDITED_ACTIVITIES,
  MISSING_CONTACTS,
  settingNames,
  settingsPatchSchema,
  SUMMARY_TYPES,
  type Settings,
} from '../../meeting/settings';
import { CREATE_TASKS } from '../../meeting/tasks/wanted';
import { listAccessChanges } from '../../store/audit/access-changes';
import { changeSettings, listSettingsChanges, loadSettings } from '../../store/settings/settings';
import { checkCustomObjectTypes } from '../custom-object-types';
import type { HttpDependencies } from '../dependencies';
import type { Api } from './typed-api';
import { apiActor } from './auth';
import { problemAnswers } from './schemas';

const tags = ['settings'];
const settings: z.ZodType<Settings> = z
  .object({
    ownDomains: z.array(z.string()),
    excludedDomains: z.array(z.string()),
    excludedAddresses: z.array(z.string()),
    freeMailDomains: z.array(z.string()),
    createMissingContacts: z.enum(MISSING_CONTACTS),
    matchPhoneNumbers: z.boolean(),
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
    editedActivities: z.enum(EDITED_ACTIVITIES),
    recordingLinkFormat: z.string().nullable(),
    lateMatchDays: z.number(),
    lateLinkDays: z.number(),
    retentionDays: z.number().nullable(),
    auditRetentionDays: z.number(),
    searchesPerSecond: z.number(),
    fieldMappings: z.array(
      z.object({ field: z.string(), objectType: z.string(), property: z.string(), policy: z.enum(FIELD_POLICIES) }),
    ),
    fieldDeals: z.enum(FIELD_DEALS),
    createTasks: z.enum(CREATE_TASKS),
    taskDueDays: z.number(),
  })
  .meta({ id: 'Settings', description: "The workspace's sync settings" });

const changes: z.ZodType<{ readonly changes: readonly SettingsChange[] }> = z
  .object({
    changes: z.array(
      z.object({
        changedBy: z.string(),
        changedAt: z.iso.datetime(),
        fields: z.array(z.object({ field: z.enum(settingNames), before: z.unknown(), after: z.unknown() })),
      }),
    ),
  })
  .meta({ id: 'SettingsChanges', description: 'Who changed which settings when, newest first' });

const readSchema = { tags, summary: 'Get the sync settings', response: { 200: settings, ...problemAnswers() } };

const patchSchema = {
  tags,
  summary: 'Change sync settings',
  description: 'Settings that the body omits stay unchanged. A list is replaced as a whole.',
  body: settingsPatchSchema,
  response: { 200: settings, ...problemAnswers(400, 409, 415) },
};

const accessChangesSchema = {
  tags,
  summary: 'List changes of access',
  description:
    'The last 50 changes of keys, members, sign-ins and the connection, and deletions of meetings, newest first.',
  response: {
    200: z.object({
      changes: z.array(z.object({ actor: z.string(), action: z.string(), changedAt: z.iso.datetime() })),
    }),
    ...problemAnswers(),
  },
};

const changesSchema = {
  tags,
  summary: 'List changes of the settings',
  description: 'The last 50 changes, each with the fields that it changed, before and after.',
  response: { 200: changes, ...problemAnswers() },
};

/** `/settings`: what is synced, and how. A change applies from the next sync of each meeting. */
export function registerSettings(api: Api, deps: Pick<HttpDependencies, 'db' | 'gateway' | 'log'>): void {
  const { db } = deps;
  api.get('/settings', { config: { access: 'read' }, schema: readSchema }, ({ workspaceId }) =>
    loadSettings(db, workspaceId),
  );

  api.patch('/settings', { config: { access: 'admin' }, schema: patchSchema }, async (request, reply) => {
    const { workspaceId, body } = request;
    await checkCustomObjectTypes(deps, workspaceId, body.customObjectTypes ?? []);
    return reply.send(await changeSettings(db, workspaceId, body, apiActor(request)));
  });

  api.get(
    '/settings/access-changes',
    { config: { access: 'admin' }, schema: accessChangesSchema },
    async ({ workspaceId }) => ({
      changes: (await listAccessChanges(db, workspaceId)).map(({ changedAt, ...change }) => ({
        ...change,
        changedAt: changedAt.toISOString(),
      })),
    }),
  );

  api.get('/settings/changes', { config: { access: 'read' }, schema: changesSchema }, async ({ workspaceId }) => ({
    changes: await listSettingsChanges(db, workspaceId),
  }));
}
