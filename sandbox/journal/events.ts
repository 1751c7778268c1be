import type { CrmEvent } from '../crm/events';
import { APP_ID } from '../crm/derived-properties';
import type { Subscription } from './subscriptions';

/** The fields that all events of a journal file have. */
interface Common {
  portalId: number;
  /** ISO 8601, where webhooks have milliseconds. */
  occurredAt: string;
  action: string;
}

/** One event in a journal file. Events have no id of their own. */
export type JournalEvent =
  | (Common & {
      type: 'crmObject';
      objectTypeId: string;
      objectId: number;
      propertyChanges?: Record<string, string>;
      mergedObjectIds?: number[];
    })
  | (Common & {
      type: 'association';
      fromObjectTypeId: string;
      fromObjectId: number;
      toObjectTypeId: string;
      toObjectId: number;
      associationTypeId: number;
      associationCategory: string;
      isPrimary: boolean;
    })
  | (Common & { type: 'app_lifecycle_event'; eventTypeId: string; properties: Record<string, string> });

export const LIFECYCLE = { APP_INSTALL: '4-1909196', APP_UNINSTALL: '4-1916193' } as const;

/** Returns the journal events of a CRM change, by the subscriptions of its portal. */
export function journalEventsOf(event: CrmEvent, subscriptions: readonly Subscription[]): JournalEvent[] {
  return subscriptions
    .filter((subscription) => subscription.portalId === event.portalId)
    .flatMap((subscription) =>
      'fromTypeId' in event ? association(event, subscription) : crmObject(event, subscription),
    );
}

/** Returns the event for an install or uninstall of the app in a portal. */
export function lifecycleEvent(portalId: number, action: keyof typeof LIFECYCLE, at: number): JournalEvent {
  return {
    type: 'app_lifecycle_event',
    action,
    portalId,
    occurredAt: new Date(at).toISOString(),
    eventTypeId: LIFECYCLE[action],
    properties: { hs_app_id: String(APP_ID), hs_app_install_level: 'PORTAL' },
  };
}

function crmObject(
  event: Exclude<CrmEvent, { kind: 'associated' | 'disassociated' }>,
  { subscriptionType, objectTypeId, actions, properties, objectIds }: Subscription,
): JournalEvent[] {
  const objectId = Number('id' in event ? event.id : event.newId);
  if (subscriptionType !== 'OBJECT' || objectTypeId !== event.typeId) return [];
  if (objectIds.length > 0 && !objectIds.includes(objectId)) return [];
  const action = ACTIONS[event.kind];
  if (!actions.includes(action)) return [];
  const common = {
    type: 'crmObject' as const,
    portalId: event.portalId,
    occurredAt: new Date(event.occurredAt).toISOString(),
    action,
    objectTypeId: event.typeId,
    objectId,
  };
  switch (event.kind) {
    case 'created': {
      const known = Object.entries(event.values).filter(([name]) => properties.includes(name));
      return [{ ...common, propertyChanges: Object.fromEntries(known) }];
    }
    case 'changed':
      // Whether properties that were not named are reported is not documented. The stricter reading is that they are
      // not.
      return properties.includes(event.property)
        ? [{ ...common, propertyChanges: { [event.property]: event.value } }]
        : [];
    case 'merged': {
      // Nothing is known about merges besides `mergedObjectIds`. It has all the ids that the record had before.
      const before = [event.primaryId, ...event.mergedIds].filter((id) => id !== event.newId);
      return [{ ...common, mergedObjectIds: before.map(Number) }];
    }
    default:
      return [common];
  }
}

const ACTIONS = {
  created: 'CREATE',
  changed: 'UPDATE',
  archived: 'DELETE',
  privacyDeleted: 'DELETE',
  restored: 'RESTORE',
  merged: 'MERGE',
} as const;

/**
 * Reported only from the subscribed type's end, the stricter reading. Webhooks report an association from both ends.
 */
function association(
  event: Extract<CrmEvent, { kind: 'associated' | 'disassociated' }>,
  { subscriptionType, objectTypeId, associatedObjectTypeIds, actions, objectIds }: Subscription,
): JournalEvent[] {
  const action = event.kind === 'associated' ? 'ASSOCIATION_ADDED' : 'ASSOCIATION_REMOVED';
  if (subscriptionType !== 'ASSOCIATION' || !actions.includes(action)) return [];
  const ends = [
    { typeId: event.fromTypeId, id: Number(event.fromId) },
    { typeId: event.toTypeId, id: Number(event.toId) },
  ] as const;
  return [ends, ends.toReversed()].flatMap(([near, far]) => {
    if (near?.typeId !== objectTypeId || far === undefined || !associatedObjectTypeIds.includes(far.typeId)) return [];
    if (objectIds.length > 0 && !objectIds.includes(near.id)) return [];
    return [
      {
        type: 'association' as const,
        portalId: event.portalId,
        occurredAt: new Date(event.occurredAt).toISOString(),
        action,
        fromObjectTypeId: near.typeId,
        fromObjectId: near.id,
        toObjectTypeId: far.typeId,
        toObjectId: far.id,
        associationTypeId: event.associationTypeId,
        associationCategory: event.category,
        isPrimary: false,
      },
    ];
  });
}
