import type { CrmObjects } from '../../hubspot/objects';
import type { Settings } from '../../meeting/settings';

const IS_CLOSED = 'hs_is_closed';

/** What values need of HubSpot. */
export interface ValuesCrm {
  values(objectType: string, properties: readonly string[]): RecordValues;
}

export type RecordValues = Pick<CrmObjects, 'read' | 'update'>;

/** Reads and writes properties of records; of deals, reads also whether they are closed. */
export function recordValues(crm: ValuesCrm, objectType: string, properties: readonly string[]): RecordValues {
  return crm.values(objectType, [...properties, ...(objectType === 'deals' ? [IS_CLOSED] : [])]);
}

/** Whether a record is a deal that takes no values because it is closed. */
export function isClosedDeal(
  { properties }: { readonly properties: Readonly<Record<string, string | null>> },
  { fieldDeals }: Pick<Settings, 'fieldDeals'>,
): boolean {
  return fieldDeals === 'open' && properties[IS_CLOSED] === 'true';
}
