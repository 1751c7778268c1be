import { Associations } from './associations';
import type { ActivityType } from './association-types';
import { RECOGNISED_BY } from './activities';
import { Companies } from './companies';
import { Contacts } from './contacts';
import { mirroredProperties } from './mirrored-properties';
import { CrmObjects } from './objects';
import { findOwnerId } from './owners';
import type { Portal } from './portal';

/** Everything the sync reads and writes in one HubSpot account. One instance a portal and process: it holds the batches. */
export class Crm {
  readonly contacts: Contacts;
  readonly companies: Companies;
  readonly #portal: Portal;
  readonly #objects = new Map<string, CrmObjects>();
  readonly #associations = new Map<string, Associations>();
  readonly #ownerLookups = new Map<string, Promise<string | null>>();

  constructor(portal: Portal) {
    this.#portal = portal;
    this.contacts = new Contacts(portal);
    this.companies = new Companies(portal);
  }

  /** Records of a type: `contacts`, `companies`, `deals`, an activity type or a custom object's `2-…` id. */
  objects(objectType: string): CrmObjects {
    const properties = isActivity(objectType) ? RECOGNISED_BY[objectType] : mirroredProperties(objectType);
    return memo(this.#objects, objectType, () => new CrmObjects(this.#portal, objectType, properties));
  }

  associations(from: string, to: string): Associations {
    return memo(this.#associations, `${from}>${to}`, () => new Associations(this.#portal, from, to));
  }

  /** See {@link findOwnerId}; meetings of one host that ask at the same time share one call. */
  ownerId(email: string): Promise<string | null> {
    return memo(this.#ownerLookups, email, () =>
      findOwnerId(this.#portal, email).finally(() => this.#ownerLookups.delete(email)),
    );
  }
}

function isActivity(objectType: string): objectType is ActivityType {
  return objectType in RECOGNISED_BY;
}

function memo<Value>(values: Map<string, Value>, key: string, make: () => Value): Value {
  const known = values.get(key);
  if (known !== undefined) return known;
  const value = make();
  values.set(key, value);
  return value;
}
