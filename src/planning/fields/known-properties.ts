import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import type { Crm } from '../../hubspot/crm';
import type { KnownProperties } from './candidates-of';

/** Reads the properties of object types. HubSpot refuses those of a type that is gone, or whose scope is not granted. */
export async function knownProperties(
  crm: Crm,
  objectTypes: ReadonlySet<string>,
): Promise<ReadonlyMap<string, KnownProperties>> {
  const found = await Promise.all(
    [...objectTypes].map(async (objectType): Promise<[string, KnownProperties]> => {
      try {
        const properties = await crm.properties(objectType);
        return [objectType, { byName: new Map(properties.map((each) => [each.name, each])), refused: null }];
      } catch (error) {
        if (!isRejectedOrForbidden(error)) throw error;
        return [objectType, { byName: new Map(), refused: error.readableMessage }];
      }
    }),
  );
  return new Map(found);
}
