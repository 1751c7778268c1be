import { z } from 'zod';
import { recordKey, type RecordRef } from '../../meeting/linking/cascade';
import type { CrmChange } from '../../meeting/crm-types';
import { objectTypeOf } from '../../meeting/object-types';
import { hubspotId } from '../client/batch-answers';

/** What a file of the webhooks journal tells. */
export interface JournalEntries {
  readonly changes: readonly CrmChange[];
  /** Accounts that the app was taken out of, as HubSpot has it. */
  readonly uninstalled: readonly number[];
}

const optionalId = hubspotId.optional().catch(undefined);
const optionalText = z.string().optional().catch(undefined);

/**
 * An event as far as it is known: what records and the app's lifecycle carry stands in HubSpot's guide, the ends of an
 * association in one form there and in another with a tool that was used on live accounts, a merge nowhere.
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
 * Reads a journal file. Events that are about something else, or that a later version made unreadable, are passed over.
 *
 * @throws when it is no journal file
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
      // Events have no id. Two that are alike in all this are one: either says only that the records are to be read.
      key: ['journal', action, occurredAt, ...records.map(recordKey)].join(':'),
      kind,
      records,
      // Which property changed is asked of contacts and companies only, and webhooks tell of those.
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
