import type { AssociationTypes } from '../crm/association-types';
import type { SandboxCatalogue } from '../crm/catalogue';
import { A_PERSON } from '../crm/crm';
import { APP_ID } from '../crm/derived-properties';
import type { CrmEvent } from '../crm/events';
import type { SandboxObjectType } from '../crm/object-types';
import type { WebhookSettings } from './settings';

/** One event as HubSpot sends it. `subscriptionType` determines which optional fields are present. */
export interface WebhookEvent {
  eventId: number;
  subscriptionId: number;
  portalId: number;
  appId: number;
  /** Milliseconds. */
  occurredAt: number;
  /** Such as contact.creation, or object.creation in the generic form. */
  subscriptionType: string;
  /** 0 at first, and one more with every repeat. */
  attemptNumber: number;
  /** Absent for merges and association changes. */
  objectId?: number;
  /** Generic form only. */
  objectTypeId?: string;
  propertyName?: string;
  propertyValue?: string;
  isSensitive?: boolean;
  primaryObjectId?: number;
  mergedObjectIds?: number[];
  newObjectId?: number;
  numberOfPropertiesMoved?: number;
  associationType?: string;
  fromObjectId?: number;
  toObjectId?: number;
  associationRemoved?: boolean;
  isPrimaryAssociation?: boolean;
  /** Only the generic form has these four. */
  fromObjectTypeId?: string;
  toObjectTypeId?: string;
  associationTypeId?: number;
  associationCategory?: string;
  changeFlag?: 'CREATED' | 'DELETED';
  changeSource: string;
  sourceId: string;
}

/** The fields of one kind of event besides those that all events have. */
type Carried = Omit<
  WebhookEvent,
  'eventId' | 'subscriptionId' | 'portalId' | 'appId' | 'occurredAt' | 'subscriptionType' | 'attemptNumber'
>;

export interface PayloadParts {
  catalogue: SandboxCatalogue;
  associationTypes: AssociationTypes;
}

/** Random decisions about creating events. Each returns whether it applies. */
export interface Chances {
  propertyFirst: () => boolean;
  deletionFirst: () => boolean;
  /** The next eventId. */
  eventId: () => number;
}

const PUSHED = new Set(['0-1', '0-2', '0-3']);
const TASK = '0-27';
/** Activities whose deletions and restores are sent, if any. */
const ACTIVITIES = new Set([TASK, '0-46', '0-47', '0-48']);
/** Properties of tasks whose changes are sent, if activities are. */
const TASK_PROPERTIES = ['hs_task_status', 'hubspot_owner_id', 'hs_task_subject', 'hs_timestamp'];
/**
 * Object types whose associations with the pushed ones are reported. Activities are excluded (docs/hubspot.md,
 * "Webhooks and the journal").
 */
const ASSOCIABLE = new Set([...PUSHED, '0-5']);
const PARENT_OF = 13;
const CHILD_OF = 14;

/** Returns the webhooks for one change in the CRM, in the order in which they are to be sent. */
export function webhooksOf(
  event: CrmEvent,
  settings: WebhookSettings,
  parts: PayloadParts,
  chances: Chances,
): WebhookEvent[] {
  if ('fromTypeId' in event) return associationChanges(event, settings, parts, chances);
  const type = subscribed(parts, settings, event.portalId, event.typeId);
  if (type === undefined) return [];
  if (ACTIVITIES.has(type.typeId) && !isSentOfActivities(event)) return [];
  const make = (what: string, carried: Partial<Carried>, property = '') =>
    compose(event, type, { what, property, form: formOf(settings, type) }, carried, chances);
  const objectId = Number('id' in event ? event.id : event.newId);
  const change = (name: string, value: string) =>
    make('propertyChange', { objectId, propertyName: name, propertyValue: value }, name);
  const watched = new Set(settings.properties[keyOf(type)] ?? (type.typeId === TASK ? TASK_PROPERTIES : []));
  switch (event.kind) {
    case 'created': {
      const creation = make('creation', { objectId, changeFlag: 'CREATED' });
      const changes = Object.entries(event.values)
        .filter(([name, value]) => watched.has(name) && value !== '')
        .map(([name, value]) => change(name, value));
      return chances.propertyFirst() ? [...changes, creation] : [creation, ...changes];
    }
    case 'changed':
      return watched.has(event.property) ? [change(event.property, event.value)] : [];
    case 'archived':
      return [make('deletion', { objectId, changeFlag: 'DELETED' })];
    case 'restored':
      return [make('restore', { objectId })];
    case 'merged':
      return [
        make('merge', {
          primaryObjectId: Number(event.primaryId),
          mergedObjectIds: event.mergedIds.map(Number),
          newObjectId: Number(event.newId),
          numberOfPropertiesMoved: event.movedProperties,
        }),
      ];
    case 'privacyDeleted': {
      // It has no generic form, and is sent with a deletion, before or after it.
      const erased = compose(
        event,
        type,
        { what: 'privacyDeletion', property: '', form: 'classic' },
        { objectId },
        chances,
      );
      const deletion = make('deletion', { objectId, changeFlag: 'DELETED' });
      return chances.deletionFirst() ? [deletion, erased] : [erased, deletion];
    }
  }
}

/** Of activities, deletions and restores are sent, and of tasks changes as well. */
function isSentOfActivities(event: Extract<CrmEvent, { typeId: string }>): boolean {
  return event.kind === 'archived' || event.kind === 'restored' || (event.kind === 'changed' && event.typeId === TASK);
}

