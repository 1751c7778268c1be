import type { Gateway } from '../connection/open-crm';
import { mirroredProperties } from '../hubspot/catalogue/mirrored-properties';
import type { RecordRef } from '../meeting/linking/cascade';
import { unlessTypeRefused } from './refused-types';

/**
 * Asks HubSpot which of these types have a record with this id: one request for each type. A custom type that HubSpot
 * refuses counts as one without.
 *
 * @throws the gateway's errors: `NotConnectedError`, `HubSpotError`, `BudgetExhaustedError` …
 */
export async function findById(
  gateway: Pick<Gateway, 'connect'>,
  workspaceId: string,
  objectTypes: readonly string[],
  id: string,
): Promise<RecordRef[]> {
  const { crm } = await gateway.connect(workspaceId);
  const found = await Promise.all(
    objectTypes.map(async (objectType) => {
      const { find } = crm.objects(objectType, mirroredProperties(objectType));
      const record = await unlessTypeRefused(
        objectType,
        async () => await find(id),
        () => null,
      );
      return record === null ? [] : [{ objectType, id }];
    }),
  );
  return found.flat();
}
