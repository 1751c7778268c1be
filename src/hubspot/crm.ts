import type { CustomObjectType, Pipeline } from '../meeting/crm-types';
import type { PropertyDefinition } from '../meeting/fields/property';
import { readAccountOf, type HubSpotAccount } from './catalogue/account';
import { canEraseActivities, eraseActivity } from './activity-erasure';
import { Associations } from './associations';
import { CalendarMeetings } from './calendar-meetings';
import { existence, type Existence } from './existence';
import { associationType, readAssociationType, type ActivityType } from './catalogue/association-types';
import { LAST_MODIFIED } from './fingerprints';
import { RECOGNISED_BY, WATCHED_IN_TASKS, WRITTEN_PROPERTIES } from './activities';
import { Companies } from './companies';
import { Contacts } from './contacts';
import { RefusedValues } from './extras';
import { mirroredProperties } from './catalogue/mirrored-properties';
import { CrmObjects, unique, type AssociationType } from './objects';
import { findOwnerId, listOwners, type OwnerList } from './catalogue/owners';
import { listPipelines } from './catalogue/pipelines';
import {
  createProperties,
  createProperty,
  createPropertyGroup,
  listProperties,
  listPropertyGroups,
  type NewProperty,
} from './catalogue/properties';
import type { SearchForms } from './search/lookup';
import { openDealsPage, type OpenDealsPage, type OpenDealsPlace } from './search/open-deals';
import { PhoneLookup } from './search/phone-lookup';
import type { Portal } from './client/portal';
import { listObjectTypes } from './catalogue/schemas';
import { recordStates, type RecordState } from './record-state';
import { searchPage, type SearchedPage, type SearchedText } from './search/search';

/**
 * Admins seldom redefine associations. If HubSpot refuses a create because of one, it is made without that association.
 */
const ASSOCIATION_TYPES_KEPT_MS = 3_600_000;

/** An admin who adds an option sees it taken soon. Meetings in bulk share one read. */
const PROPERTIES_KEPT_MS = 60_000;
/** A property that was created just now is found sooner, and one that does not exist costs few reads. */
const WITHOUT_WANTED_KEPT_MS = 5_000;

/** Properties that reads of activities request. */
const ACTIVITY_PROPERTIES: Record<ActivityType, readonly string[]> = {
  meetings: unique([...RECOGNISED_BY.meetings, ...WRITTEN_PROPERTIES.meetings, LAST_MODIFIED]),
  notes: unique([...RECOGNISED_BY.notes, ...WRITTEN_PROPERTIES.notes, LAST_MODIFIED]),
  calls: unique([...RECOGNISED_BY.calls, ...WRITTEN_PROPERTIES.calls, LAST_MODIFIED]),
  tasks: unique([...RECOGNISED_BY.tasks, ...WRITTEN_PROPERTIES.tasks, ...WATCHED_IN_TASKS, LAST_MODIFIED]),
};

/**
 * Everything the sync reads and writes in one HubSpot account. One instance per portal and process, because it keeps
 * the batches.
 */
export class Crm {
  readonly contacts: Contacts;
  readonly companies: Companies;
  readonly phones: PhoneLookup;
  readonly calendarMeetings: CalendarMeetings;
  /** The values that the account refuses again and again. */
  readonly refusedValues = new RefusedValues();
  readonly #portal: Portal;
  readonly #objects = new Map<string, CrmObjects>();
  readonly #existence = new Map<string, (id: string) => Promise<Existence>>();
  readonly #states = new Map<string, (id: string) => Promise<RecordState>>();
  readonly #associations = new Map<string, Associations>();
  readonly #ownerLookups = new Map<string, Promise<string | null>>();
  readonly #associationTypes = new Map<
    string,
    { readonly until: number; readonly type: Promise<AssociationType | null> }
  >();

  readonly #properties = new Map<
    string,
    { readonly readAt: number; readonly properties: Promise<PropertyDefinition[]> }
  >();

  constructor(portal: Portal, forms: SearchForms) {
    this.#portal = portal;
    this.contacts = new Contacts(portal, forms);
    this.companies = new Companies(portal, forms);
    this.phones = new PhoneLookup(portal);
    this.calendarMeetings = new CalendarMeetings(portal);
  }

  /** How long a batch waits for more inputs at most, in milliseconds. */
  get longestLingerMs(): number {
    return this.#portal.longestLingerMs;
  }

  /**
   * Checks whether HubSpot accepts requests again.
   *
   * @throws as `Portal.probe`
   */
  async probe(): Promise<void> {
    await this.#portal.probe();
  }

