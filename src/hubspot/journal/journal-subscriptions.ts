import { z } from 'zod';
import type { FollowedType } from '../../meeting/crm-types';

/**
 * Events that the journal is to record: of the records of one custom object type, of their associations, of the app.
 */
export type JournalSubscription =
  | {
      readonly subscriptionType: 'OBJECT';
      readonly portalId: number;
      readonly objectTypeId: string;
      readonly actions: readonly string[];
      /** The properties whose changes are reported. */
      readonly properties: readonly string[];
    }
  | {
      readonly subscriptionType: 'ASSOCIATION';
      readonly portalId: number;
      readonly objectTypeId: string;
      readonly associatedObjectTypeIds: readonly string[];
      readonly actions: readonly string[];
    }
  | {
      readonly subscriptionType: 'APP_LIFECYCLE_EVENT';
      readonly eventTypeId: string;
      readonly properties: readonly string[];
    };

/** HubSpot's event type for an app that was uninstalled from an account. It belongs to no account. */
const APP_UNINSTALL = '4-1916193';
/** Contacts, companies and deals: the types from which custom objects are reached. */
const REACHED_FROM = ['0-1', '0-2', '0-3'];

/** The subscriptions that these types need. Contacts, companies and deals come by webhooks, and must not come twice. */
export function wantedSubscriptions(types: readonly FollowedType[]): JournalSubscription[] {
  return [
    { subscriptionType: 'APP_LIFECYCLE_EVENT', eventTypeId: APP_UNINSTALL, properties: [] },
    ...types.flatMap(({ portalId, objectType: objectTypeId, properties }): JournalSubscription[] => [
      {
        subscriptionType: 'OBJECT',
        portalId,
        objectTypeId,
        actions: ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE'],
        properties,
      },
      {
        subscriptionType: 'ASSOCIATION',
        portalId,
        objectTypeId,
        associatedObjectTypeIds: REACHED_FROM,
        actions: ['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'],
      },
    ]),
  ];
}

const texts = z
  .array(z.string())
  .nullish()
  .transform((value) => value ?? []);

/**
 * A subscription as HubSpot lists it. No page documents the field that holds the event type of an app's own
 * subscription.
 */
export const listedSubscription = z.object({
  id: z.union([z.number(), z.string()]).transform(String),
  subscriptionType: z.string(),
  portalId: z.number().nullish(),
  objectTypeId: z.string().nullish(),
  eventTypeId: z.string().nullish(),
  actions: texts,
  properties: texts,
  associatedObjectTypeIds: texts,
  deletedAt: z.union([z.string(), z.number()]).nullish(),
});
export type ListedSubscription = z.output<typeof listedSubscription>;

/** Whether a listed subscription is for the same type, regardless of its actions and properties. */
export function isFor(wanted: JournalSubscription, listed: ListedSubscription): boolean {
  if (listed.deletedAt || listed.subscriptionType !== wanted.subscriptionType) return false;
  return wanted.subscriptionType === 'APP_LIFECYCLE_EVENT'
    ? [listed.eventTypeId, listed.objectTypeId].includes(wanted.eventTypeId)
    : listed.portalId === wanted.portalId && listed.objectTypeId === wanted.objectTypeId;
}

/** Whether a listed subscription includes everything that is wanted. */
export function covers(wanted: JournalSubscription, listed: ListedSubscription): boolean {
  if (!isFor(wanted, listed)) return false;
  const has = (some: readonly string[], all: readonly string[]) => all.every((each) => some.includes(each));
  switch (wanted.subscriptionType) {
    case 'APP_LIFECYCLE_EVENT':
      return true;
    case 'OBJECT':
      return has(listed.actions, wanted.actions) && has(listed.properties, wanted.properties);
    case 'ASSOCIATION':
      return has(listed.actions, wanted.actions) && has(listed.associatedObjectTypeIds, wanted.associatedObjectTypeIds);
  }
}

/** The account's subscriptions that we may end: for custom objects that no one chose, or that are no longer chosen. */
export function forsaken(
  listed: readonly ListedSubscription[],
  wanted: readonly JournalSubscription[],
  portalIds: readonly number[],
): ListedSubscription[] {
  return listed.filter(
    (each) =>
      !each.deletedAt &&
      portalIds.includes(each.portalId ?? 0) &&
      (each.objectTypeId ?? '').startsWith('2-') &&
      !wanted.some((one) => isFor(one, each)),
  );
}
