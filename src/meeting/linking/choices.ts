import { recordKey, type RecordRef } from './cascade';

/**
 * A person's choice about a record. Choices are in chronological order, and a later choice about the same record
 * replaces an earlier one.
 */
export type Choice = RecordRef & { readonly choice: 'linked' | 'unlinked' };

/** The choices applied to the current CRM: merged records are under their present id. */
export type PresentChoices = {
  readonly linked: readonly RecordRef[];
  readonly unlinked: readonly RecordRef[];
  /** Records that were linked by hand and deleted since. They are not linked until they are restored. */
  readonly gone: readonly RecordRef[];
};

/**
 * Applies choices to the current CRM. A merged record counts as the one that it was merged into. When a merge brings
 * several choices together, the latest counts. But merging a record that belongs to the meeting with an unlinked one
 * does not unlink it: a duplicate that a person unlinked and then merged must not remove the participant as well.
 *
 * @param presentId - returns the record's present id, or null when it is deleted
 * @param belongs - whether the meeting is now linked to this record, or to one that was merged into it
 */
export function presentChoices(
  choices: readonly Choice[],
  presentId: (record: RecordRef) => string | null,
  belongs: (record: RecordRef) => boolean,
): PresentChoices {
  const present = new Map<string, Choice>();
  const gone: RecordRef[] = [];
  for (const { objectType, id, choice } of choices) {
    const now = presentId({ objectType, id });
    if (now === null && choice === 'linked') {
      gone.push({ objectType, id });
      continue;
    }
    const record = { objectType, id: now ?? id };
    if (choice === 'unlinked' && record.id !== id && belongs(record)) continue;
    present.set(recordKey(record), { ...record, choice });
  }
  const of = (wanted: Choice['choice']) =>
    [...present.values()].filter(({ choice }) => choice === wanted).map(({ objectType, id }) => ({ objectType, id }));
  return { linked: of('linked'), unlinked: of('unlinked'), gone };
}
