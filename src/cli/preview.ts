import type { MeetingPreview } from '../client';
import { apiFor, reached, type ApiOptions } from './api';
import { outputFor } from './output';
import { counted } from './words';

/** `preview MEETING_ID`: prints what a sync would write and link now. */
export async function showPreview(meetingId: string, options: ApiOptions): Promise<void> {
  const preview = await reached(apiFor(options).preview(meetingId));
  outputFor(options).result(preview, textOf(preview));
}

function textOf({
  meetingId,
  written,
  reason,
  activities,
  links,
  leftOut,
  fields,
  tasks,
  warnings,
}: MeetingPreview): string {
  const { summary, notes } = activities;
  return [
    written
      ? `${meetingId} would be written:`
      : `${meetingId} would not be written. ${reason?.message ?? ''} ${reason?.action ?? ''}`.trim(),
    ...[summary, notes].flatMap((activity) =>
      activity === null
        ? []
        : [`  ${activity.objectType}: ${activity.title ?? counted(activity.body.length, 'character')}`],
    ),
    `${counted(links.length, 'record')} would be linked:`,
    ...links.map(({ objectType, id, via, from }) => {
      const source = from === null ? '' : ` from ${from.objectType}/${from.id}`;
      return `  ${objectType}/${id === '' ? '(new)' : id} (${via}${source})`;
    }),
    ...(leftOut.length === 0 ? [] : ['Not linked:']),
    ...leftOut.map(({ record, person, message }) => {
      const what = record === null ? (person?.email ?? person?.name ?? '') : `${record.objectType}/${record.id}`;
      return `  ${what}: ${message}`;
    }),
    ...(fields.length === 0 ? [] : ['Values for properties:']),
    ...fields.map((field) => `  ${fieldText(field)}`),
    ...(tasks.length === 0 ? [] : ['Tasks of next steps:']),
    ...tasks.map((task) => `  ${taskText(task)}`),
    ...warnings.map(({ path, message }) => `Warning: ${`${path} ${message}`.trim()}`),
  ].join('\n');
}

function fieldText({ objectType, id, property, before, after, reason }: MeetingPreview['fields'][number]): string {
  const [now, then] = [before ?? '(empty)', after ?? '(empty)'];
  const what = before === after ? `${now} stays` : `${now} → ${then}`;
  return `${objectType}/${id === '' ? '(new)' : id} ${property}: ${what}${reason === null ? '' : `. ${reason}`}`;
}

const ACTIONS: Record<MeetingPreview['tasks'][number]['action'], string> = {
  create: 'would be made',
  change: 'would change',
  archive: 'would be archived',
  keep: 'stays',
  none: 'no task',
};

function taskText({ text, action, ownerEmail, dueAt, reason }: MeetingPreview['tasks'][number]): string {
  const details = action === 'create' || action === 'change' ? ` (${ownerEmail}, due ${dueAt})` : '';
  return `${text.replaceAll(/\s+/g, ' ')}: ${ACTIONS[action]}${details}${reason === null ? '' : `. ${reason}`}`;
}
