import type { RecordRef } from './linking/cascade';

/** A user of the account who may own records. */
export interface Owner {
  readonly id: string;
  /** Lower case. */
  readonly email: string | null;
  readonly name: string | null;
  /** Whether the user was deactivated. HubSpot may refuse such an owner, but records still refer to them. */
  readonly archived: boolean;
}

/** A pipeline of deals or of a custom object type. */
export interface Pipeline {
  readonly id: string;
  readonly label: string;
  readonly position: number;
  readonly stages: readonly Stage[];
}

export interface Stage {
  readonly id: string;
  readonly label: string;
  readonly position: number;
  readonly isClosed: boolean;
  /** From 0 to 1; null where HubSpot stores none. A closed stage with 1 is won. */
  readonly probability: number | null;
}

/** A custom object type of a portal. */
export interface CustomObjectType {
  /** `2-…`. */
  readonly objectType: string;
  readonly singular: string;
  readonly plural: string;
  /** The property that holds a record's name. */
  readonly primaryProperty: string | null;
  /** The properties that the mirror stores for its records. */
  readonly properties: readonly string[];
  readonly hasPipelines: boolean;
}

/** A custom object type that a connected account's settings name, and the properties that the mirror stores. */
export interface FollowedType {
  readonly portalId: number;
  /** `2-…`. */
  readonly objectType: string;
  readonly properties: readonly string[];
}

/** One change in a HubSpot account, in the same form for named and generic subscriptions. */
export interface CrmChange {
  readonly portalId: number;
  /** Identifies the event over all its deliveries. `eventId` alone is not unique. */
  readonly key: string;
  readonly kind:
    'creation' | 'propertyChange' | 'deletion' | 'privacyDeletion' | 'restore' | 'merge' | 'associationChange';
  /** The record, both ends of an association, or every record of a merge. */
  readonly records: readonly RecordRef[];
  readonly property: { readonly name: string; readonly value: string } | null;
  /** ISO 8601. */
  readonly occurredAt: string;
}

/**
 * A HubSpot request that a step took part in, as the history shows it. It never contains the request's content, because
 * bodies hold people's addresses and the meeting's content. For a refused request it keeps HubSpot's message, without
 * the parts that quote our content.
 */
export interface NotedRequest {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** The path without ids. */
  readonly route: string;
  /** The number of inputs in the request, from all meetings that shared it; null when it is not a batch. */
  readonly inputs: number | null;
  /** Null when no complete response arrived. */
  readonly status: number | null;
  readonly ms: number;
  /** HubSpot's message; null when the request succeeded. */
  readonly said: string | null;
  /** The id by which HubSpot's support finds the call. */
  readonly correlationId: string | null;
}
