import type { FieldMapping } from '../../meeting/fields/mapping';
import type { RecordRef } from '../../meeting/linking/cascade';
import type { PreviewedField } from '../../meeting/preview';
import type { FieldLedger } from '../../store/fields/ledger';
import type { FieldCandidate, KnownProperties } from './candidates-of';
import { decideProperty, WHY, winnerState } from './decide-property';

/** A value of a previewed meeting. */
export type PreviewedCandidate = FieldCandidate & { readonly meetingId: string; readonly startedAt: number };

/** A record, and everything that decides about its properties. */
export interface RecordToPreview {
  readonly record: RecordRef;
  readonly mappings: readonly FieldMapping[];
  readonly candidates: readonly PreviewedCandidate[];
  readonly ledger: FieldLedger;
  /** HubSpot's values; null for a record that is gone. */
  readonly present: Readonly<Record<string, string | null>> | null;
  readonly isClosed: boolean;
  readonly properties: KnownProperties | null;
}

/** What becomes of the values of previewed meetings for one record, by meeting. Pure. */
export function previewRecord(
  input: RecordToPreview,
  previewed: ReadonlySet<string>,
): (readonly [meetingId: string, PreviewedField])[] {
  const { record, mappings, properties } = input;
  return mappings
    .filter(({ objectType }) => objectType === record.objectType)
    .flatMap((mapping): (readonly [string, PreviewedField])[] => {
      const own = input.candidates.filter(({ property }) => property === mapping.property);
      const at = { field: mapping.field, objectType: record.objectType, id: record.id, property: mapping.property };
      if (input.present === null)
        return own.flatMap(({ meetingId, value }) =>
          value === null
            ? []
            : [[meetingId, { ...at, state: 'refused', value, before: null, after: null, reason: WHY.gone }] as const],
        );
      const before = input.present[mapping.property] || null;
      const ledger = ledgerAfter(input.ledger, { own, previewed, property: mapping.property });
      const definition = properties?.byName.get(mapping.property) ?? null;
      const facts = { mapping, present: before, definition, isClosed: input.isClosed };
      const action = decideProperty(mapping.property, ledger, facts);
      const after = action.do === 'write' || action.do === 'putBack' ? action.value || null : before;
      const entries = own.flatMap(({ meetingId, value, fits, why }) => {
        // A meeting without a value says nothing about the property.
        if (value === null) return [];
        const state =
          why !== null
            ? ({ state: 'refused', reason: why } as const)
            : 'meetingId' in action && action.meetingId === meetingId
              ? winnerState(action, { present: before, definition, fits })
              : ({ state: 'older', reason: WHY.older } as const);
        return [[meetingId, { ...at, ...state, value, before, after }] as const];
      });
      const unlinked =
        before === after ? [] : unlinkedWriters(input.ledger, { own, previewed, property: mapping.property });
      return [
        ...entries,
        ...unlinked.map(
          (meetingId) =>
            [meetingId, { ...at, state: 'written', value: null, before, after, reason: WHY.unlinked }] as const,
        ),
      ];
    });
}

interface Own {
  readonly own: readonly PreviewedCandidate[];
  readonly previewed: ReadonlySet<string>;
  readonly property: string;
}

/** The ledger as the syncs of the previewed meetings would leave it. */
function ledgerAfter({ candidates, writes }: FieldLedger, of: Own): FieldLedger {
  const { own, previewed, property } = of;
  const unlinked = new Set(unlinkedWriters({ candidates, writes }, of));
  const others = candidates.filter((each) => each.property === property && !previewed.has(each.meetingId));
  return {
    candidates: [
      ...others,
      ...own.map((each) => {
        const stored = candidates.find(
          (known) => known.property === property && known.meetingId === each.meetingId && known.fits === each.fits,
        );
        return { ...each, decision: stored?.decision ?? null };
      }),
    ],
    writes: writes.map((row) =>
      row.meeting_id !== null && row.property === property && unlinked.has(row.meeting_id)
        ? { ...row, meeting_id: null }
        : row,
    ),
  };
}

/** The previewed meeting whose value the property has, and that is not linked to the record any more. */
function unlinkedWriters({ writes }: FieldLedger, { own, previewed, property }: Own): string[] {
  const linked = new Set(own.map(({ meetingId }) => meetingId));
  return writes.flatMap(({ property: name, meeting_id: meetingId }) =>
    name === property && meetingId !== null && previewed.has(meetingId) && !linked.has(meetingId) ? [meetingId] : [],
  );
}
