import { createHash, randomUUID } from 'node:crypto';
import { z } from 'zod';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { CrmChange } from '../../meeting/crm-types';
import { objectTypeOf } from '../../meeting/object-types';
import { hubspotId } from '../client/batch-answers';
import { unique } from '../objects';

/** A field that is absent, null or of an unknown type does not invalidate the other fields of an event. */
const optional = <Schema extends z.ZodType>(schema: Schema) => schema.nullish().catch(null);
/** PostgreSQL cannot store NUL in a text. */
const scalar = z.union([z.string(), z.number(), z.boolean()]).transform((value) => String(value).replaceAll('\0', ''));
const whole = z.union([z.int(), z.string().regex(/^\d{1,15}$/)]).transform(Number);
/** Milliseconds, as a number or in digits, or ISO 8601. An implausible time counts as absent. */
const time = z
  .union([whole, z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))])
  .pipe(z.number().min(0).max(Date.UTC(2200)));
/** Any other value in place of an id identifies no record. */
const recordId = hubspotId.refine((text) => /^[\w-]{1,64}$/.test(text));

/** Recorded events have numbers as ids. Accepting them as text too does no harm. */
const event = z.object({
  eventId: optional(scalar),
  subscriptionId: optional(scalar),
  portalId: whole,
  occurredAt: optional(time),
  subscriptionType: z.string(),
  objectId: optional(recordId),
  objectTypeId: optional(z.string()),
  propertyName: optional(scalar),
  propertyValue: optional(scalar),
  primaryObjectId: optional(recordId),
  mergedObjectIds: optional(z.union([z.array(optional(recordId)), recordId.transform((one) => [one])])),
  newObjectId: optional(recordId),
  associationType: optional(z.string()),
  associationRemoved: optional(z.boolean()),
  fromObjectId: optional(recordId),
  toObjectId: optional(recordId),
  fromObjectTypeId: optional(z.string()),
  toObjectTypeId: optional(z.string()),
});
type WebhookEvent = z.output<typeof event>;

const LONGEST_KEY = 500;

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
  // It is open how HubSpot names the events of activities. Their object form has `objectTypeId`.
  meeting: 'meetings',
  meetings: 'meetings',
  meeting_event: 'meetings',
  note: 'notes',
  notes: 'notes',
  call: 'calls',
  calls: 'calls',
  task: 'tasks',
  tasks: 'tasks',
};

/**
 * Reads the events of a webhook's body ("Webhooks": up to 100 of them). Skips events that are not about CRM records,
 * and everything else that a later version may send.
 */
export function readWebhookEvents(events: readonly unknown[]): CrmChange[] {
  return events.flatMap((item) => {
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
  const key = [
    // If two events cannot be distinguished, both are processed. That costs a read; treating them as one could cost a
    // change.
    eventId ?? (occurredAt ? '' : randomUUID()),
    subscriptionId ?? 0,
    kind,
    occurredAt ?? '',
    ...records.map(recordKey),
    ...(propertyName ? [propertyName] : []),
    ...(associationRemoved ? ['removed'] : []),
  ].join(':');
  // An index accepts no more than some 2,700 bytes, and a merge may name any number of records.
  return key.length <= LONGEST_KEY ? key : createHash('sha256').update(key).digest('hex');
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

/**
 * `contact`, `contacts` or `0-1` → `contacts`. A custom type's id is returned unchanged. Undefined for other types,
 * such as tickets.
 */
function typeNamed(name: string | null | undefined): string | undefined {
  if (!name) return undefined;
  const type = TYPES[name.toLowerCase()] ?? objectTypeOf(name);
  return type !== name || name in TYPES || name.startsWith('2-') ? type : undefined;
}
