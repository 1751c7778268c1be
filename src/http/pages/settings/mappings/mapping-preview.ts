import { t } from '../../../../languages/text';
import type { PreviewedField, SettingsPreview } from '../../../../meeting/preview';
import { fieldLine } from '../../meeting/field-lines';
import type { RecordLine } from '../../meeting/tree-models';
import { meetingPath, timeOf, titleOf } from '../../layout/status-words';
import type { PreviewModel } from '../preview-models';

interface Known {
  readonly timeZone: string;
  readonly recordOf: (field: PreviewedField) => RecordLine;
  readonly labelOf: (objectType: string, property: string) => string;
}

/** What the newest meetings would write into properties: every value of every record, before and after, or why not. */
export function mappingPreview({ meetings }: SettingsPreview, known: Known): PreviewModel {
  const fields = meetings.flatMap((meeting) => meeting.fields);
  const written = fields.filter(({ before, after }) => before !== after).length;
  const refused = fields.filter(({ state }) => state === 'refused').length;
  return {
    summary: t(
      'Your last {meetings, plural, =0 {meetings change} one {meeting changes} other {# meetings change}} {written, plural, =0 {no property} one {# property} other {# properties}}{refused, plural, =0 {} one {; # value would be refused} other {; # values would be refused}}.',
      { meetings: meetings.length, written, refused },
    ),
    meetings: meetings
      .filter((meeting) => meeting.fields.length > 0 || !meeting.checked)
      .map((meeting) => ({
        path: meetingPath(meeting.meetingId),
        title: titleOf(meeting),
        when: timeOf(meeting.startedAt, known.timeZone),
        changes: meeting.checked ? [] : [t('It has too many records for a preview.')],
        fields: meeting.fields.map((field) =>
          fieldLine(field, known.recordOf(field), (property) => known.labelOf(field.objectType, property)),
        ),
      })),
  };
}