/** Reports one association from either end, if that end is subscribed. */
function associationChanges(
  event: Extract<CrmEvent, { kind: 'associated' | 'disassociated' }>,
  settings: WebhookSettings,
  parts: PayloadParts,
  chances: Chances,
): WebhookEvent[] {
  const { portalId, category, associationTypeId } = event;
  const there = parts.associationTypes.find(portalId, event.fromTypeId, event.toTypeId, category, associationTypeId);
  if (there === undefined) return [];
  const from = { typeId: event.fromTypeId, id: event.fromId, associationTypeId };
  const to = { typeId: event.toTypeId, id: event.toId, associationTypeId: there.inverseTypeId };
  return [
    { near: from, far: to },
    { near: to, far: from },
  ].flatMap(({ near, far }) => {
    const type = ACTIVITIES.has(near.typeId) ? undefined : subscribed(parts, settings, portalId, near.typeId);
    const other = parts.catalogue.type(portalId, far.typeId);
    if (type === undefined || other === undefined) return [];
    const form = formOf(settings, type);
    if (!ASSOCIABLE.has(far.typeId) && !(form === 'generic' && settings.customObjects && other.kind === 'custom')) {
      return [];
    }
    return [
      compose(
        event,
        type,
        { what: 'associationChange', property: '', form },
        {
          associationType: associationName(type, other, category === 'HUBSPOT_DEFINED' ? near.associationTypeId : 0),
          fromObjectId: Number(near.id),
          toObjectId: Number(far.id),
          associationRemoved: event.kind === 'disassociated',
          isPrimaryAssociation: there.label === 'Primary' && category === 'HUBSPOT_DEFINED',
          ...(form === 'classic'
            ? {}
            : {
                fromObjectTypeId: near.typeId,
                toObjectTypeId: far.typeId,
                associationTypeId: near.associationTypeId,
                associationCategory: category,
              }),
        },
        chances,
      ),
    ];
  });
}

function associationName(from: SandboxObjectType, to: SandboxObjectType, typeId: number): string {
  if (from.typeId === '0-2' && to.typeId === '0-2' && typeId === PARENT_OF) return 'PARENT_COMPANY_TO_CHILD_COMPANY';
  if (from.typeId === '0-2' && to.typeId === '0-2' && typeId === CHILD_OF) return 'CHILD_COMPANY_TO_PARENT_COMPANY';
  return `${from.singular}_TO_${to.singular}`.toUpperCase();
}

function compose(
  event: CrmEvent,
  type: SandboxObjectType,
  subscription: { what: string; property: string; form: WebhookSettings['form'] },
  carried: Partial<Carried>,
  chances: Chances,
): WebhookEvent {
  const generic = subscription.form === 'generic';
  const { changeFlag, objectId, ...rest } = carried;
  return {
    eventId: chances.eventId(),
    subscriptionId: subscriptionId(type, subscription),
    portalId: event.portalId,
    appId: APP_ID,
    occurredAt: event.occurredAt,
    subscriptionType: `${generic ? 'object' : type.singular}.${subscription.what}`,
    attemptNumber: 0,
    ...(objectId === undefined ? {} : { objectId }),
    ...(generic && subscription.what !== 'associationChange' ? { objectTypeId: type.typeId } : {}),
    ...rest,
    ...(changeFlag === undefined ? {} : { changeFlag }),
    ...sourceOf(event),
    ...(generic && subscription.what === 'propertyChange' ? { isSensitive: false } : {}),
  };
}

/**
 * Association changes by a person were captured with USER where all others have CRM_UI. `sourceId` names the app or
 * user.
 */
function sourceOf(event: CrmEvent): { changeSource: string; sourceId: string } {
  if (event.source === 'INTEGRATION') return { changeSource: 'INTEGRATION', sourceId: String(APP_ID) };
  const byHand = event.source === 'CRM_UI' && (event.kind === 'associated' || event.kind === 'disassociated');
  return { changeSource: byHand ? 'USER' : event.source, sourceId: A_PERSON };
}

function subscribed(
  parts: PayloadParts,
  settings: WebhookSettings,
  portalId: number,
  typeId: string,
): SandboxObjectType | undefined {
  const type = parts.catalogue.type(portalId, typeId);
  if (type === undefined) return undefined;
  const sent =
    PUSHED.has(typeId) ||
    (type.kind === 'custom' && settings.customObjects) ||
    (ACTIVITIES.has(typeId) && settings.activities);
  return sent ? type : undefined;
}

function formOf(settings: WebhookSettings, type: SandboxObjectType): WebhookSettings['form'] {
  return type.kind === 'record' ? settings.form : 'generic';
}

/** Returns a type's key in the settings of watched properties. */
function keyOf(type: SandboxObjectType): string {
  return type.kind === 'custom' ? type.typeId : type.singular;
}

/** Returns a subscription's own id, which is the same in every run (FNV-1a over its name). */
function subscriptionId(
  type: SandboxObjectType,
  subscription: { what: string; property: string; form: string },
): number {
  let hash = 0x81_1c_9d_c5;
  for (const char of `${subscription.form}/${type.typeId}/${subscription.what}/${subscription.property}`) {
    hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01_00_01_93) >>> 0;
  }
  return 3_000_000 + (hash % 1_000_000);
}
