import { recordKey, type RecordRef } from './cascade';

/** What a person chose about a record: in the order of choosing, a later choice about the same record counts. */
export type Choice = RecordRef & { readonly choice: 'linked' | 'unlinked' };

/** The choices on the CRM as it stands: merged records under their present id. */
export type PresentChoices = {
  readonly linked: readonly RecordRef[];
  readonly unlinked: readonly RecordRef[];
  /** Linked by hand and deleted since: not linked, until it is restored. */
  readonly gone: readonly RecordRef[];
};

/**
 * A merged record counts as the one that it was merged into; of choices that meet by a merge the latest counts. But a
 * record that belongs to the meeting is not unlinked by being merged with one that was: a duplicate that a person took
 * off and then merged must not take the participant along.
 *
 * @param presentId - the record's id by now, or null when it is deleted
 * @param belongs - whether the meeting is linked to this record, or to one that was merged into it, as things are
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
