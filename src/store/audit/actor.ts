/** Kinds of those who act. `session`: a browser without a member, or an admin's link. */
export const ACTOR_KINDS = ['member', 'key', 'session', 'hubspot', 'operator', 'system'] as const;
export type ActorKind = (typeof ACTOR_KINDS)[number];

/** The ways into the product. */
export const ACTOR_WAYS = ['page', 'api', 'mcp', 'cli', 'card', 'webhook', 'schedule'] as const;
export type ActorWay = (typeof ACTOR_WAYS)[number];

/** Who acts, and from where. */
export interface Actor {
  readonly kind: ActorKind;
  /** The id of the member, API key, session or admin's link; null for the others. */
  readonly id: string | null;
  /** The name in histories: `Ana Ruiz (ana@northwind.example)`, `API key "pipeline"`. */
  readonly label: string;
  /** The IP address of the request; null without one. */
  readonly ip: string | null;
  readonly way: ActorWay;
}

/** The actor of commands that use the database. */
export const OPERATOR: Actor = { kind: 'operator', id: null, label: 'the operator', ip: null, way: 'cli' };

/** The actor of what the product does without a person. */
export const SYSTEM: Actor = { kind: 'system', id: null, label: 'the system', ip: null, way: 'schedule' };

/** The actor of what HubSpot's events cause. */
export const HUBSPOT: Actor = { kind: 'hubspot', id: null, label: 'HubSpot', ip: null, way: 'webhook' };
