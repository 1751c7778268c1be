import { storedText } from '../../../languages/stored-text';
import { message, numberText, t } from '../../../languages/text';
import { recordKey, type RecordRef } from '../../../meeting/linking/cascade';
import type { PreviewedChange, PreviewedTask, SettingsPreview } from '../../../meeting/preview';
import { TASK_REASONS } from '../../../meeting/tasks/planned-steps';
import type { FieldLine } from '../meeting/field-lines';
import { previewedTaskLine, type PreviewedTaskLine } from '../meeting/task-lines';
import { countedRecords, meetingPath, timeOf, titleOf } from '../layout/status-words';
import type { SettingChoices } from './sync-settings-form';

/** The effect of a settings change on the newest meetings, as text. */
export interface PreviewModel {
  readonly summary: string;
  /** The meetings that would change, and those that could not be checked. */
  readonly meetings: readonly {
    readonly path: string;
    readonly title: string;
    readonly when: { readonly iso: string; readonly text: string };
    readonly changes: readonly string[];
    /** Values for properties. */
    readonly fields?: readonly FieldLine[];
    /** Tasks of next steps. */
    readonly tasks?: readonly PreviewedTaskLine[];
  }[];
}

/** A message in place of a preview. */
export function noPreview(summary: string): PreviewModel {
  return { summary, meetings: [] };
}

/** Names for the text of a preview. */
interface Known {
  readonly choices: SettingChoices;
  /** Names of the records, by `recordKey`, where known. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * The model of a preview of changed settings: what would change, meeting by meeting.
 *
 * @param known - `ofTasks`: the settings of tasks change, so that each task is listed
 */
export function previewModel(
  { meetings }: SettingsPreview,
  { timeZone, ofTasks, ...known }: Known & { readonly timeZone: string; readonly ofTasks: boolean },
): PreviewModel {
  const changes = meetings.map((meeting) => (meeting.checked ? changesOf(meeting, known) : []));
  const lines = meetings.map((meeting, index) => ({
    path: meetingPath(meeting.meetingId),
    title: titleOf(meeting),
    when: timeOf(meeting.startedAt, timeZone),
    changes: meeting.checked
      ? [...(changes[index] ?? []), ...(ofTasks ? laterTasks(meeting) : [])]
      : [t('It has too many records for a preview.')],
    ...(ofTasks ? { tasks: meeting.tasks.map((task) => previewedTaskLine(task, timeZone)) } : {}),
  }));
  return {
    summary: summaryOf(changes.filter(({ length }) => length > 0).length, meetings.length),
    meetings: lines.filter((line) => line.changes.length > 0),
  };
}

function summaryOf(changed: number, all: number): string {
  if (all === 0) return t('No meetings yet, so nothing changes.');
  if (all === 1) return t(changed === 1 ? 'Changes your last meeting.' : 'Does not change your last meeting.');
  return t('Changes {changed, plural, =0 {none} other {#}} of your last {all, number} meetings.', { changed, all });
}

function changesOf(meeting: PreviewedChange, known: Known): string[] {
  const { writtenBefore, writtenAfter, reason, coming, going, contactsToCreate, rewritten, fields, tasks } = meeting;
  const changes: string[] = [];
  if (writtenBefore && !writtenAfter)
    changes.push(`${t('It would no longer be in HubSpot.')} ${storedText(reason?.message ?? '')}`.trim());
  if (!writtenBefore && writtenAfter) changes.push(t('It would be added to HubSpot.'));
  if (coming.length > 0) changes.push(t('Newly linked: {records}.', { records: recordsIn(coming, known) }));
  if (going.length > 0) changes.push(t('No longer linked: {records}.', { records: recordsIn(going, known) }));
  if (contactsToCreate > 0)
    changes.push(
      t('{count, plural, one {# contact} other {# contacts}} would be created.', { count: contactsToCreate }),
    );
  const written = fields.filter(({ before, after }) => before !== after).length;
  if (written > 0)
    changes.push(
      t('{count, plural, one {# property} other {# properties}} of its records would change.', { count: written }),
    );
  for (const [action, text] of TASK_CHANGES) {
    const count = tasks.filter((task) => task.action === action).length;
    if (count > 0) changes.push(t(text, { count }));
  }
  if (rewritten) changes.push(t('The text of its activities would change.'));
  return changes;
}

const TASK_CHANGES = [
  ['create', message('{count, plural, one {# task} other {# tasks}} would be made.')],
  ['change', message('{count, plural, one {# task} other {# tasks}} would change.')],
  ['archive', message('{count, plural, one {# task} other {# tasks}} would be archived.')],
] as const satisfies readonly (readonly [PreviewedTask['action'], string])[];

/** Tasks that a meeting from before gets only if a person runs it again. */
function laterTasks({ tasks }: PreviewedChange): string[] {
  const count = tasks.filter(({ reason }) => reason === TASK_REASONS.earlier).length;
  return count === 0
    ? []
    : [t('{count, plural, one {# task} other {# tasks}} would be made only if it is synced again.', { count })];
}

/** More names would make the change hard to read. */
const NAMES_SHOWN = 5;

/** `2 deals (Pilot, Renewal)`. Records without a known name are only counted. */
function recordsIn(links: readonly RecordRef[], { choices, names }: Known): string {
  const known = links.flatMap((link) => names.get(recordKey(link)) ?? []);
  const named = known.slice(0, NAMES_SHOWN).join(', ');
  const more = known.length > NAMES_SHOWN ? ', …' : '';
  return `${countedKinds(links, choices)}${named === '' ? '' : ` (${named}${more})`}`;
}

function countedKinds(links: readonly { readonly objectType: string }[], { objectTypes }: SettingChoices): string {
  return Object.entries(Object.groupBy(links, ({ objectType }) => objectType))
    .map(([objectType, { length: count } = []]) => {
      const custom = objectTypes.find(({ value }) => value === objectType)?.label;
      return custom === undefined ? countedRecords(objectType, count) : `${numberText(count)} ${custom}`;
    })
    .join(', ');
}
