import { z } from 'zod';
import { LEFT_OUT_RULES, type LeftOut } from '../../meeting/linking/left-out';
import {
  TASK_ACTIONS,
  type MeetingPreview,
  type PreviewedActivity,
  type PreviewedField,
  type PreviewedTask,
  type SettingsPreview,
} from '../../meeting/preview';
import { settingsPatchSchema } from '../../meeting/settings';
import { previewMeeting } from '../../planning/preview';
import { previewSettings } from '../../planning/settings-preview';
import { findMeeting } from '../../store/meetings/meetings';
import { checkCustomObjectTypes } from '../custom-object-types';
import type { HttpDependencies } from '../dependencies';
import { askingHubSpot } from '../plumbing/hubspot-problems';
import { isMeetingId } from '../../meeting/meeting-id';
import { ProblemError } from '../plumbing/problems';
import { noSuchMeeting } from './meeting-status';
import type { Api } from './typed-api';
import { fieldState, linkDocument, problemAnswers, reasonDocument, recordRef, warningDocument } from './schemas';

const activity: z.ZodType<PreviewedActivity> = z.object({
  objectType: z.string(),
  title: z.string().nullable().meta({ description: 'Null for notes, which have none' }),
  body: z.string().meta({ description: 'HTML' }),
});
const leftOut: z.ZodType<LeftOut> = z.object({
  rule: z.enum(LEFT_OUT_RULES),
  message: z.string(),
  record: recordRef.nullable(),
  from: recordRef.nullable().meta({ description: 'The record that it was reached from' }),
  person: z.object({ email: z.string().nullable(), name: z.string().nullable() }).nullable(),
});

const fields: z.ZodType<readonly PreviewedField[]> = z
  .array(
    fieldState.extend({
      id: z.string().meta({ description: 'Empty for a contact that would be created' }),
      before: z.string().nullable().meta({ description: 'What HubSpot has now; null if the property is empty' }),
      after: z.string().nullable().meta({ description: 'What HubSpot would have; as `before` if nothing is written' }),
    }),
  )
  .meta({ description: 'Every value for a mapped property, with what HubSpot has before and after, or why it stays' });

const tasks: z.ZodType<readonly PreviewedTask[]> = z
  .array(
    z.object({
      stepId: z.string().nullable().meta({ description: 'Your id of the next step; null without one' }),
      text: z.string().meta({ description: 'The text of the next step', example: 'Send the offer' }),
      action: z.enum(TASK_ACTIONS).meta({
        description:
          '`keep`: the task stays as it is, such as one that a person completed. `archive`: its step or its meeting is gone. `none`: there is no task, and none would be made',
      }),
      reason: z.string().nullable().meta({ description: 'Why, where the action needs an explanation' }),
      id: z.string().nullable().meta({ description: 'The id of the task in HubSpot', example: '73904215518' }),
      url: z.string().nullable().meta({ description: 'Its page in HubSpot' }),
      dueAt: z.iso
        .datetime()
        .nullable()
        .meta({ description: 'When it would be due; null for a step that the meeting no longer has' }),
      ownerEmail: z.string().nullable().meta({
        description: 'The owner of the step, or else the host; null for a step that the meeting no longer has',
        example: 'ana.ruiz@northwind.example',
      }),
    }),
  )
  .meta({ description: 'What would become of the task of each next step, and why' });

const meetingPreview: z.ZodType<MeetingPreview> = z
  .object({
    meetingId: z.string(),
    written: z.boolean(),
    reason: reasonDocument.nullable().meta({ description: 'Why it would not be written' }),
    activities: z.object({ summary: activity, notes: activity.nullable() }),
    links: z.array(linkDocument),
    leftOut: z.array(leftOut),
    fields,
    tasks,
    warnings: z.array(warningDocument).meta({ description: 'What was dropped when the meeting was posted' }),
  })
  .meta({ id: 'MeetingPreview', description: 'What a sync of the meeting would do now' });

const settingsPreview: z.ZodType<SettingsPreview> = z
  .object({
    meetings: z.array(
      z.object({
        meetingId: z.string(),
        title: z.string(),
        startedAt: z.iso.datetime(),
        checked: z.boolean().meta({ description: 'False when the meeting has too many records for a preview' }),
        writtenBefore: z.boolean(),
        writtenAfter: z.boolean(),
        reason: reasonDocument.nullable().meta({ description: 'Why it would not be written with the change' }),
        coming: z.array(linkDocument),
        going: z.array(linkDocument),
        contactsToCreate: z.number(),
        rewritten: z.boolean().meta({ description: 'The activities would have another text or another type' }),
        fields,
        tasks,
      }),
    ),
  })
  .meta({ id: 'SettingsPreview', description: 'What a change of the settings would do to the newest meetings' });

/** Previews: what a sync or a change of the settings would do, without doing it. */
export function registerPreviews(api: Api, deps: Pick<HttpDependencies, 'db' | 'gateway' | 'log'>): void {
  api.get(
    '/meetings/:meetingId/preview',
    {
      config: { access: 'read' },
      schema: {
        tags: ['meetings'],
        summary: 'Preview a sync',
        description:
          'Both activities as they would be written, every record that would be linked with the rule that chose it, every record or person that would be excluded with the rule that excludes it, each value for a property with what HubSpot has before and after, and what would become of the task of each next step. It reads HubSpot, and writes nothing.',
        params: z.object({ meetingId: z.string() }),
        response: { 200: meetingPreview, ...problemAnswers(404, 409) },
      },
    },
    async ({ workspaceId, params: { meetingId } }) => {
      const key = { workspaceId, meetingId };
      const meeting = isMeetingId(meetingId) ? await findMeeting(deps.db, key) : null;
      if (meeting === null) throw noSuchMeeting(meetingId);
      const preview = meeting.body === null ? null : await askingHubSpot(previewMeeting(deps, key));
      if (preview === null)
        throw new ProblemError('meeting-not-found', `Meeting "${meetingId}" was deleted: post it again to preview it.`);
      return preview;
    },
  );

  api.post(
    '/settings/preview',
    {
      config: { access: 'read' },
      schema: {
        tags: ['settings'],
        summary: 'Preview a change of the settings',
        description:
          'Accepts the same body as PATCH, and changes nothing. For each of the newest ten meetings, it shows which links their next sync would add and remove, whether it would be written, what the properties of the records would have, and what would become of the tasks of its next steps. A body with `fieldMappings` and `fieldDeals` alone is answered for the newest twenty, without tasks.',
        body: settingsPatchSchema,
        response: { 200: settingsPreview, ...problemAnswers(400, 409, 415) },
      },
    },
    async ({ workspaceId, body }) => {
      await checkCustomObjectTypes(deps, workspaceId, body.customObjectTypes ?? []);
      return await askingHubSpot(previewSettings(deps, workspaceId, body));
    },
  );
}