  /**
   * Gives access to the records of a type: `contacts`, `companies`, `deals`, an activity type or a custom object's
   * `2-…` id.
   *
   * @param custom - properties that reads of a custom type request; HubSpot's default ones if absent
   */
  objects(objectType: string, custom: readonly string[] = []): CrmObjects {
    const known = isActivity(objectType) ? ACTIVITY_PROPERTIES[objectType] : mirroredProperties(objectType);
    const properties = known.length > 0 ? known : custom;
    return memo(
      this.#objects,
      `${objectType}:${properties.join(',')}`,
      () => new CrmObjects(this.#portal, objectType, properties),
    );
  }

  /** Records of a type whose reads request these properties, and which are written by `update`. */
  values(objectType: string, properties: readonly string[]): CrmObjects {
    return memo(
      this.#objects,
      `values:${objectType}:${properties.join(',')}`,
      () => new CrmObjects(this.#portal, objectType, properties),
    );
  }

  /**
   * The properties of a type, at most a minute old; see {@link listProperties}.
   *
   * @param wanted - names that the caller needs: the properties are at most some seconds old if one of them is missing
   */
  async properties(objectType: string, wanted: readonly string[] = []): Promise<readonly PropertyDefinition[]> {
    const kept = this.#properties.get(objectType);
    if (kept !== undefined && kept.readAt + PROPERTIES_KEPT_MS > Date.now()) {
      const properties = await kept.properties;
      const names = new Set(properties.map(({ name }) => name));
      if (kept.readAt + WITHOUT_WANTED_KEPT_MS > Date.now() || wanted.every((name) => names.has(name)))
        return properties;
    }
    return await this.readProperties(objectType);
  }

  /** The properties of a type as they are now; see {@link listProperties}. */
  async readProperties(objectType: string): Promise<readonly PropertyDefinition[]> {
    const properties = listProperties(this.#portal, objectType, { archived: false });
    const kept = { readAt: Date.now(), properties };
    this.#properties.set(objectType, kept);
    properties.catch(() => {
      if (this.#properties.get(objectType) === kept) this.#properties.delete(objectType);
    });
    return await properties;
  }

  /** The properties of a type that a person archived; see {@link listProperties}. */
  archivedProperties(objectType: string): Promise<PropertyDefinition[]> {
    return listProperties(this.#portal, objectType, { archived: true });
  }

  /** See {@link listPropertyGroups}. */
  propertyGroups(objectType: string): Promise<string[]> {
    return listPropertyGroups(this.#portal, objectType);
  }

  /** See {@link createPropertyGroup}. */
  createPropertyGroup(objectType: string, group: { readonly name: string; readonly label: string }): Promise<void> {
    return createPropertyGroup(this.#portal, objectType, group);
  }

  /** See {@link createProperty}. */
  createProperty(objectType: string, property: NewProperty): Promise<boolean> {
    this.#properties.delete(objectType);
    return createProperty(this.#portal, objectType, property);
  }

  /** See {@link createProperties}. */
  createProperties(objectType: string, properties: readonly NewProperty[]): Promise<string[]> {
    this.#properties.delete(objectType);
    return createProperties(this.#portal, objectType, properties);
  }

  /** Whether an activity still exists in HubSpot; see {@link existence}. */
  exists(activity: ActivityType, id: string): Promise<Existence> {
    return memo(this.#existence, activity, () => existence(this.#portal, activity))(id);
  }

  /** Whether a record is live, archived or gone for good; see {@link recordStates}. */
  recordState(objectType: string, id: string): Promise<RecordState> {
    return memo(this.#states, objectType, () => recordStates(this.#portal, objectType))(id);
  }

  /** See {@link eraseActivity}. */
  eraseActivity(activity: ActivityType, id: string): Promise<'erased' | 'unavailable'> {
    return eraseActivity(this.#portal, activity, id);
  }

  /** See {@link canEraseActivities}. */
  canEraseActivities(): Promise<boolean> {
    return canEraseActivities(this.#portal);
  }

  /** See {@link readAccountOf}. */
  account(): Promise<HubSpotAccount> {
    return readAccountOf(this.#portal);
  }

  associations(from: string, to: string): Associations {
    return memo(this.#associations, `${from}>${to}`, () => new Associations(this.#portal, from, to));
  }

  /**
   * The types by which an activity is associated with records of these object types. Object types without a type from
   * HubSpot are missing.
   */
  async associationTypes(
    activity: ActivityType,
    objectTypes: readonly string[],
  ): Promise<ReadonlyMap<string, AssociationType>> {
    const types = await Promise.all(
      [...new Set(objectTypes)].map(async (type) => [type, await this.#associationType(activity, type)] as const),
    );
    return new Map(types.flatMap(([objectType, type]) => (type === null ? [] : [[objectType, type] as const])));
  }

  /** The unlabelled type; see {@link readAssociationType} for custom objects. */
  async #associationType(activity: ActivityType, objectType: string): Promise<AssociationType | null> {
    const known = associationType(activity, objectType);
    if (known !== null) return known;
    const key = `${activity}>${objectType}`;
    const kept = this.#associationTypes.get(key);
    if (kept !== undefined && kept.until > Date.now()) return await kept.type;
    const type = readAssociationType(this.#portal, activity, objectType);
    this.#associationTypes.set(key, { until: Date.now() + ASSOCIATION_TYPES_KEPT_MS, type });
    type.catch(() => this.#associationTypes.delete(key));
    return await type;
  }

  /** See {@link listPipelines}. */
  pipelines(objectType: string): Promise<Pipeline[]> {
    return listPipelines(this.#portal, objectType);
  }

  /** See {@link listObjectTypes}. */
  objectTypes(): Promise<CustomObjectType[]> {
    return listObjectTypes(this.#portal);
  }

  /** See {@link listOwners}. */
  owners(options: { readonly archived: boolean }): Promise<OwnerList> {
    return listOwners(this.#portal, options);
  }

  /** See {@link searchPage}. */
  search(text: SearchedText): Promise<SearchedPage> {
    return searchPage(this.#portal, text);
  }

  /** See {@link openDealsPage}. */
  openDeals(place: OpenDealsPlace): Promise<OpenDealsPage> {
    return openDealsPage(this.#portal, place);
  }

  /** See {@link findOwnerId}. Concurrent lookups of one host share one call. */
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
