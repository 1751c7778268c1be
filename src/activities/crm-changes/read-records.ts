import type { ConnectedCrm } from '../../connection/open-crm';
import type { CrmRecord } from '../../hubspot/client/batch-answers';
import { HubSpotError, isRejected } from '../../hubspot/client/errors';
import { isCustomType, recordKey, type RecordRef } from '../../meeting/linking/cascade';
import { objectTypes } from '../../store/mirror/catalogue';
import type { ReadRecord } from '../../store/mirror/mirror';
import type { DbPool } from '../../store/database';

/**
 * Reads the current state of records from HubSpot, in batches. Deleted records come without properties, merged ones
 * with both ids. A record that HubSpot refuses to show keeps what is mirrored of it: it must not block the others.
 *
 * @param options - `gone`: keys of records that were deleted before. If a batch does not return them, they are not read
 *   one by one every night: each answer would be an error, and HubSpot counts errors. `unread`: keys of records that
 *   were never read. A refused one of them comes with no properties, so that it is not read again and again
 */
export async function readRecords(
  { crm, portalId }: Pick<ConnectedCrm, 'crm' | 'portalId'>,
  db: DbPool,
  refs: readonly RecordRef[],
  {
    gone = new Set(),
    unread = new Set(),
  }: { readonly gone?: ReadonlySet<string>; readonly unread?: ReadonlySet<string> } = {},
): Promise<ReadRecord[]> {
  const custom = refs.some((ref) => isCustom(ref)) ? await objectTypes(db, portalId) : [];
  const propertiesOf = new Map(custom.map((type) => [type.object_type, type.properties]));
  const read = await Promise.all(
    refs.map(async (ref): Promise<ReadRecord[]> => {
      try {
        const objects = crm.objects(ref.objectType, propertiesOf.get(ref.objectType));
        const record = await (gone.has(recordKey(ref)) ? objects.find(ref.id) : objects.read(ref.id));
        if (record === null) return [{ ref, properties: null, mergedInto: null }];
        return [{ ref, properties: record.properties, mergedInto: record.id === ref.id ? null : record.id }];
      } catch (error) {
        if (!isRefused(ref, error)) throw error;
        return isCustom(ref) || unread.has(recordKey(ref)) ? [{ ref, properties: {}, mergedInto: null }] : [];
      }
    }),
  );
  return read.flat();
}

/**
 * Reads records that are not mirrored yet. Skips records that are deleted or merged by now, because a merge has its own
 * event, and those that HubSpot refuses to show.
 */
export async function readUnknownRecords(
  { crm }: Pick<ConnectedCrm, 'crm'>,
  refs: readonly RecordRef[],
): Promise<ReadRecord[]> {
  const read = await Promise.all(
    refs.map(async (ref): Promise<ReadRecord[]> => {
      const record = await foundUnlessRefused(crm, ref);
      return record === null
        ? []
        : [{ ref: { ...ref, id: record.id }, properties: record.properties, mergedInto: null }];
    }),
  );
  return read.flat();
}

/**
 * Finds the records through which a restored or created record is linked. It has no link itself, so its contacts and
 * companies lead to the meetings, and so do the deals of a custom object. Activities that came back to the timeline of a
 * restored record with it count too.
 */
export async function readNeighbours(
  { crm }: Pick<ConnectedCrm, 'crm'>,
  { restored, created }: { readonly restored: readonly RecordRef[]; readonly created: readonly RecordRef[] },
): Promise<RecordRef[]> {
  const asked = [
    ...restored.map((ref) => ({ ref, types: [...leadingTypes(ref), 'meetings', 'notes', 'calls'] })),
    ...created.map((ref) => ({ ref, types: leadingTypes(ref) })),
  ];
  const reads = asked.flatMap(({ ref, types }) =>
    types
      .filter((type) => type !== ref.objectType)
      .map(async (type) => {
        try {
          const ids = await crm.associations(ref.objectType, type).of(ref.id);
          return ids.map((id) => ({ objectType: type, id }));
        } catch (error) {
          // The account may have no associations between the two types, or no longer show one of them.
          const isKnown = !isCustom(ref) && (type === 'contacts' || type === 'companies');
          if (isKnown ? !isRejected(error) : !isTypeRefused(error)) throw error;
          return [];
        }
      }),
  );
  return (await Promise.all(reads)).flat();
}

function leadingTypes(ref: RecordRef): string[] {
  return ['contacts', 'companies', ...(isCustom(ref) ? ['deals'] : [])];
}

async function foundUnlessRefused(crm: ConnectedCrm['crm'], ref: RecordRef): Promise<CrmRecord | null> {
  try {
    return await crm.objects(ref.objectType).find(ref.id);
  } catch (error) {
    if (!isRejected(error)) throw error;
    return null;
  }
}

/** Whether HubSpot refuses the record. A missing permission for a standard type needs a person. */
function isRefused(ref: RecordRef, error: unknown): boolean {
  return isRejected(error) || (isCustom(ref) && isTypeRefused(error));
}

function isCustom(ref: RecordRef): boolean {
  return isCustomType(ref.objectType);
}

/**
 * Whether HubSpot refuses a whole type. A deleted type or a revoked permission must not block the reads of other types.
 */
function isTypeRefused(error: unknown): boolean {
  return error instanceof HubSpotError && ['rejected', 'needs_attention'].includes(error.failure.kind);
}
