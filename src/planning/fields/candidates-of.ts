import type { RecordRef } from '../../meeting/linking/cascade';
import { valueOfKey } from '../../meeting/fields/value-of-key';
import type { FieldMapping } from '../../meeting/fields/mapping';
import type { FieldValue } from '../../meeting/fields/meeting-field';
import type { PropertyDefinition } from '../../meeting/fields/property';
import { toProperty } from '../../meeting/fields/to-property';
import type { ProcessedMeeting } from '../../meeting/intake/schema';

/** A meeting's value for a property of a record, as the property takes it. */
export interface FieldCandidate {
  readonly record: RecordRef;
  readonly property: string;
  readonly field: string;
  /** For people; null if the meeting has no value. */
  readonly value: string | null;
  /** Null if the value does not fit. */
  readonly fits: string | null;
  readonly quote: string | null;
  readonly startSeconds: number | null;
  /** Why the value does not fit, or null. */
  readonly why: string | null;
}

/** The properties of a type by name. `refused`: HubSpot's sentence if it does not show them. */
export interface KnownProperties {
  readonly byName: ReadonlyMap<string, PropertyDefinition>;
  readonly refused: string | null;
}

/** Finds a meeting's value for every mapped property of its linked records. Pure. */
export function candidatesOf(
  meeting: ProcessedMeeting,
  {
    links,
    mappings,
    properties,
  }: {
    readonly links: readonly RecordRef[];
    readonly mappings: readonly FieldMapping[];
    readonly properties: ReadonlyMap<string, KnownProperties>;
  },
): FieldCandidate[] {
  return links.flatMap((record) =>
    mappings
      .filter(({ objectType }) => objectType === record.objectType)
      .map(({ field, property }): FieldCandidate => {
        const found = valueOfKey(meeting, field);
        const at = { record: { objectType: record.objectType, id: record.id }, property, field };
        if (found === null) return { ...at, value: null, fits: null, quote: null, startSeconds: null, why: null };
        const { quote, startSeconds } = found;
        const known = properties.get(record.objectType);
        const fitted =
          typeof known?.refused === 'string'
            ? { why: known.refused }
            : toProperty(found.value, known?.byName.get(property) ?? null);
        return {
          ...at,
          value: textOf(found.value),
          fits: 'fits' in fitted ? fitted.fits : null,
          quote,
          startSeconds,
          why: 'why' in fitted ? fitted.why : null,
        };
      }),
  );
}

function textOf(value: FieldValue): string {
  return typeof value === 'object' ? value.join('\n') : String(value);
}
