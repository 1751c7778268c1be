import { z } from 'zod';
import type { RecordRef } from '../meeting/cascade';
import { objectTypeOf } from './association-types';
import { hubspotId } from './batch-answers';

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

const event = z.object({
  eventId: z.number(),
  subscriptionId: z.number().optional(),
  portalId: z.number(),
  occurredAt: z.number(),
  subscriptionType: z.string(),
  objectId: hubspotId.optional(),
  objectTypeId: z.string().optional(),
  propertyName: z.string().optional(),
  propertyValue: z.string().nullish(),
  primaryObjectId: hubspotId.optional(),
  mergedObjectIds: z.array(hubspotId).optional(),
  newObjectId: hubspotId.optional(),
  associationType: z.string().optional(),
  fromObjectId: hubspotId.optional(),
  toObjectId: hubspotId.optional(),
  fromObjectTypeId: z.string().optional(),
  toObjectTypeId: z.string().optional(),
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
const NAMED_TYPES: Record<string, string> = { contact: 'contacts', company: 'companies', deal: 'deals' };

/**
 * Reads a webhook's body ("Webhooks": an array of up to 100 events). Events that are not about the CRM's records are
 * passed over, like everything else that a later version may send.
 *
 * @throws when the body is no array
 */
export function readWebhookEvents(body: unknown): CrmChange[] {
  return z
    .array(z.unknown())
    .parse(body)
    .flatMap((item) => {
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
  const { eventId, subscriptionId = 0, portalId, occurredAt, propertyName } = received;
  return [
    {
      portalId,
      key: [
        eventId,
        subscriptionId,
        kind,
        occurredAt,
        ...records.map((record) => `${record.objectType}/${record.id}`),
      ].join(':'),
      kind,
      records,
      property: propertyName === undefined ? null : { name: propertyName, value: received.propertyValue ?? '' },
      occurredAt: new Date(occurredAt).toISOString(),
    },
  ];
}

function recordsOf(received: WebhookEvent, named: string, kind: CrmChange['kind']): RecordRef[] {
  const objectType =
    NAMED_TYPES[named] ?? (received.objectTypeId === undefined ? undefined : objectTypeOf(received.objectTypeId));
  const refs = (type: string | undefined, ids: readonly (string | undefined)[]): RecordRef[] =>
    type === undefined ? [] : ids.flatMap((id) => (id === undefined ? [] : [{ objectType: type, id }]));
  switch (kind) {
    case 'associationChange': {
      // An association change carries no objectId.
      const [from, to] = endsOf(received);
      return [...refs(from, [received.fromObjectId]), ...refs(to, [received.toObjectId])];
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

function endsOf({
  associationType = '',
  fromObjectTypeId,
  toObjectTypeId,
}: WebhookEvent): [string | undefined, string | undefined] {
  const [from = '', to = ''] = associationType.toLowerCase().split('_to_');
  const typeOf = (name: string, id: string | undefined) => (id === undefined ? NAMED_TYPES[name] : objectTypeOf(id));
  return [typeOf(from, fromObjectTypeId), typeOf(to, toObjectTypeId)];
}
