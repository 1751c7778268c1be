import { findLinkedRecords, type LinkedRecord } from '../../../analytics/choices';
import { t } from '../../../languages/text';
import { recordName } from '../../../meeting/record-names';
import type { Db } from '../../../store/database';
import { objectTypes } from '../../../store/mirror/catalogue';
import {
  invalidFilter,
  RECORD_TEXTS,
  recordValue,
  type ParsedFilters,
  type RecordFilterName,
  type RecordName,
} from './analytics-filters';

/** A typed name matches several records, so the person has to choose one. */
export interface Ambiguity {
  readonly filter: RecordFilterName;
  readonly typed: string;
  readonly records: readonly { readonly value: string; readonly name: string; readonly detail: string | null }[];
}

/** The filters of a query, with the records that their names match. */
export type ReadFilters = Omit<ParsedFilters, 'names'> & { readonly ambiguous: readonly Ambiguity[] };

/** The records that match a typed name. */
export interface FoundRecords extends RecordName {
  readonly found: readonly LinkedRecord[];
}

const CHOICES_SHOWN = 10;

/** Searches for the named records among those that are linked to meetings, and completes the filters. */
export async function findNamedRecords(
  db: Db,
  { workspaceId, portalId }: { readonly workspaceId: string; readonly portalId: number | null },
  parsed: ParsedFilters,
): Promise<ReadFilters> {
  if (portalId === null || parsed.names.length === 0) return withFoundRecords(parsed, [], new Map());
  const [searches, types] = await Promise.all([
    Promise.all(
      parsed.names.map(async (name) => {
        const scope = {
          workspaceId,
          portalId,
          objectType: name.filter === 'company' ? 'companies' : 'custom',
        } as const;
        // One more than is shown reveals that there are more.
        return { ...name, found: await findLinkedRecords(db, scope, name.typed, CHOICES_SHOWN + 1) };
      }),
    ),
    objectTypes(db, portalId),
  ]);
  return withFoundRecords(parsed, searches, new Map(types.map((type) => [type.object_type, type.primary_property])));
}

/**
 * Completes the filters: one match is the value of its filter, several are ambiguous, and none is an error.
 *
 * @param primary - the property that names a record, by custom object type
 */
export function withFoundRecords(
  { texts, given, invalid }: ParsedFilters,
  searches: readonly FoundRecords[],
  primary: ReadonlyMap<string, string | null>,
): ReadFilters {
  const single = searches.flatMap(({ filter, found: [record, ...others] }) =>
    record === undefined || others.length > 0 ? [] : [[filter, recordValue(filter, record)] as const],
  );
  return {
    texts: { ...texts, ...Object.fromEntries(single) },
    given,
    invalid: [
      ...invalid,
      ...searches.flatMap(({ filter, typed, found }) =>
        found.length > 0 ? [] : [invalidFilter(filter, typed, t(RECORD_TEXTS[filter].none))],
      ),
    ],
    ambiguous: searches.flatMap(({ filter, typed, found }) =>
      found.length < 2
        ? []
        : [
            {
              filter,
              typed,
              records: found.slice(0, CHOICES_SHOWN).map((record) => choiceOf(filter, record, primary)),
            },
          ],
    ),
  };
}

function choiceOf(
  filter: RecordFilterName,
  record: LinkedRecord,
  primary: ReadonlyMap<string, string | null>,
): Ambiguity['records'][number] {
  const property = primary.get(record.objectType) ?? null;
  return {
    value: recordValue(filter, record),
    name: recordName(record.objectType, record.properties, property) ?? record.id,
    detail: record.properties['domain'] ?? null,
  };
}
