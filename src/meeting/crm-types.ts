import type { RecordRef } from './linking/cascade';

/** A user of the account who may own records. */
export interface Owner {
  readonly id: string;
  /** Lower case. */
  readonly email: string | null;
  readonly name: string | null;
  /** The user was deactivated: HubSpot may refuse such an owner, but records still name them. */
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
  /** From 0 to 1; null where HubSpot keeps none. A closed stage with 1 is won. */
  readonly probability: number | null;
}

/** A custom object type of a portal. */
export interface CustomObjectType {
  /** `2-…`. */
  readonly objectType: string;
  readonly singular: string;
  readonly plural: string;
  /** The property that names a record. */
  readonly primaryProperty: string | null;
  /** What the mirror keeps of its records. */
  readonly properties: readonly string[];
  readonly hasPipelines: boolean;
}

/** A custom object type that a connected account's settings name, and what the mirror keeps of its records. */
export interface FollowedType {
  readonly portalId: number;
  /** `2-…`. */
  readonly objectType: string;
  readonly properties: readonly string[];
}

/** One change in a HubSpot account, in one form for the named and the generic subscriptions. */
export interface CrmChange {
  readonly portalId: number;
  /** The same for every delivery of the event: `eventId` alone is not unique. */
  readonly key: string;
  readonly kind:
    'creation' | 'propertyChange' | 'deletion' | 'privacyDeletion' | 'restore' | 'merge' | 'associationChange';
  /** The record; both ends of an association; every record of a merge. */
  readonly records: readonly RecordRef[];
  readonly property: { readonly name: string; readonly value: string } | null;
  /** ISO 8601. */
  readonly occurredAt: string;
}

/**
 * A request to HubSpot that a step took part in, as the history shows it: never what it carried. Bodies hold people's
 * addresses and the meeting's content; of what was refused, HubSpot's words are kept, without what they quote of ours.
 */
export interface NotedRequest {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  /** Path without ids. */
  readonly route: string;
  /** How many inputs the request carried, for all meetings that shared it; null where it is no batch. */
  readonly inputs: number | null;
  /** Null when no whole answer came. */
  readonly status: number | null;
  readonly ms: number;
  /** HubSpot's words; null when it did what was asked. */
  readonly said: string | null;
  /** What HubSpot's support finds the call by. */
  readonly correlationId: string | null;
}
