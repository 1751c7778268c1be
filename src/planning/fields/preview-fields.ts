import type { ConnectedCrm } from '../../connection/open-crm';
import type { Crm } from '../../hubspot/crm';
import type { ProcessedMeeting } from '../../meeting/intake/schema';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { PreviewedField } from '../../meeting/preview';
import type { Settings } from '../../meeting/settings';
import type { Db } from '../../store/database';
import { readFieldLedgers, recordsWrittenBy } from '../../store/fields/ledger';
import { candidatesOf } from './candidates-of';
import { knownProperties } from './known-properties';
import { previewRecord, type PreviewedCandidate, type RecordToPreview } from './preview-record';
import { isClosedDeal, recordValues } from './record-values';

/** A meeting whose values are previewed, with the records that a sync would link. A contact to create has the id "". */
export interface MeetingToPreview {
  readonly meetingId: string;
  readonly meeting: ProcessedMeeting;
  readonly links: readonly RecordRef[];
}

type Options = Pick<Settings, 'fieldMappings' | 'fieldDeals'>;
type Values = RecordToPreview['present'];

const NO_LEDGER = { candidates: [], writes: [] };

/**
 * What syncs of these meetings would write to the properties of their records, with these settings: for each value what
 * HubSpot has now and would have then, or why nothing is written. Of several meetings of a record, the newest wins, as in
 * a sync. Nothing is written.
 *
 * @returns the fields by meeting id
 * @throws the gateway's errors: `HubSpotError`, `BudgetExhaustedError` …
 */
export async function previewFields(
  db: Db,
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  request: { readonly workspaceId: string; readonly settings: Options; readonly meetings: readonly MeetingToPreview[] },
): Promise<ReadonlyMap<string, readonly PreviewedField[]>> {
  const { workspaceId, settings, meetings } = request;
  const mappings = settings.fieldMappings;
  if (mappings.length === 0 || meetings.length === 0) return new Map();
  const account = { workspaceId, portalId };
  const previewed = new Set(meetings.map(({ meetingId }) => meetingId));
  const mapped = new Set(mappings.map(({ objectType }) => objectType));
  const [written, properties] = await Promise.all([
    recordsWrittenBy(db, account, [...previewed]),
    knownProperties(crm, mapped, mappings),
  ]);
  const candidates = meetings.flatMap(({ meetingId, meeting, links }) =>
    candidatesOf(meeting, { links, mappings, properties }).map((each): PreviewedCandidate => ({
      ...each,
      meetingId,
      startedAt: Date.parse(meeting.startedAt),
    })),
  );
  const groups = Map.groupBy(candidates, ({ record }) => recordKey(record));
  const linked = candidates.map(({ record }) => record);
  const known = [...linked, ...written].filter(({ objectType, id }) => id !== '' && mapped.has(objectType));
  const records = [...new Map(known.map((record) => [recordKey(record), record])).values()];
  const [ledgers, present] = await Promise.all([
    readFieldLedgers(db, account, records),
    readPresent(crm, records, mappings),
  ]);
  const toPreview = (record: RecordRef, some: readonly PreviewedCandidate[], values: Values): RecordToPreview => ({
    record,
    mappings,
    candidates: some,
    ledger: ledgers.get(recordKey(record)) ?? NO_LEDGER,
    present: values,
    isClosed: values !== null && isClosedDeal({ properties: values }, settings),
    properties: properties.get(record.objectType) ?? null,
  });
  const all = [
    ...records.map((record) => {
      const key = recordKey(record);
      return toPreview(record, groups.get(key) ?? [], present.get(key) ?? null);
    }),
    // A contact that would be created has no id, and no other meeting's value.
    ...candidates.flatMap((each) => (each.record.id === '' ? [toPreview(each.record, [each], {})] : [])),
  ];
  const fields = all.flatMap((one) => previewRecord(one, previewed));
  return new Map(
    [...Map.groupBy(fields, ([meetingId]) => meetingId)].map(([id, some]) => [id, some.map(([, field]) => field)]),
  );
}

/** HubSpot's values of the mapped properties, by `recordKey`. Null for a record that is gone. */
async function readPresent(
  crm: Crm,
  records: readonly RecordRef[],
  mappings: Options['fieldMappings'],
): Promise<ReadonlyMap<string, Values>> {
  const found = await Promise.all(
    records.map(async (record): Promise<[string, Values]> => {
      const { objectType, id } = record;
      const names = mappings.filter((each) => each.objectType === objectType).map(({ property }) => property);
      return [recordKey(record), (await recordValues(crm, objectType, names).read(id))?.properties ?? null];
    }),
  );
  return new Map(found);
}
