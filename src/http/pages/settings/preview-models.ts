import { storedText } from '../../../languages/stored-text';
import { numberText, t } from '../../../languages/text';
import { recordKey, type RecordRef } from '../../../meeting/linking/cascade';
import type { PreviewedChange, SettingsPreview } from '../../../meeting/preview';
import type { FieldLine } from '../meeting/field-lines';
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
  }[];
}

/** A message in place of a preview. */
export function noPreview(message: string): PreviewModel {
  return { summary: message, meetings: [] };
}

/** Names for the text of a preview. */
interface Known {
  readonly choices: SettingChoices;
  /** Names of the records, by `recordKey`, where known. */
  readonly names: ReadonlyMap<string, string>;
}

/** The model of a preview of changed settings: what would change, meeting by meeting. */
export function previewModel(
  { meetings }: SettingsPreview,
  { timeZone, ...known }: Known & { readonly timeZone: string },
): PreviewModel {
  const lines = meetings.map((meeting) => ({
    path: meetingPath(meeting.meetingId),
    title: titleOf(meeting),
    when: timeOf(meeting.startedAt, timeZone),
    changes: meeting.checked ? changesOf(meeting, known) : [t('It has too many records for a preview.')],
  }));
  const changed = meetings.filter((meeting, index) => meeting.checked && (lines[index]?.changes.length ?? 0) > 0);
  return {
    summary: summaryOf(changed.length, meetings.length),
    meetings: lines.filter(({ changes }) => changes.length > 0),
  };
}

function summaryOf(changed: number, all: number): string {
  if (all === 0) return t('No meetings yet, so nothing changes.');
  if (all === 1) return t(changed === 1 ? 'Changes your last meeting.' : 'Does not change your last meeting.');
  return t('Changes {changed, plural, =0 {none} other {#}} of your last {all, number} meetings.', { changed, all });
}

function changesOf(meeting: PreviewedChange, known: Known): string[] {
  const { writtenBefore, writtenAfter, reason, coming, going, contactsToCreate, rewritten, fields } = meeting;
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
  if (rewritten) changes.push(t('The text of its activities would change.'));
  return changes;
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
