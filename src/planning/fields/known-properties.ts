import { isRejectedOrForbidden } from '../../hubspot/client/errors';
import type { Crm } from '../../hubspot/crm';
import type { FieldMapping } from '../../meeting/fields/mapping';
import type { KnownProperties } from './candidates-of';

/**
 * Reads the properties of object types. HubSpot refuses those of a type that is gone, or whose scope is not granted.
 *
 * @param mappings - whose properties are needed
 */
export async function knownProperties(
  crm: Crm,
  objectTypes: ReadonlySet<string>,
  mappings: readonly FieldMapping[],
): Promise<ReadonlyMap<string, KnownProperties>> {
  const found = await Promise.all(
    [...objectTypes].map(async (objectType): Promise<[string, KnownProperties]> => {
      try {
        const wanted = mappings.filter((each) => each.objectType === objectType).map(({ property }) => property);
        const properties = await crm.properties(objectType, wanted);
        return [objectType, { byName: new Map(properties.map((each) => [each.name, each])), refused: null }];
      } catch (error) {
        if (!isRejectedOrForbidden(error)) throw error;
        return [objectType, { byName: new Map(), refused: error.readableMessage }];
      }
    }),
  );
  return new Map(found);
}
