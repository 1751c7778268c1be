import { z } from 'zod';
import { integerIn, textIn } from '../store/database';
import type { SandboxDatabase, Row } from '../store/database';

const OBJECT_ACTIONS = ['CREATE', 'UPDATE', 'DELETE', 'MERGE', 'RESTORE', 'SNAPSHOT'] as const;
const ids = z.array(z.number().int());

/**
 * The body of POST. `objectIds` is required, as in the specification. The guide calls it optional, and a live call was
 * seen to work without it.
 */
export const subscriptionShape = z.discriminatedUnion('subscriptionType', [
  z.object({
    subscriptionType: z.literal('OBJECT'),
    portalId: z.number().int(),
    objectTypeId: z.string(),
    actions: z.array(z.enum(OBJECT_ACTIONS)).min(1),
    properties: z.array(z.string()),
    objectIds: ids,
  }),
  z.object({
    subscriptionType: z.literal('ASSOCIATION'),
    portalId: z.number().int(),
    objectTypeId: z.string(),
    associatedObjectTypeIds: z.array(z.string()).min(1),
    actions: z.array(z.enum(['ASSOCIATION_ADDED', 'ASSOCIATION_REMOVED'])).min(1),
    objectIds: ids,
  }),
  z.object({
    subscriptionType: z.literal('APP_LIFECYCLE_EVENT'),
    eventTypeId: z.enum(['4-1909196', '4-1916193']),
    properties: z.array(z.string()),
  }),
]);

export type SubscriptionInput = z.infer<typeof subscriptionShape>;

const details = z.object({
  subscriptionType: z.enum(['OBJECT', 'ASSOCIATION', 'APP_LIFECYCLE_EVENT']),
  /** Null for the app's own events, which do not belong to one portal. */
  portalId: z.number().nullable().default(null),
  /** For the app's own events, the event type. */
  objectTypeId: z.string(),
  actions: z.array(z.string()).default([]),
  properties: z.array(z.string()).default([]),
  objectIds: ids.default([]),
  associatedObjectTypeIds: z.array(z.string()).default([]),
});

export type Subscription = z.infer<typeof details> & { id: number; createdAt: string; updatedAt: string };

/** The events that the journal records: one subscription per object type and portal, and one per event of the app. */
export class Subscriptions {
  constructor(private readonly database: SandboxDatabase) {}

  list(): Subscription[] {
    return this.database.all('SELECT * FROM journal_subscriptions ORDER BY id').map(subscriptionOf);
  }

  /** "Create or update a subscription": a subscription for the same type and portal keeps its id. */
  upsert(input: SubscriptionInput): Subscription {
    const now = new Date().toISOString();
    const { eventTypeId, ...rest } = { eventTypeId: undefined, ...input };
    const given = details.parse(eventTypeId === undefined ? rest : { ...rest, objectTypeId: eventTypeId });
    const existing = this.list().find(
      ({ subscriptionType, portalId, objectTypeId }) =>
        subscriptionType === given.subscriptionType &&
        portalId === given.portalId &&
        objectTypeId === given.objectTypeId,
    );
    const id = existing?.id ?? this.database.next('journal subscription', 60_001_001);
    const saved = { ...given, id, createdAt: existing?.createdAt ?? now, updatedAt: now };
    this.database.run(
      'INSERT OR REPLACE INTO journal_subscriptions (id, portal_id, details) VALUES (?, ?, ?)',
      id,
      given.portalId,
      JSON.stringify(saved),
    );
    return saved;
  }

  remove(id: number): boolean {
    return this.database.run('DELETE FROM journal_subscriptions WHERE id = ?', id) > 0;
  }

  removePortal(portalId: number): void {
    this.database.run('DELETE FROM journal_subscriptions WHERE portal_id = ?', portalId);
  }
}

const stored = details.extend({ createdAt: z.string(), updatedAt: z.string() });

function subscriptionOf(row: Row): Subscription {
  return { ...stored.parse(JSON.parse(textIn(row, 'details'))), id: integerIn(row, 'id') };
}
