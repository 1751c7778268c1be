import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConnectedCrm } from '../../connection/open-crm';
import { recordKey } from '../../meeting/linking/cascade';
import type { Settings } from '../../meeting/settings';
import { isBulk } from '../../hubspot/client/urgency';
import { knownProperties } from '../../planning/fields/known-properties';
import { wantRecords, type WantedRecord } from '../../store/fields/candidates';
import { claimFieldRecords, endFieldClaim } from '../../store/fields/claims';
import { moveFields } from '../../store/fields/merged';
import type { ActivityDependencies } from '../dependencies';
import { notSettled } from '../engagements/recover';
import { RecordSettlement } from './settle-record';

/** How long a pass waits within one attempt for another one that writes to the same record, and how often it looks. */
const PATIENCE_MS = 20_000;
const LOOK_EVERY_MS = 150;
/** Passes in bulk begin together, once in so many of the longest waits of a batch. */
const BULK_TURN_WAITS = 3;

/**
 * Writes the due values of records. One pass at a time has a record, and what it writes is due for all passes that
 * requested the record before: those have nothing left to do.
 *
 * @throws `NotSettledError` while another pass has a record
 */
export async function settleRecords(
  dependencies: ActivityDependencies,
  connected: ConnectedCrm,
  {
    workspaceId,
    settings,
    records,
  }: { readonly workspaceId: string; readonly settings: Settings; readonly records: readonly WantedRecord[] },
): Promise<void> {
  const { db, timeScale } = dependencies;
  const { portalId } = connected;
  if (records.length > 0 && isBulk()) await nextBulkTurn(connected.crm.longestLingerMs * BULK_TURN_WAITS);
  const token = randomUUID();
  const objectTypes = new Set(records.map(({ objectType }) => objectType));
  const properties = await knownProperties(connected.crm, objectTypes, settings.fieldMappings);
  const until = performance.now() + PATIENCE_MS;
  let left = records;
  for (;;) {
    if (left.length === 0) return;
    // oxlint-disable-next-line no-await-in-loop -- the records that are free now, then the others
    const { claimed, done } = await claimFieldRecords(db, { workspaceId, portalId }, left, token);
    // oxlint-disable-next-line no-await-in-loop -- as above
    const outcomes = await Promise.allSettled(
      claimed.map(async (record) => {
        const at = { workspaceId, portalId, record };
        const known = properties.get(record.objectType) ?? { byName: new Map(), refused: null };
        const settlement = new RecordSettlement({ db, crm: connected.crm, settings, at, token, properties: known });
        let isDone = false;
        try {
          const end = await settlement.run();
          if (typeof end === 'boolean') {
            isDone = end;
            return [];
          }
          await db.transaction().execute((change) => moveFields(change, { workspaceId, portalId }, record, end.merged));
          isDone = true;
          return await wantRecords(db, workspaceId, portalId, [{ objectType: record.objectType, id: end.merged }]);
        } finally {
          await endFieldClaim(db, at, token, isDone);
        }
      }),
    );
    const failed = outcomes.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
    const over = new Set([...claimed, ...done].map(recordKey));
    const merged = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value : []));
    left = [...left.filter((record) => !over.has(recordKey(record))), ...merged];
    if (left.length > 0 && performance.now() > until) throw notSettled(timeScale);
    // oxlint-disable-next-line no-await-in-loop -- as above
    if (left.length > 0) await sleep(LOOK_EVERY_MS);
  }
}

/**
 * Waits for the next common moment of passes in bulk, in this process and in others. Those of one record then find their
 * requests fulfilled by one of them, and those of different records share their calls.
 */
async function nextBulkTurn(everyMs: number): Promise<void> {
  await sleep(everyMs - (Date.now() % everyMs));
}
