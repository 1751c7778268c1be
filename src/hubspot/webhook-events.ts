import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordKey, type RecordRef } from '../meeting/cascade';
import { objectTypeOf } from './association-types';
import { hubspotId } from './batch-answers';
import { unique } from './objects';

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

/** What is absent, null or of a kind that nobody knows yet is no reason to pass over what an event says besides. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const whole = z.union([z.int(), z.string().regex(/^\d{1,15}$/)]).transform(Number);
/** Milliseconds, as a number or in digits, or ISO 8601. */
const time = z.union([whole, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))]);

/** Recorded events have numbers as ids; nothing is lost by taking them as text too. */
const event = z.object({
  eventId: optional(scalar),
  subscriptionId: optional(scalar),
  portalId: whole,
  occurredAt: optional(time),
  subscriptionType: z.string(),
  objectId: optional(hubspotId),
  objectTypeId: optional(z.string()),
  propertyName: optional(z.string()),
  propertyValue: optional(scalar),
  primaryObjectId: optional(hubspotId),
  mergedObjectIds: optional(z.union([z.array(hubspotId), hubspotId.transform((id) => [id])])),
  newObjectId: optional(hubspotId),
  associationType: optional(z.string()),
  associationRemoved: optional(z.boolean()),
  fromObjectId: optional(hubspotId),
  toObjectId: optional(hubspotId),
  fromObjectTypeId: optional(z.string()),
  toObjectTypeId: optional(z.string()),
});
type WebhookEvent = z.output<typeof event>;

const KINDS = [
  'creation',
  'propertyChange',
  'deletion',
  'privacyDeletion',
  'restore',
  'merge',
  'associationChange',
] as const;
const TYPES: Record<string, string> = {
  contact: 'contacts',
  contacts: 'contacts',
  company: 'companies',
  companies: 'companies',
  deal: 'deals',
  deals: 'deals',
};

/**
 * Reads a webhook's body ("Webhooks": an array of up to 100 events). Events that are not about the CRM's records are
 * passed over, like everything else that a later version may send.
 */
export function readWebhookEvents(body: unknown): CrmChange[] {
  return [body].flat().flatMap((item: unknown) => {
    const parsed = event.safeParse(item);
    return parsed.success ? changeOf(parsed.data) : [];
  });
}

function changeOf(received: WebhookEvent): CrmChange[] {
  const [named = '', kindName = ''] = received.subscriptionType.split('.');
  const kind = KINDS.find((known) => known === kindName);
  if (kind === undefined) return [];
  const records = recordsOf(received, named, kind);
  if (records.length === 0) return [];
  const { portalId, occurredAt, propertyName } = received;
  return [
    {
      portalId,
      key: keyOf(received, kind, records),
      kind,
      records,
      property: propertyName ? { name: propertyName, value: received.propertyValue ?? '' } : null,
      occurredAt: new Date(occurredAt ?? Date.now()).toISOString(),
    },
  ];
}

function keyOf(received: WebhookEvent, kind: CrmChange['kind'], records: readonly RecordRef[]): string {
  const { eventId, subscriptionId, occurredAt, propertyName, associationRemoved } = received;
  return [
    // Two events that cannot be told apart are worked off both: that costs a read, and taking them for one a change.
    eventId ?? (occurredAt ? '' : randomUUID()),
    subscriptionId ?? 0,
    kind,
    occurredAt ?? '',
    ...records.map(recordKey),
    ...(propertyName ? [propertyName] : []),
    ...(associationRemoved ? ['removed'] : []),
  ].join(':');
}

function recordsOf(received: WebhookEvent, named: string, kind: CrmChange['kind']): RecordRef[] {
  const objectType = typeNamed(named) ?? typeNamed(received.objectTypeId);
  const refs = (type: string | undefined, ids: readonly (string | null | undefined)[]): RecordRef[] =>
    type === undefined ? [] : unique(ids).flatMap((id) => (id ? [{ objectType: type, id }] : []));
  switch (kind) {
    case 'associationChange': {
      // An association change carries no objectId.
      const [from, to] = endsOf(received);
      return [...refs(from ?? objectType, [received.fromObjectId]), ...refs(to, [received.toObjectId])];
    }
    case 'merge':
      return refs(objectType, [
        received.newObjectId,
        received.primaryObjectId,
        ...(received.mergedObjectIds ?? []),
        received.objectId,
      ]);
    default:
      return refs(objectType, [received.objectId]);
  }
}

function endsOf({ associationType, fromObjectTypeId, toObjectTypeId }: WebhookEvent) {
  const [from, to] = associationType?.toLowerCase().split('_to_') ?? [];
  return [typeNamed(fromObjectTypeId) ?? typeNamed(from), typeNamed(toObjectTypeId) ?? typeNamed(to)] as const;
}

/** `contact`, `contacts` or `0-1` → `contacts`; a custom type's id is returned as it is. Tickets and the like are none. */
function typeNamed(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  const type = TYPES[name.toLowerCase()] ?? objectTypeOf(name);
  return type !== name || name in TYPES || name.startsWith('2-') ? type : undefined;
}
