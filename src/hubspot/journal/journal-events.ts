import { z } from 'zod';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { CrmChange } from '../../meeting/crm-types';
import { objectTypeOf } from '../../meeting/object-types';
import { hubspotId } from '../client/batch-answers';

/** The events of one file of the webhooks journal. */
export interface JournalEntries {
  readonly changes: readonly CrmChange[];
  /** Accounts from which the app was uninstalled, according to HubSpot. */
  readonly uninstalled: readonly number[];
}

const optionalId = hubspotId.optional().catch(undefined);
const optionalText = z.string().optional().catch(undefined);

/**
 * The known fields of an event. HubSpot's guide documents the fields of records and of the app's lifecycle. The two
 * records of an association have one form in the guide, and another in a tool that was used on live accounts. A merge
 * is documented nowhere.
 */
const event = z.object({
  action: z.string(),
  portalId: z.coerce.number().int(),
  /** ISO 8601; webhooks have milliseconds. */
  occurredAt: z
    .union([z.string(), z.number()])
    .transform((at) => new Date(at).getTime())
    .refine((at) => !Number.isNaN(at)),
  objectTypeId: optionalText,
  objectId: optionalId,
  primaryObjectId: optionalId,
  newObjectId: optionalId,
  mergedObjectIds: z.array(hubspotId).optional().catch(undefined),
  fromObjectTypeId: optionalText,
  fromObjectId: optionalId,
  toObjectTypeId: optionalText,
  toObjectId: optionalId,
  associatedObjectTypeId: optionalText,
  associatedObjectId: optionalId,
});
type JournalEvent = z.output<typeof event>;

const KINDS: Readonly<Record<string, CrmChange['kind']>> = {
  CREATE: 'creation',
  UPDATE: 'propertyChange',
  DELETE: 'deletion',
  MERGE: 'merge',
  RESTORE: 'restore',
  GDPR_DELETE: 'privacyDeletion',
  ASSOCIATION_ADDED: 'associationChange',
  ASSOCIATION_REMOVED: 'associationChange',
};
const UNINSTALLED = 'APP_UNINSTALL';

const file = z.object({ journalEvents: z.array(z.unknown()) });

/**
 * Reads a journal file. Skips events about other things, and events that a later version made unreadable.
 *
 * @throws if it is no journal file
 */
export function readJournalFile(body: unknown): JournalEntries {
  const events = file.parse(body).journalEvents.flatMap((item) => {
    const parsed = event.safeParse(item);
    return parsed.success ? [parsed.data] : [];
  });
  return {
    changes: events.flatMap(changeOf),
    uninstalled: [...new Set(events.filter(({ action }) => action === UNINSTALLED).map(({ portalId }) => portalId))],
  };
}

function changeOf(received: JournalEvent): CrmChange[] {
  const { action, portalId, occurredAt } = received;
  const kind = KINDS[action];
  if (kind === undefined) return [];
  const records = kind === 'associationChange' ? endsOf(received) : recordsOf(received);
  if (records.length === 0) return [];
  return [
    {
      portalId,
      // Events have no id. Two events that agree in all this count as one: either only means that the records must be
      // read.
      key: ['journal', action, occurredAt, ...records.map(recordKey)].join(':'),
      kind,
      records,
      // The changed property matters only for contacts and companies, and webhooks report those.
      property: null,
      occurredAt: new Date(occurredAt).toISOString(),
    },
  ];
}

function recordsOf({ objectTypeId, ...ids }: JournalEvent): RecordRef[] {
  return [
    ...refs(objectTypeId, ids.newObjectId),
    ...refs(objectTypeId, ids.primaryObjectId),
    ...(ids.mergedObjectIds ?? []).flatMap((id) => refs(objectTypeId, id)),
    ...refs(objectTypeId, ids.objectId),
  ];
}

function endsOf(received: JournalEvent): RecordRef[] {
  const { fromObjectTypeId, fromObjectId, toObjectTypeId, toObjectId } = received;
  return [
    ...refs(fromObjectTypeId ?? received.objectTypeId, fromObjectId ?? received.objectId),
    ...refs(toObjectTypeId ?? received.associatedObjectTypeId, toObjectId ?? received.associatedObjectId),
  ];
}

function refs(typeId: string | undefined, id: string | undefined): RecordRef[] {
  return typeId === undefined || id === undefined ? [] : [{ objectType: objectTypeOf(typeId), id }];
}
