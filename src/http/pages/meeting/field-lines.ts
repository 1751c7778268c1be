import type { PreviewedField } from '../../../meeting/preview';
import { storedText } from '../../../languages/stored-text';
import { t } from '../../../languages/text';
import type { RecordLine } from './tree-models';

/** A previewed value for a property, as pages show it. */
export interface FieldLine {
  readonly record: RecordLine;
  /** The property's label, or its internal name where the label is not known. */
  readonly property: string;
  readonly before: string;
  readonly after: string;
  readonly changes: boolean;
  /** Why nothing is written, or what happens instead; null for a value that is written. */
  readonly reason: string | null;
}

/** @param labelOf - the label of a property */
export function fieldLine(
  { before, after, state, reason, property }: PreviewedField,
  record: RecordLine,
  labelOf: (property: string) => string = (name) => name,
): FieldLine {
  return {
    record,
    property: labelOf(property),
    before: before ?? t('(empty)'),
    after: after ?? t('(empty)'),
    changes: before !== after,
    reason:
      state === 'review' ? t('A person reviews the suggestion first.') : reason === null ? null : storedText(reason),
  };
}
